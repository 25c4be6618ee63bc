import { describe, expect, it } from '@jest/globals';
import { copiesAreShared, shareCopies, specialize } from '@weir/base';

/** Its own state, and a function of its own. */
const counterFactory = (start: { readonly at: number }): { readonly next: () => number; readonly stack: () => string } => {
  let count = start.at;
  return { next: () => ++count, stack: () => new Error('here').stack ?? '' };
};
const copyOf = ({ stack }: { readonly stack: () => string }): string | undefined => /weir-generated\/[\w-]+/.exec(stack())?.[0];

describe('specialize', () => {
  it('given two copies / then each has a text of its own', () => {
    const [a, b] = [specialize(counterFactory, { at: 0 }, 'a'), specialize(counterFactory, { at: 0 }, 'b')];
    expect(copyOf(a)).not.toBe(copyOf(b));
  });

  it('given shared copies / then they have one text and each its own state, until nobody shares', () => {
    const [endOne, endOther] = [shareCopies(), shareCopies()];
    const [a, b] = [specialize(counterFactory, { at: 0 }, 'a'), specialize(counterFactory, { at: 10 }, 'b')];
    expect([copyOf(a) === copyOf(b), a.next(), b.next(), a.next()]).toEqual([true, 1, 11, 2]);
    endOne();
    endOne();
    expect(copiesAreShared()).toBe(true);
    endOther();
    expect([copiesAreShared(), copyOf(specialize(counterFactory, { at: 0 }, 'c')) === copyOf(a)]).toEqual([false, false]);
  });

  it('given a factory that is not closed / then it fails when it runs', () => {
    const outside = 1;
    expect(() => specialize(() => outside, undefined, 'open')).toThrow(ReferenceError);
  });
});
