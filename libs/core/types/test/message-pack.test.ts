import { isWeirError } from '@weir/base';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeMessage, encodeMessage, MESSAGE_LIMITS } from '../src/index.js';
import { plainValue } from './arbitraries.js';

const flip = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
const refused = expect.objectContaining({ code: 'WEIR_MESSAGE_REFUSED' });
const malformed = expect.objectContaining({ code: 'WEIR_BYTES_MALFORMED' });

describe('messages', () => {
  it('give back every plain value exactly', () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        expect(decodeMessage(encodeMessage(value))).toStrictEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('give back what MessagePack alone would lose', () => {
    const numbers = [-0, Number.NaN, 2 ** 53, 4294967295, 12345678901234567890n];
    const value = [undefined, numbers, new Map([[{ a: 1 }, new Set([null])]]), new Date(-1), '\ud800', new Uint8Array([1, 255])];
    expect(decodeMessage(encodeMessage(value))).toStrictEqual(value);
  });

  it('hold long strings, long byte arrays and many entries', () => {
    for (const length of [31, 32, 255, 256, 65_535, 65_536, 300_000]) {
      const list = Array.from({ length: Math.min(length, 100_000) }, (_, i) => i);
      for (const value of ['x'.repeat(length), 'ü'.repeat(length), new Uint8Array(length).fill(7), list]) {
        expect(decodeMessage(encodeMessage(value))).toStrictEqual(value);
      }
    }
  });

  it('share no memory with the bytes or with each other', () => {
    const payload = new Uint8Array([1, 2, 3]);
    const bytes = encodeMessage({ payload });
    const decoded = decodeMessage(bytes) as { payload: Uint8Array };
    bytes.fill(0);
    payload.fill(9);
    expect(decoded.payload).toStrictEqual(new Uint8Array([1, 2, 3]));
  });

  it('refuse code, instances of classes, symbols and dangerous field names', () => {
    class Flight {
      delay = 1;
    }
    const dangerous = [JSON.parse('{"__proto__":{"admin":true}}') as unknown, { constructor: 1 }, { '\ud800': 1 }, { [Symbol('s')]: 1 }];
    for (const value of [() => 1, Symbol('s'), new Flight(), [new Error('x')], /x/, new Int32Array(2), ...dangerous]) {
      expect(() => encodeMessage(value)).toThrow(refused);
    }
  });

  it('refuse what is too deep, cyclic, too long or too wide', () => {
    const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);
    expect(decodeMessage(encodeMessage(nest(MESSAGE_LIMITS.depth)))).toStrictEqual(nest(MESSAGE_LIMITS.depth));
    expect(() => encodeMessage(nest(MESSAGE_LIMITS.depth + 1))).toThrow(refused);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => encodeMessage(cycle)).toThrow(refused);
    expect(() => encodeMessage('x'.repeat(MESSAGE_LIMITS.bytes + 1))).toThrow(refused);
    expect(() => encodeMessage(new Array(MESSAGE_LIMITS.entries + 1).fill(0))).toThrow(refused);
  });
});

describe('bytes of messages', () => {
  const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

  it('are refused if they forge lengths, prototypes, integers or extensions', () => {
    expect(() => decodeMessage(bytesOf(0xdd, 0xff, 0xff, 0xff, 0xff))).toThrow(refused);
    expect(() => decodeMessage(bytesOf(0xdd, 0, 0, 0xff, 0xff))).toThrow(malformed);
    expect(() => decodeMessage(bytesOf(0xdb, 0xff, 0xff, 0xff, 0xff))).toThrow(malformed);
    expect(() => decodeMessage(bytesOf(0x81, 0xa9, ...Buffer.from('__proto__'), 0x80))).toThrow(refused);
    expect(() => decodeMessage(bytesOf(0x81, 0x01, 0x01))).toThrow(malformed);
    expect(() => decodeMessage(bytesOf(0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))).toThrow(malformed);
    expect(() => decodeMessage(bytesOf(0xd4, 0x0d, 0x01))).toThrow(malformed);
    expect(() => decodeMessage(bytesOf(0xc1))).toThrow(malformed);
    expect(() => decodeMessage(bytesOf(0xa2, 0xc3, 0x28))).toThrow(malformed);
    expect(() => decodeMessage(new Uint8Array(MESSAGE_LIMITS.bytes).fill(0x91))).toThrow(refused);
    expect(() => decodeMessage(new Uint8Array(0))).toThrow(malformed);
  });

  it('are refused if something follows the message', () => {
    const bytes = encodeMessage({ a: 1 });
    expect(() => decodeMessage(Uint8Array.from([...bytes, 0]))).toThrow(malformed);
  });

  it('give a coded error or a value when damaged, and a coded error when cut', () => {
    fc.assert(
      fc.property(plainValue, fc.array(flip, { maxLength: 4 }), fc.nat(), (value, flips, cut) => {
        const whole = encodeMessage(value);
        expect(() => decodeMessage(whole.slice(0, cut % whole.length))).toThrow(malformed);
        for (const [at, bits] of flips) whole[at % whole.length] ^= bits;
        try {
          decodeMessage(whole);
        } catch (error) {
          if (!isWeirError(error)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });
});
