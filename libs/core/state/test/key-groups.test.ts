/**
 * Strategy: random parallelism and max parallelism; the ranges must cut the space into contiguous pieces that agree with the owner of each
 * group.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultMaxParallelism, keyGroupOf, keyGroupRangeOf, MAX_PARALLELISM_LIMIT, subtaskOfKeyGroup } from '../src/index.js';

const sizes = fc
  .integer({ min: 1, max: MAX_PARALLELISM_LIMIT })
  .chain(
    (maxParallelism) => fc.record(
      { maxParallelism: fc.constant(maxParallelism), parallelism: fc.integer({ min: 1, max: maxParallelism }) },
    ),
  );

describe('key groups', () => {
  it('are cut into contiguous ranges without gap or overlap, none of them empty', () => {
    fc.assert(
      fc.property(sizes, ({ maxParallelism, parallelism }) => {
        let next = 0;
        for (let subtask = 0; subtask < parallelism; subtask++) {
          const range = keyGroupRangeOf(subtask, parallelism, maxParallelism);
          if (range.first !== next || range.last < range.first) throw new Error(
            `subtask ${subtask} has ${range.first}..${range.last}, expected from ${next}`,
          );
          next = range.last + 1;
        }
        expect(next).toBe(maxParallelism);
      }),
      { numRuns: 50 },
    );
  });
  it('belong to the subtask whose range holds them', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ({ maxParallelism, parallelism }, seed) => {
        const keyGroup = seed % maxParallelism;
        const range = keyGroupRangeOf(subtaskOfKeyGroup(keyGroup, parallelism, maxParallelism), parallelism, maxParallelism);
        expect(range.first <= keyGroup && keyGroup <= range.last).toBe(true);
      }),
    );
  });
  it('hold every key, equal keys together', () => {
    fc.assert(
      fc.property(fc.oneof(
        fc.integer(), fc.string(), fc.double({ noNaN: true }), fc.tuple(fc.string(), fc.integer()),
      ), sizes, (key, { maxParallelism }) => {
        const keyGroup = keyGroupOf(key, maxParallelism);
        expect(Number.isInteger(keyGroup) && keyGroup >= 0 && keyGroup < maxParallelism).toBe(true);
        expect(keyGroupOf(structuredClone(key), maxParallelism)).toBe(keyGroup);
      }),
    );
  });
  it('by default number the power of two from 1.5 times the parallelism, at least 128 and at most 32768', () => {
    expect([1, 85, 86, 128, 1000, 30_000].map(defaultMaxParallelism)).toEqual([128, 128, 256, 256, 2048, 32_768]);
  });
});
