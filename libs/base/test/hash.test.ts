import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32, murmurBytes, murmurInt, murmurString } from '../src/index.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** MurmurHash3_x86_32 with seed 0 in exact integers, written from its definition: slow and obvious. */
function reference(bytes: readonly number[]): number {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (32n - by))) & mask;
  const mix = (k: bigint): bigint => (rotate((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  let h = 0n;
  const whole = bytes.length - (bytes.length % 4);
  const little = (part: readonly number[]): bigint => part.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  for (let i = 0; i < whole; i += 4) h = (rotate(h ^ mix(little(bytes.slice(i, i + 4))), 13n) * 5n + 0xe6546b64n) & mask;
  if (whole < bytes.length) h ^= mix(little(bytes.slice(whole)));
  h ^= BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & mask;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & mask;
  return Number(BigInt.asIntN(32, h ^ (h >> 16n)));
}

describe('MurmurHash3 of bytes', () => {
  it.each([
    [[], 0],
    [[0], 0x514e28b7],
    [[0, 0], 0x30f4c306],
    [[0, 0, 0], 0x85f0b427],
    [[0, 0, 0, 0], 0x2362f9de],
    [[0x21], 0x72661cf4],
    [[0x21, 0x43], 0xa0f7b07a],
    [[0x21, 0x43, 0x65], 0x7e4a8634],
    [[0x21, 0x43, 0x65, 0x87], 0xf55b516b],
    [[0xff, 0xff, 0xff, 0xff], 0x76293b50],
    [[...text('The quick brown fox jumps over the lazy dog')], 0x2e4ff723],
  ])('of the published vector %j', (bytes, expected) => {
    expect(murmurBytes(Uint8Array.from(bytes)) >>> 0).toBe(expected);
    expect(reference(bytes) >>> 0).toBe(expected);
  });

  it('is that of the definition for any bytes, also of a part of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(10), (bytes, start) => {
        const from = Math.min(start, bytes.length);
        expect(murmurBytes(bytes, from)).toBe(reference([...bytes.subarray(from)]));
      }),
    );
  });

  it('of a string is that of its UTF-16 units', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const units = Array.from({ length: value.length }, (_, i) => value.charCodeAt(i)).flatMap((unit) => [unit & 0xff, unit >> 8]);
        expect(murmurString(value)).toBe(reference(units));
      }),
    );
  });
});

describe('the hash of key groups', () => {
  it("is Flink's MathUtils.murmurHash: one block, folded to a non-negative number", () => {
    // The published vectors of four bytes, read as one little-endian int; the negative one is negated.
    expect(murmurInt(0)).toBe(0x2362f9de);
    expect(murmurInt(-1)).toBe(0x76293b50);
    expect(murmurInt(0x87654321 | 0)).toBe(0x100000000 - 0xf55b516b);
  });

  it('is non-negative and agrees with the definition for every int', () => {
    fc.assert(
      fc.property(fc.integer(), (code) => {
        const h = reference([code & 0xff, (code >> 8) & 0xff, (code >> 16) & 0xff, code >>> 24]);
        expect(murmurInt(code)).toBe(h >= 0 ? h : h === -0x80000000 ? 0 : -h);
      }),
      { numRuns: 1000 },
    );
  });

  it('puts the keys into the groups that Flink puts them into', () => {
    // Integer.hashCode is the int, Boolean.hashCode 1231 or 1237, "a".hashCode 97; KeyGroupRangeAssignment takes the hash modulo 128.
    expect([0, 1, 2, 3, 42, 97, 1231, 1237, -1, 2147483647, -2147483648].map((code) => murmurInt(code) % 128)).toMatchInlineSnapshot(`
[
  94,
  86,
  127,
  113,
  29,
  81,
  77,
  3,
  80,
  62,
  108,
]
`);
  });
});

describe('CRC-32', () => {
  it.each([
    ['', 0],
    ['a', 0xe8b7be43],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('of %j is the published one', (value, expected) => {
    expect(crc32(text(value))).toBe(expected);
  });

  it('goes on over pieces, and changes with every flipped bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), fc.nat(7), (bytes, cut, bit) => {
        const at = cut % bytes.length;
        const whole = crc32(bytes);
        expect(crc32(bytes.subarray(at), crc32(bytes.subarray(0, at)))).toBe(whole);
        bytes[at] ^= 1 << bit;
        expect(crc32(bytes)).not.toBe(whole);
      }),
    );
  });
});
