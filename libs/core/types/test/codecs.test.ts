/**
 * Strategy: random types with random values of them (see arbitraries.ts). The row and the columnar encoding must both give back what went
 * in, also through the type's description, at any alignment; damaged bytes must give a coded error or another value, and nothing else.
 */
import { ByteReader, ByteWriter, isWeirError } from '@weir/base';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ownedString, sameDescription, typeFromDescription, types, type TypeDescription, type TypeInformation } from '../src/index.js';
import { anyString, batchOf, rowAndValues, typeAndValues } from './arbitraries.js';

function rowBytes(type: TypeInformation<unknown>, values: readonly unknown[]): Uint8Array {
  const serializer = type.createSerializer();
  const out = new ByteWriter();
  for (const value of values) serializer.serialize(value, out);
  return out.toBytes();
}
function rowValues(type: TypeInformation<unknown>, bytes: Uint8Array, count: number): unknown[] {
  const serializer = type.createSerializer();
  const reader = new ByteReader(bytes);
  const values = Array.from({ length: count }, () => serializer.deserialize(reader));
  expect(reader.remaining).toBe(0);
  return values;
}
function columnarBytes(type: TypeInformation<unknown>, values: readonly unknown[]): Uint8Array {
  const out = new ByteWriter();
  type.createColumnarCodec().encode(values, values.length, out);
  return out.toBytes();
}
function columnarValues(type: TypeInformation<unknown>, bytes: Uint8Array): unknown[] {
  const values: unknown[] = [];
  const reader = new ByteReader(bytes);
  expect(type.createColumnarCodec().decode(reader, values)).toBe(values.length);
  expect(reader.remaining).toBe(0);
  return values;
}
function throughJson(type: TypeInformation<unknown>): TypeInformation<unknown> {
  return typeFromDescription(JSON.parse(JSON.stringify(type.describe())) as TypeDescription);
}

