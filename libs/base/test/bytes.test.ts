import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteReader, ByteWriter, MalformedBytesError } from '../src/index.js';

type Step =
  | readonly ['u8' | 'u16' | 'u32' | 'i32' | 'f64' | 'varint', number]
  | readonly ['i64', bigint]
  | readonly ['string', string]
  | readonly ['bytes', Uint8Array];

const anyString = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant('u8' as const), fc.integer({ min: 0, max: 0xff })),
  fc.tuple(fc.constant('u16' as const), fc.integer({ min: 0, max: 0xffff })),
  fc.tuple(fc.constant('u32' as const), fc.integer({ min: 0, max: 0xffffffff })),
  fc.tuple(fc.constant('i32' as const), fc.integer()),
  fc.tuple(fc.constant('f64' as const), fc.double()),
  fc.tuple(fc.constant('varint' as const), fc.maxSafeNat()),
  fc.tuple(fc.constant('i64' as const), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.tuple(fc.constant('string' as const), anyString),
  fc.tuple(fc.constant('bytes' as const), fc.uint8Array({ maxLength: 50 }).map((b) => new Uint8Array(b))),
);

function write(out: ByteWriter, [method, value]: Step): void {
  (out[method] as (v: unknown) => void).call(out, value);
}

describe('written bytes', () => {
  it('are read back in the same steps, at any offset, and end where they end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(9), fc.integer({ min: 1, max: 64 }), (steps, shift, capacity) => {
        const out = new ByteWriter(capacity);
        out.raw(new Uint8Array(shift));
        for (const s of steps) write(out, s);
        const reader = new ByteReader(out.toBytes(), shift);
        for (const [method, value] of steps) {
          const read = reader[method]();
          expect(read instanceof Uint8Array ? new Uint8Array(read) : read).toStrictEqual(value);
        }
        expect(reader.remaining).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('raise a coded error wherever they are cut', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(), (steps, cut) => {
        const out = new ByteWriter();
        for (const s of steps) write(out, s);
        const reader = new ByteReader(out.toBytes(), 0, cut % out.length);
        expect(() => steps.forEach(([method]) => reader[method]())).toThrow(MalformedBytesError);
      }),
    );
  });

  it('are little-endian, and short for small numbers', () => {
    const out = new ByteWriter();
    out.u16(0x0102);
    out.varint(127);
    out.varint(128);
    out.string('aé');
    expect([...out.view8()]).toEqual([2, 1, 127, 128, 1, 3, 97, 0xc3, 0xa9]);
  });

  it('can be patched and, after a reset, written over', () => {
    const out = new ByteWriter();
    out.u32(0);
    out.u8(9);
    out.patchU32(0, 5);
    expect([...out.toBytes()]).toEqual([5, 0, 0, 0, 9]);
    const view = out.view8();
    out.reset();
    out.u8(1);
    expect([out.length, view[0]]).toEqual([1, 1]);
  });
});

describe('a reader', () => {
  it.each([
    ['a varint that never ends', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], 'varint'],
    ['a string longer than the bytes', [200, 1, 97], 'string'],
    ['an overlong character', [2, 0xc0, 0x80], 'string'],
    ['a surrogate pair in two halves', [6, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], 'string'],
    ['a character beyond Unicode', [4, 0xf4, 0x90, 0x80, 0x80], 'string'],
    ['a stray continuation', [1, 0x80], 'string'],
  ] as const)('refuses %s', (_what, bytes, method) => {
    expect(() => new ByteReader(Uint8Array.from(bytes))[method]()).toThrow(expect.objectContaining({ code: 'WEIR_BYTES_MALFORMED' }));
  });

  it('keeps a byte order mark at the start of a text', () => {
    const out = new ByteWriter();
    out.string(`\ufeff${'x'.repeat(200)}`);
    expect(new ByteReader(out.view8()).string().charCodeAt(0)).toBe(0xfeff);
  });
});
