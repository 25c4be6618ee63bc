/** An actor's timers: messages to self that can be called back until they are handled. */
import type { Cancel } from '@weir/ports';
import type { ActorTimers } from './actor.js';
import type { ActorCell } from './actor-cell.js';
import type { TimerToken } from './mailbox.js';

interface ActiveTimer {
  readonly token: TimerToken;
  cancel: Cancel;
}

export class CellTimers implements ActorTimers<unknown> {
  private readonly active = new Set<ActiveTimer>();
  private readonly keyed = new Map<string, ActiveTimer>();

  constructor(private readonly cell: ActorCell) {}

  after(delayMs: number, message: unknown): Cancel {
    const timer = this.start(delayMs, message, undefined);
    return () => this.stop(timer);
  }

  setTimer(key: string, delayMs: number, message: unknown): void {
    this.cancelTimer(key);
    this.keyed.set(key, this.start(delayMs, message, key));
  }

  cancelTimer(key: string): void {
    const timer = this.keyed.get(key);
    if (timer === undefined) return;
    this.keyed.delete(key);
    this.stop(timer);
  }

  isPending(key: string): boolean {
    const timer = this.keyed.get(key);
    return timer !== undefined && this.active.has(timer);
  }

  cancelAll(): void {
    for (const timer of [...this.active, ...this.keyed.values()]) this.stop(timer);
    this.keyed.clear();
  }

  private start(delayMs: number, message: unknown, key: string | undefined): ActiveTimer {
    const timer: ActiveTimer = { token: { cancelled: false, onTaken: undefined }, cancel: () => undefined };
    if (!this.cell.isRunning) return timer;
    const { generation } = this.cell;
    this.active.add(timer);
    // A keyed timer stays in `keyed` while its message waits, so that cancelTimer still reaches it.
    if (key !== undefined) timer.token.onTaken = () => this.forget(key, timer);
    timer.cancel = this.cell.host.timers.after(delayMs, () => {
      this.active.delete(timer);
      this.cell.offerOwn(generation, message, timer.token);
    });
    return timer;
  }

  private forget(key: string, timer: ActiveTimer): void {
    if (this.keyed.get(key) === timer) this.keyed.delete(key);
  }

  private stop(timer: ActiveTimer): void {
    timer.token.cancelled = true;
    if (this.active.delete(timer)) timer.cancel();
  }
}