describe('codecs of any type', () => {
  it('give back in rows what went in, also as described', () => {
    fc.assert(
      fc.property(batchOf(typeAndValues, 8), ({ type, values }) => {
        const bytes = rowBytes(type, values);
        expect(rowValues(type, bytes, values.length)).toStrictEqual(values);
        const described = throughJson(type);
        expect(described.typeName).toBe(type.typeName);
        expect(sameDescription(described.describe(), type.describe())).toBe(true);
        expect(rowValues(described, bytes, values.length)).toStrictEqual(values);
        expect(rowBytes(described, values)).toStrictEqual(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('give back in columns what went in, also as described', () => {
    fc.assert(
      fc.property(batchOf(rowAndValues), ({ type, values }) => {
        const bytes = columnarBytes(type, values);
        expect(columnarValues(type, bytes)).toStrictEqual(values);
        expect(columnarValues(throughJson(type), bytes)).toStrictEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  it('lay out columns of what is no row', () => {
    fc.assert(
      fc.property(batchOf(typeAndValues), ({ type, values }) => {
        expect(columnarValues(type, columnarBytes(type, values))).toStrictEqual(values);
      }),
      { numRuns: 200 },
    );
  });

  it('read columns at any alignment, out of a Buffer too, and batch after batch by one codec', () => {
    fc.assert(
      fc.property(batchOf(rowAndValues), fc.integer({ min: 0, max: 15 }), ({ type, values }, shift) => {
        const codec = type.createColumnarCodec();
        const out = new ByteWriter();
        for (let i = 0; i < shift; i++) out.u8(0xff);
        codec.encode(values, values.length, out);
        codec.encode(values, values.length >> 1, out);
        const reader = new ByteReader(Buffer.from(out.toBytes()), shift);
        const into: unknown[] = [];
        expect(codec.decode(reader, into)).toBe(values.length);
        expect(into).toStrictEqual(values);
        expect(codec.decode(reader, into)).toBe(values.length >> 1);
        expect(reader.remaining).toBe(0);
        expect(into).toStrictEqual(values);
      }),
      { numRuns: 150 },
    );
  });

  it('copy values deeply', () => {
    fc.assert(
      fc.property(batchOf(typeAndValues, 3), ({ type, values }) => {
        const serializer = type.createSerializer();
        for (const value of values) {
          const copy = serializer.copy(value);
          expect(copy).toStrictEqual(value);
          if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value);
        }
      }),
    );
  });

  it('answer damaged bytes with a coded error or some value, in rows and in columns', () => {
    const flip = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
    const damage = fc.record({ cut: fc.nat(), flips: fc.array(flip, { maxLength: 4 }), isCut: fc.boolean() });
    fc.assert(
      fc.property(batchOf(rowAndValues, 20), damage, ({ type, values }, { cut, flips, isCut }) => {
        for (const whole of [rowBytes(type, values), columnarBytes(type, values)]) {
          const bytes = isCut ? whole.slice(0, cut % (whole.length + 1)) : whole.slice();
          if (bytes.length > 0) for (const [at, bits] of flips) bytes[at % bytes.length] ^= bits;
          const reads = [
            () => type.createSerializer().deserialize(new ByteReader(bytes)),
            () => type.createColumnarCodec().decode(new ByteReader(bytes), []),
          ];
          for (const read of reads) {
            try {
              read();
            } catch (error) {
              if (!isWeirError(error)) throw error;
              expect(['WEIR_BYTES_MALFORMED', 'WEIR_MESSAGE_REFUSED']).toContain(error.code);
            }
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('find every cut of a row and of a batch', () => {
    const type = types.row({
      name: types.string,
      delays: types.list(types.int),
      gate: types.nullable(types.long),
      at: types.date,
    }) as TypeInformation<unknown>;
    const values = Array.from({ length: 20 }, (_, i) => ({
      name: `flight ${i}`,
      delays: [i, -i],
      gate: i % 3 === 0 ? null : i * 2 ** 40,
      at: new Date(i),
    }));
    const malformed = expect.objectContaining({ code: 'WEIR_BYTES_MALFORMED' });
    const row = rowBytes(type, values.slice(0, 1));
    for (let length = 0; length < row.length; length++) {
      expect(() => type.createSerializer().deserialize(new ByteReader(row.slice(0, length)))).toThrow(malformed);
    }
    const batch = columnarBytes(type, values);
    for (let length = 0; length < batch.length; length++) {
      expect(() => type.createColumnarCodec().decode(new ByteReader(batch.slice(0, length)), [])).toThrow(malformed);
    }
  });
});

describe('columns', () => {
  it('outgrow their scratch memory in the middle of a batch', () => {
    const fields = { id: types.int, text: types.string, at: types.nullable(types.long), more: types.list(types.string) };
    const type = types.row(fields) as TypeInformation<unknown>;
    for (const count of [1, 1000, 1500, 2000, 4000, 20_000]) {
      const values = Array.from({ length: count }, (_, i) => ({ id: i, text: `${i} ü`, at: i % 2 === 0 ? null : i, more: [`${i}`] }));
      // Compared as text: Jest would take minutes to print how two long arrays differ.
      expect(JSON.stringify(columnarValues(type, columnarBytes(type, values))) === JSON.stringify(values)).toBe(true);
    }
  });
  it('keep invalid dates invalid, in rows too', () => {
    const type = types.date as TypeInformation<unknown>;
    const values = [new Date(0), new Date(Number.NaN)];
    for (const read of [columnarValues(type, columnarBytes(type, values)), rowValues(type, rowBytes(type, values), 2)]) {
      expect(read.map((date) => (date as Date).getTime())).toEqual([0, Number.NaN]);
    }
  });
});

describe('columns of strings', () => {
  const column = types.row({ text: types.string }) as TypeInformation<unknown>;
  it('use a dictionary for few different values and say so in bytes', () => {
    const few = Array.from({ length: 1000 }, (_, i) => ({ text: `https://example.org/channel/${i % 7}` }));
    const bytes = columnarBytes(column, few);
    expect(bytes.length).toBeLessThan(1500);
    expect(columnarValues(column, bytes)).toStrictEqual(few);
  });
  it('keep different texts, umlauts, emoji and halves of them', () => {
    for (const suffix of ['', 'ü', '\u{1F600}', '\ud83d', '\ude00', '\ufeff']) {
      const many = Array.from({ length: 300 }, (_, i) => ({ text: `${suffix}${i}${suffix}` }));
      expect(columnarValues(column, columnarBytes(column, many))).toStrictEqual(many);
    }
  });
  it('give strings that can be owned, equal to what they were', () => {
    fc.assert(fc.property(anyString, (text) => expect(ownedString(text)).toBe(text)));
    const long = ['x'.repeat(13), 'ü'.repeat(5000), `${'x'.repeat(4095)}\u{1F600}`, '\ud800'.repeat(20)];
    expect(long.map(ownedString)).toStrictEqual(long);
  });
});
