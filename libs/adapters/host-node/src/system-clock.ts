/** The clock of this machine. */
import { performance } from 'node:perf_hooks';
import type { Clock } from '@weir/ports';

export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }
}
