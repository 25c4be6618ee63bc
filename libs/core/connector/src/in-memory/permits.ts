/**
 * Token bucket of a rate-limited reader. Time comes in as an argument.
 * P1: over any span of t seconds at most rate * (t + 1) permits are given: at most one second's worth is saved up while nobody asks.
 */
export class Permits {
  private available = 1;
  private readonly capacity: number;

  constructor(private readonly perSecond: number, private lastMs: number) {
    this.capacity = Math.max(1, perSecond);
  }

  /** Takes up to `wanted` whole permits at monotonic time `nowMs` and returns how many. */
  take(wanted: number, nowMs: number): number {
    this.available = Math.min(this.capacity, this.available + ((nowMs - this.lastMs) * this.perSecond) / 1000);
    this.lastMs = nowMs;
    const taken = Math.min(wanted, Math.floor(this.available));
    this.available -= taken;
    return taken;
  }

  /** Milliseconds until the next whole permit, at least 1. */
  delayMs(): number {
    return Math.max(1, Math.ceil(((1 - this.available) * 1000) / this.perSecond));
  }
}
