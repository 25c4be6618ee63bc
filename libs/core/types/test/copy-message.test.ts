import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { copyMessage, decodeMessage, encodeMessage, MESSAGE_LIMITS } from '../src/index.js';
import { plainValue } from './arbitraries.js';

const refused = expect.objectContaining({ code: 'WEIR_MESSAGE_REFUSED' });

describe('the copy of a message', () => {
  it('equals what its bytes give, for every plain value', () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        expect(copyMessage([value])).toStrictEqual(decodeMessage(encodeMessage([value])));
      }),
      { numRuns: 1000 },
    );
  });

  it('is plain where the value was nearly so: no holes, no class, no null prototype', () => {
    const value = { holes: new Array<unknown>(2), buffer: Buffer.from([1]), bare: Object.assign(Object.create(null) as object, { a: 1 }) };
    expect(copyMessage(value)).toStrictEqual(decodeMessage(encodeMessage(value)));
    expect((copyMessage(new Date(Number.NaN)) as Date).getTime()).toBeNaN();
  });

  it('shares no memory with the value', () => {
    const inner = { bytes: new Uint8Array([1]), list: [1] };
    const copy = copyMessage(inner) as typeof inner;
    inner.bytes[0] = 9;
    inner.list.push(2);
    expect(copy).toStrictEqual({ bytes: new Uint8Array([1]), list: [1] });
  });

  it('is refused where the bytes are', () => {
    class Flight {
      delay = 1;
    }
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const half = 'x'.repeat(MESSAGE_LIMITS.bytes / 2);
    const tooLong = [[half, half], ['€'.repeat(MESSAGE_LIMITS.bytes / 2)]];
    for (const value of [[() => 1], { a: Symbol('s') }, new Flight(), { constructor: 1 }, { '\ud800': 1 }, { [Symbol('s')]: 1 }, cycle, ...tooLong]) {
      expect(() => encodeMessage(value)).toThrow(refused);
      expect(() => copyMessage(value)).toThrow(refused);
    }
  });
});
