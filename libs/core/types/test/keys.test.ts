import { ByteReader, ByteWriter, isWeirError, murmurString } from '@weir/base';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalKeyString, decodeKey, encodeKey, keyHash } from '../src/index.js';
import { anyString } from './arbitraries.js';

function bytesOf(key: unknown): Uint8Array {
  const out = new ByteWriter();
  encodeKey(key, out);
  return out.toBytes();
}

const key: fc.Arbitrary<unknown> = fc.letrec<{ key: unknown }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(
      fc.constantFrom<unknown>(null, true, false, 0, -0, Number.NaN, Infinity, 2 ** 31, '', '0'),
      fc.integer(),
      fc.double(),
      anyString,
      fc.bigInt(),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array({ maxLength: 5 }).map((bytes) => new Uint8Array(bytes)),
    ),
    fc.array(tie('key'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('key'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).key;

/** The same key up to what keys do not tell apart. */
function canonical(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, canonical(field)]));
  }
  return value;
}
function isSame(a: unknown, b: unknown): boolean {
  try {
    expect(canonical(a)).toStrictEqual(canonical(b));
    return true;
  } catch {
    return false;
  }
}

describe('key bytes', () => {
  it('are read back, and are followed by nothing', () => {
    fc.assert(
      fc.property(key, (k) => {
        const reader = new ByteReader(bytesOf(k));
        expect(decodeKey(reader)).toStrictEqual(canonical(k));
        expect(reader.remaining).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('are equal exactly for equal keys, and so are hashes and strings of equal keys', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const same = isSame(a, b);
        expect(Buffer.compare(bytesOf(a), bytesOf(b)) === 0).toBe(same);
        expect(canonicalKeyString(a) === canonicalKeyString(b)).toBe(same);
        if (same) expect(keyHash(a)).toBe(keyHash(b));
      }),
      { numRuns: 500 },
    );
  });

  it('do not depend on the order of fields or the bits of NaN', () => {
    expect(bytesOf({ a: 1, b: { c: 2, d: 3 } })).toStrictEqual(bytesOf({ b: { d: 3, c: 2 }, a: 1 }));
    const otherNaN = new Float64Array(new BigUint64Array([0xfff8000000000123n]).buffer)[0];
    expect(bytesOf(otherNaN)).toStrictEqual(bytesOf(Number.NaN));
    expect(keyHash(otherNaN)).toBe(keyHash(Number.NaN));
  });

  it('are part of the snapshot format and stay as they are', () => {
    const golden = [null, false, true, -2, 0.5, 'añ', 7n, -(2n ** 70n), new Date(1), [1, 'x'], { b: 1, a: null }, new Uint8Array([9])];
    expect(golden.map((k) => Buffer.from(bytesOf(k)).toString('hex'))).toMatchInlineSnapshot(`
[
  "00",
  "01",
  "02",
  "03feffffff",
  "04000000000000e03f",
  "050361c3b1",
  "06000700000000000000",
  "060209400000000000000000",
  "07000000000000f03f",
  "08020301000000050178",
  "090201610001620301000000",
  "0a0109",
]
`);
  });

  it('do not exist for what cannot be a key', () => {
    class Flight {}
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const out = new ByteWriter();
    const unsupported = expect.objectContaining({ code: 'WEIR_KEY_UNSUPPORTED' });
    const objects = [new Map(), new Flight(), new Date(Number.NaN), [1, [undefined]], { a: new Set() }, cycle];
    for (const k of [undefined, () => 1, Symbol('s'), ...objects]) {
      expect(() => encodeKey(k, out)).toThrow(unsupported);
      expect(() => keyHash(k)).toThrow(unsupported);
    }
    expect(out.length).toBe(0);
    expect(() => bytesOf({ route: [1, new Flight()] })).toThrow('key.route[1]: instance of Flight cannot be a key');
  });

  it('give a coded error or a key when damaged', () => {
    fc.assert(
      fc.property(key, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(), (k, at, bits, cut) => {
        const whole = bytesOf(k);
        const malformed = expect.objectContaining({ code: 'WEIR_BYTES_MALFORMED' });
        expect(() => decodeKey(new ByteReader(whole.slice(0, cut % whole.length)))).toThrow(malformed);
        whole[at % whole.length] ^= bits;
        try {
          decodeKey(new ByteReader(whole));
        } catch (error) {
          if (!isWeirError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('key hashes', () => {
  it('are those of Java where Java has one', () => {
    expect([42, -7, -0, 2 ** 31 - 1, -(2 ** 31)].map(keyHash)).toEqual([42, -7, 0, 2147483647, -2147483648]);
    expect([true, false, null].map(keyHash)).toEqual([1231, 1237, 0]);
    // Double.hashCode of 1.5, 2147483648.0, NaN.
    expect([1.5, 2147483648, Number.NaN].map(keyHash)).toEqual([1073217536, 1105199104, 2146959360]);
    expect(keyHash('flight')).toBe(murmurString('flight'));
  });
  it('are signed 32-bit integers', () => {
    fc.assert(fc.property(key, (k) => expect(keyHash(k) | 0).toBe(keyHash(k))));
  });
});
