/**
 * Timers under virtual time. Nothing runs until it is told to; then callbacks run one by one in the order (due time, order of the call),
 * deferred ones first and FIFO.
 */
import { assert } from '@weir/base';
import type { Cancel, Timers } from '../timers.js';
import { EventHeap, type HeapEvent } from './event-heap.js';
import type { ManualClock } from './manual-clock.js';

interface TimerEvent extends HeapEvent {
  readonly callback: () => void;
}

export interface RunUntilOptions {
  /** Virtual time to spend at most. Default 3 600 000. */
  readonly withinMs?: number;
  /** Callbacks to run at most. Default 1 000 000. */
  readonly maxSteps?: number;
}

export class ManualTimers implements Timers {
  private readonly heap = new EventHeap<TimerEvent>();
  private readonly deferred: (() => void)[] = [];
  private sequence = 0;

  constructor(readonly clock: ManualClock) {}

  after(delayMs: number, callback: () => void): Cancel {
    assert(delayMs >= 0, `a delay is not negative, but was ${delayMs} ms`);
    const event: TimerEvent = { timeMs: this.clock.monotonic() + delayMs, rank: this.sequence++, cancelled: false, callback };
    this.heap.push(event);
    return () => {
      event.cancelled = true;
    };
  }

  defer(callback: () => void): void {
    this.deferred.push(callback);
  }

  /** Timers that would still run, deferred callbacks included. */
  get pendingCount(): number {
    return this.heap.live().length + this.deferred.length;
  }

  /** Runs all deferred callbacks, also those that are deferred meanwhile; time stands still. */
  runDeferred(maxSteps = 1_000_000): void {
    for (let steps = 0; this.deferred.length > 0; steps++) {
      assert(steps < maxSteps, `deferred callbacks did not come to an end within ${maxSteps} steps`);
      (this.deferred.shift() as () => void)();
    }
  }

  /** Runs one callback, moving the clock if need be. False when nothing is pending. */
  runNext(): boolean {
    const deferred = this.deferred.shift();
    if (deferred !== undefined) {
      deferred();
      return true;
    }
    const event = this.heap.pop();
    if (event === undefined) return false;
    this.clock.advanceBy(Math.max(0, event.timeMs - this.clock.monotonic()));
    event.callback();
    return true;
  }

  /** Lets `ms` of virtual time pass and runs all that is due in it. Synchronous: promise chains go on after the call. */
  advanceBy(ms: number): void {
    const endMs = this.clock.monotonic() + ms;
    for (;;) {
      this.runDeferred();
      const event = this.heap.peek();
      if (event === undefined || event.timeMs > endMs) break;
      this.runNext();
    }
    this.clock.advanceBy(endMs - this.clock.monotonic());
  }

  /** Runs callbacks one by one, promise chains between them, until `condition` holds. Rejects with what it waited for otherwise. */
  async runUntil(condition: () => boolean, options: RunUntilOptions = {}): Promise<void> {
    const { withinMs = 3_600_000, maxSteps = 1_000_000 } = options;
    const startMs = this.clock.monotonic();
    for (let steps = 0; ; steps++) {
      await drainMicrotasks();
      if (condition()) return;
      const waited = `${condition.toString()} after ${this.clock.monotonic() - startMs} virtual ms and ${steps} steps`;
      assert(steps < maxSteps && this.clock.monotonic() - startMs <= withinMs, `gave up waiting for ${waited}`);
      assert(this.runNext(), `nothing is left to run while waiting for ${waited}`);
    }
  }
}

/** Lets promise chains of up to 32 links finish, without a host's timers. */
export async function drainMicrotasks(): Promise<void> {
  for (let i = 0; i < 32; i++) await Promise.resolve();
}
