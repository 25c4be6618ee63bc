/** Timers that know how many are pending, for the leak audit. */
import type { Cancel, Timers } from '@weir/ports';

export class TrackedTimers {
  private readonly pending = new Set<Cancel>();

  constructor(private readonly timers: Timers) {}

  get count(): number {
    return this.pending.size;
  }

  after(delayMs: number, callback: () => void): Cancel {
    const cancelInner = this.timers.after(delayMs, () => {
      this.pending.delete(cancel);
      callback();
    });
    const cancel = (): void => {
      if (this.pending.delete(cancel)) cancelInner();
    };
    this.pending.add(cancel);
    return cancel;
  }
}
