import { describe, expect, it } from '@jest/globals';
import { jsonOf } from '../src/index.js';
import { canonicalText } from '../src/state-json.js';

describe('state values as JSON', () => {
  it('keep what JSON has no notation for', () => {
    const value = { big: 12n, map: new Map<unknown, unknown>([['a', new Date(0)], [2n, undefined]]), set: new Set([1]), bytes: new Uint8Array([1, 2, 255]), none: NaN };
    expect(jsonOf(value)).toEqual({
      big: { $bigint: '12' }, map: { $map: [['a', { $date: '1970-01-01T00:00:00.000Z' }], [{ $bigint: '2' }, null]] }, set: { $set: [1] }, bytes: { $bytes: 'AQL/' }, none: { $number: 'NaN' },
    });
  });

  it('have one text for one value, whatever the order in which it was built', () => {
    expect(canonicalText({ a: 1, b: new Map([[1, 2], [3, 4]]) })).toBe(canonicalText({ b: new Map([[3, 4], [1, 2]]), a: 1 }));
    expect(canonicalText([1, 2])).not.toBe(canonicalText([2, 1]));
  });
});
