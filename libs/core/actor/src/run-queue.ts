/**
 * Who runs next. Hot path.
 *
 *  Q1  all actors of a system are drained in one deferred task, not one each (a task per message costs 30 times as much);
 *  Q2  fair: an actor takes one turn, then goes behind all others that are runnable;
 *  Q3  a drain that is longer than its budget gives I/O a turn and goes on afterwards.
 */
import type { Clock, Timers } from '@weir/ports';
import { MessageQueue } from './message-queue.js';

/** Something that takes turns. */
export interface Runnable {
  /** True while it waits in the queue; owned by the queue. */
  queued: boolean;
  /** One bounded turn; must not throw. True when there is more to do. */
  turn(): boolean;
}

export class RunQueue {
  private readonly queue = new MessageQueue<Runnable>();
  private drainScheduled = false;
  private draining = false;

  constructor(
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly drainBudgetMs: number,
    private readonly turnsPerDrain: number,
  ) {}

  /** Harmless when already queued. */
  schedule(runnable: Runnable): void {
    if (runnable.queued) return;
    runnable.queued = true;
    this.queue.push(runnable);
    if (!this.drainScheduled && !this.draining) this.scheduleDrain();
  }

  private scheduleDrain(): void {
    this.drainScheduled = true;
    this.timers.defer(this.drain);
  }

  private readonly drain = (): void => {
    this.drainScheduled = false;
    this.draining = true;
    const deadline = this.clock.monotonic() + this.drainBudgetMs;
    for (let turns = 0; turns < this.turnsPerDrain; turns++) {
      const next = this.queue.shift();
      if (next === undefined) break;
      next.queued = false;
      if (next.turn() && !next.queued) {
        next.queued = true;
        this.queue.push(next);
      }
      if (this.clock.monotonic() >= deadline) break;
    }
    this.draining = false;
    if (this.queue.size > 0 && !this.drainScheduled) this.scheduleDrain();
  };
}
