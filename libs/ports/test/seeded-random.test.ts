import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SeededRandom } from '@weir/ports';

describe('SeededRandom', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    const take = (seed: number): number[] => Array.from({ length: 20 }, ((random) => () => random.next())(new SeededRandom(seed)));
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
  });

  it('derives streams from the seed and not from the position', () => {
    const used = new SeededRandom(5);
    used.next();
    expect(used.stream('x').next()).toBe(new SeededRandom(5).stream('x').next());
    expect(used.stream('x').next()).not.toBe(used.stream('y').next());
  });

  it('stays within its bounds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000_000 }), (seed, bound) => {
        const random = new SeededRandom(seed);
        for (let i = 0; i < 20; i++) {
          const whole = random.nextInt(bound);
          expect(Number.isInteger(whole) && whole >= 0 && whole < bound).toBe(true);
          const real = random.next();
          expect(real >= 0 && real < 1).toBe(true);
        }
        expect(random.hex(6)).toMatch(/^[0-9a-f]{12}$/);
      }),
    );
  });

  it('spreads evenly: no bucket of sixteen is off by a tenth in 64 000 draws', () => {
    const random = new SeededRandom('even');
    const buckets = new Array<number>(16).fill(0);
    for (let i = 0; i < 64_000; i++) buckets[random.nextInt(16)]++;
    for (const count of buckets) expect(Math.abs(count - 4000)).toBeLessThan(400);
  });
});
