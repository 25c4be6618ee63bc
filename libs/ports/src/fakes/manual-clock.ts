/** A clock that moves when told. */
import { assert } from '@weir/base';
import type { Clock } from '../clock.js';

export class ManualClock implements Clock {
  private monotonicMs = 0;
  private wallOffsetMs: number;

  /** `startMs`: the wall clock at the start; 2024-01-01 by default. */
  constructor(startMs = 1_704_067_200_000) {
    this.wallOffsetMs = startMs;
  }

  now(): number {
    return Math.floor(this.wallOffsetMs + this.monotonicMs);
  }

  monotonic(): number {
    return this.monotonicMs;
  }

  /** Moves both clocks on. */
  advanceBy(ms: number): void {
    assert(ms >= 0, `a clock does not go back, but was moved by ${ms} ms`);
    this.monotonicMs += ms;
  }

  /** Steps the wall clock only, in either direction (F23). */
  stepWallClock(ms: number): void {
    this.wallOffsetMs += ms;
  }
}
