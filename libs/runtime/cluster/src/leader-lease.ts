/** How long a leader leads: a lease from before the write that got it was sent (L2). Its second half is in doubt. Pure, on the leader's own monotonic clock. */
import type { ElectionEffect } from './leader-election.events.js';

export class LeaderLease {
  private startMs: number;
  private isInDoubt = false;

  constructor(private readonly options: { readonly leaseMs: number; readonly renewMs: number }, sentAtMs: number) {
    this.startMs = sentAtMs;
  }

  holds(nowMs: number): boolean {
    return nowMs < this.startMs + this.options.leaseMs;
  }

  /** As {@link holds}, and irreversible work may be started. */
  holdsWithoutDoubt(nowMs: number): boolean {
    return nowMs < this.startMs + this.options.leaseMs / 2;
  }

  /** True when the doubt begins now. */
  doubt(nowMs: number): boolean {
    if (this.isInDoubt || this.holdsWithoutDoubt(nowMs)) return false;
    this.isInDoubt = true;
    return true;
  }

  /** True when that ends a doubt. */
  renew(sentAtMs: number, nowMs: number): boolean {
    this.startMs = sentAtMs;
    if (!this.isInDoubt || !this.holdsWithoutDoubt(nowMs)) return false;
    this.isInDoubt = false;
    return true;
  }

  renewalDueInMs(nowMs: number): number {
    return this.startMs + this.options.renewMs - nowMs;
  }

  timers(nowMs: number): readonly Extract<ElectionEffect, { type: 'timer' }>[] {
    const { leaseMs } = this.options;
    return [
      { type: 'timer', timer: 'renew', delayMs: Math.max(0, this.renewalDueInMs(nowMs)) },
      { type: 'timer', timer: 'doubt', delayMs: Math.max(0, this.startMs + leaseMs / 2 - nowMs) },
      { type: 'timer', timer: 'expire', delayMs: Math.max(0, this.startMs + leaseMs - nowMs) },
    ];
  }
}
