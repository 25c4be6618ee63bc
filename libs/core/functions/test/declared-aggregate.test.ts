import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aggregates, type AggregateFunction } from '../src/index.js';

interface Trip {
  readonly km: number;
  readonly delay: number;
}
const km = (trip: Trip): number => trip.km;
const delay = (trip: Trip): number => trip.delay;
const everything = aggregates.all({
  trips: aggregates.count(), total: aggregates.sum(km), mean: aggregates.mean(delay),
  shortest: aggregates.min(km), latest: aggregates.max(delay),
});

function fold<I, A, O>(fn: AggregateFunction<I, A, O>, values: readonly I[]): A {
  let accumulator = fn.createAccumulator();
  for (const value of values) accumulator = fn.add(value, accumulator);
  return accumulator;
}
const trip = fc.record({ km: fc.integer({ min: -1000, max: 1000 }), delay: fc.integer({ min: -1000, max: 1000 }) });

describe('declared aggregates', () => {
  it('compute what plain arithmetic computes', () => {
    fc.assert(
      fc.property(fc.array(trip, { minLength: 1 }), (trips) => {
        const kms = trips.map(km);
        const delays = trips.map(delay);
        expect(everything.getResult(fold(everything, trips))).toEqual({
          trips: trips.length,
          total: kms.reduce((a, b) => a + b, 0),
          mean: delays.reduce((a, b) => a + b, 0) / trips.length,
          shortest: Math.min(...kms),
          latest: Math.max(...delays),
        });
      }),
    );
  });
  it('merge to the same result wherever the records are split, and leave the second accumulator alone', () => {
    fc.assert(
      fc.property(fc.array(trip), fc.nat(), (trips, seed) => {
        const cut = seed % (trips.length + 1);
        const right = fold(everything, trips.slice(cut));
        const untouched = { ...right };
        const merged = everything.merge(fold(everything, trips.slice(0, cut)), right);
        expect(everything.getResult(merged)).toEqual(everything.getResult(fold(everything, trips)));
        expect(right).toEqual(untouched);
      }),
    );
  });
  it('keep their accumulators as flat numbers, two for a mean', () => {
    expect(everything.createAccumulator()).toEqual({ c0: 0, c1: 0, c2: 0, c3: 0, c4: Infinity, c5: -Infinity });
    expect(everything.columns.map((column) => column.op)).toEqual(['count', 'sum', 'sum', 'count', 'min', 'max']);
  });
  it('take any name for a result, also one that is code', () => {
    const odd = aggregates.all({ '__proto__]: 0, ["x': aggregates.count(), "a'b": aggregates.count() });
    expect(Object.keys(odd.getResult(fold(odd, [1])))).toEqual(['__proto__]: 0, ["x', "a'b"]);
  });
});
