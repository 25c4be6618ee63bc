/** Splits a task's wall time into busy, idle and backpressured milliseconds. */
import type { Clock } from '@weir/ports';

export type WaitReason = 'idle' | 'backpressured';

export class TimeAccounting {
  busyMs = 0;
  idleMs = 0;
  backpressuredMs = 0;
  private since: number;
  private state: 'busy' | WaitReason = 'idle';

  constructor(private readonly clock: Clock) {
    this.since = clock.monotonic();
  }
  /** Charges the time since the last call to what the task was doing, and goes on as `next`. Returns now. */
  enter(next: 'busy' | WaitReason): number {
    const now = this.clock.monotonic();
    const spent = now - this.since;
    if (this.state === 'busy') this.busyMs += spent;
    else if (this.state === 'idle') this.idleMs += spent;
    else this.backpressuredMs += spent;
    this.since = now;
    this.state = next;
    return now;
  }
}
