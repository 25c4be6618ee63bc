import { describe, expect, it } from '@jest/globals';
import { Configuration } from '@weir/base';
import { SeededRandom } from '@weir/ports';
import fc from 'fast-check';
import { createRestartStrategy, ExponentialDelayRestart, FailureRateRestart, type RestartDecision } from '../src/restart-strategy.js';

const strategy = (values: Record<string, string>) => createRestartStrategy(Configuration.of(values, 'program'));
const delay = (decision: RestartDecision): number => (decision.kind === 'restart' ? decision.delayMs : -1);

describe('restart strategies', () => {
  it('exponential-delay: delays stay within their bounds, and a failure within a delay is part of it', () => {
    fc.assert(fc.property(fc.integer(), fc.array(fc.nat(200_000), { maxLength: 50 }), (seed, gaps) => {
      const random = new SeededRandom(seed);
      const exponential = strategy({});
      let nowMs = 0;
      let pendingUntilMs = -1;
      for (const gap of gaps) {
        nowMs += gap;
        const delayMs = delay(exponential.onFailure(nowMs, random));
        if (nowMs < pendingUntilMs) expect(nowMs + delayMs).toBe(pendingUntilMs);
        else {
          expect(delayMs).toBeGreaterThanOrEqual(100);
          expect(delayMs).toBeLessThanOrEqual(60_000);
          pendingUntilMs = nowMs + delayMs;
        }
      }
    }));
  });

  it('exponential-delay: grows by the factor up to the maximum, and starts anew after a quiet time', () => {
    const exponential = new ExponentialDelayRestart({ initialMs: 1000, maximumMs: 4000, multiplier: 2, jitter: 0, resetMs: 3_600_000, attempts: -1 });
    const random = new SeededRandom(1);
    expect([0, 10_000, 20_000, 30_000, 30_000 + 3_600_000].map((at) => delay(exponential.onFailure(at, random)))).toEqual([1000, 2000, 4000, 4000, 1000]);
  });

  it('exponential-delay: gives up after its attempts', () => {
    const limited = strategy({ 'restart-strategy.exponential-delay.attempts': '1' });
    const random = new SeededRandom(1);
    expect([limited.onFailure(0, random).kind, limited.onFailure(100_000, random).kind]).toEqual(['restart', 'give-up']);
  });

  it('none: never; fixed-delay: as often as it says', () => {
    const random = new SeededRandom(1);
    expect(strategy({ 'restart-strategy.type': 'none' }).onFailure(0, random)).toEqual({ kind: 'give-up', strategy: 'none', failures: 1 });
    const fixed = strategy({ 'restart-strategy.type': 'fixed-delay', 'restart-strategy.fixed-delay.attempts': '2', 'restart-strategy.fixed-delay.delay': '5 s' });
    expect([0, 1, 2].map((at) => delay(fixed.onFailure(at, random)))).toEqual([5000, 5000, -1]);
  });

  it('failure-rate: gives up when too many failures fall into the interval, and only then', () => {
    const rate = new FailureRateRestart(2, 1000, 10);
    expect([0, 600, 1200, 1300].map((at) => rate.onFailure(at).kind)).toEqual(['restart', 'restart', 'restart', 'give-up']);
  });

  it('given a limit without progress / when no checkpoint completes between failures / then it gives up, and a completed one starts the count anew', () => {
    const random = new SeededRandom(1);
    const limited = strategy({ 'restart-strategy.max-failures-without-progress': '2' });
    const kinds = (times: readonly number[]): string[] => times.map((at) => limited.onFailure(at, random).kind);
    expect(kinds([0, 100_000])).toEqual(['restart', 'restart']);
    limited.onProgress?.();
    expect(kinds([200_000, 300_000, 400_000])).toEqual(['restart', 'restart', 'give-up']);
  });
});
