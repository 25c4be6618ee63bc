/** How much later than due a timer comes in a process that does nothing else: what the machine itself adds to any latency at this moment. */
import { Histogram } from './histogram.js';

const PERIOD_MS = 5;

/** Measures until the returned function is called, which gives the milliseconds of the 99th percentile. */
export function measureTimerDelay(): () => number {
  const late = new Histogram();
  let due = performance.now() + PERIOD_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    late.record(now - due);
    due = now + PERIOD_MS;
  }, PERIOD_MS);
  return () => {
    clearInterval(timer);
    return late.quantile(0.99);
  };
}
