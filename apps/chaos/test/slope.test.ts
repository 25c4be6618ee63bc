import { expect, it } from '@jest/globals';
import { quantile } from '../src/report/recoveries.js';
import { medians, slopeOf } from '../src/soak/slope.js';

const HOUR = 3_600_000;

it('given a straight line / then its slope per hour, and no error', () => {
  const slope = slopeOf(Array.from({ length: 10 }, (_, i) => [(i * HOUR) / 10, 100 + 2 * (i / 10)] as const));
  expect(slope?.perHour).toBeCloseTo(2);
  expect(slope?.standardError).toBeCloseTo(0);
});

it('given noise around a level / then the error is larger than the slope', () => {
  const slope = slopeOf(Array.from({ length: 60 }, (_, i) => [(i * HOUR) / 60, 100 + (i % 2 === 0 ? 5 : -5)] as const));
  expect(Math.abs(slope?.perHour ?? 99)).toBeLessThan(2 * (slope?.standardError ?? 0));
});

it('given fewer than five points / then there is no slope', () => {
  expect(slopeOf([[0, 1], [1, 2]])).toBeUndefined();
});

it('given a spike in a bucket / then its median passes over it', () => {
  expect(medians([[0, 1], [1, 900], [2, 1], [10, 3]], 10)).toEqual([[5, 1], [15, 3]]);
});

it('given times in order / then a quantile is one of them', () => {
  const times = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  expect([quantile(times, 0.5), quantile(times, 0.95), quantile(times, 1)]).toEqual([5, 10, 10]);
  expect(quantile([], 0.5)).toBeNaN();
});
