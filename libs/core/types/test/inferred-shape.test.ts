import { ByteReader, ByteWriter, isWeirError } from '@weir/base';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inferType, typeFromDescription } from '../src/index.js';
import { plainValue } from './arbitraries.js';

const few = (maxLength: number, minLength = 0): fc.Arbitrary<unknown[]> => fc.array(plainValue, { minLength, maxLength });
const flip = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));

describe('inferring a type', () => {
  it('finds the shape that most samples have', () => {
    expect(inferType([{ id: 1, at: 2 ** 40 }, { id: 2, at: 3 }]).typeName).toBe('inferred<row<id:int,at:long>>');
    expect(inferType([{ id: 1 }, { id: 1.5 }]).typeName).toBe('inferred<row<id:double>>');
    expect(inferType([{ id: 1 }, { id: null }]).typeName).toBe('inferred<row<id:nullable<int>>>');
    expect(inferType([{ id: 1 }, { other: 1 }, { id: 'x' }]).typeName).toBe('inferred<row<id:any>>');
    expect(inferType([{ tags: [] }, { tags: ['a'] }]).typeName).toBe('inferred<row<tags:list<string>>>');
    expect(inferType([{ b: true, d: new Date(), n: 1n, u: new Uint8Array(1), x: { y: -0 } }]).typeName).toBe(
      'inferred<row<b:boolean,d:date,n:bigint,u:bytes,x:row<y:double>>>',
    );
    expect(inferType([]).typeName).toBe('inferred<any>');
    expect(inferType([5, 6]).typeName).toBe('inferred<int>');
  });
});

describe('the shape codec', () => {
  const samples = [{ id: 1, name: 'a', gate: null }, { id: 2, name: 'b', gate: 7 }];

  it('falls back for one record, counts it, and tells the first', () => {
    const type = inferType(samples);
    for (const codec of [type.createSerializer(), type.createColumnarCodec()]) {
      const reasons: string[] = [];
      codec.onFirstFallback = (reason) => reasons.push(reason);
      const misfits = [{ id: 3, name: 'c', gate: 1, extra: true }, { id: 4, name: 5, gate: null }];
      const records = [samples[0], misfits[0], { id: 1.5, name: 'd', gate: 2 }, misfits[1], samples[1]];
      const out = new ByteWriter();
      const read: unknown[] = [];
      if ('encode' in codec) {
        codec.encode(records, records.length, out);
        codec.decode(new ByteReader(out.toBytes()), read);
      } else {
        for (const record of records) codec.serialize(record, out);
        const reader = new ByteReader(out.toBytes());
        for (let i = 0; i < records.length; i++) read.push(codec.deserialize(reader));
      }
      expect(read).toStrictEqual(records);
      expect(codec.fallbackCount).toBe(2);
      expect(reasons).toEqual(['object has other fields than row<id:int,name:string,gate:nullable<int>>']);
    }
  });

  it('widens whole numbers to doubles without a fallback, and keeps -0', () => {
    const type = inferType([{ n: 1, at: 2 ** 40 }]);
    const records = [-0, 0.5, Number.NaN, 2 ** 31, Infinity, 7].map((n) => ({ n, at: n }));
    const serializer = type.createSerializer();
    const out = new ByteWriter();
    for (const record of records) serializer.serialize(record, out);
    const reader = new ByteReader(out.toBytes());
    expect(records.map(() => serializer.deserialize(reader))).toStrictEqual(records);
    const codec = type.createColumnarCodec();
    const columns = new ByteWriter();
    codec.encode(records, records.length, columns);
    const into: unknown[] = [];
    codec.decode(new ByteReader(columns.toBytes()), into);
    expect(into).toStrictEqual(records);
    expect([serializer.fallbackCount, codec.fallbackCount]).toEqual([0, 0]);
  });

  it('names the field of another type', () => {
    const serializer = inferType(samples).createSerializer();
    const reasons: string[] = [];
    serializer.onFirstFallback = (reason) => reasons.push(reason);
    serializer.serialize({ id: 1, name: 5, gate: null }, new ByteWriter());
    expect(reasons).toEqual(['field name: expected a string, found number 5']);
  });

  it('gives back any plain values whatever it was inferred from, in rows, in columns, and as described', () => {
    fc.assert(
      fc.property(few(5), few(8), fc.integer({ min: 0, max: 7 }), (first, later, shift) => {
        const type = inferType(first);
        const values = [...first, ...later];
        const described = typeFromDescription(JSON.parse(JSON.stringify(type.describe())) as ReturnType<typeof type.describe>);
        const out = new ByteWriter();
        const serializer = type.createSerializer();
        for (const value of values) serializer.serialize(value, out);
        const reader = new ByteReader(out.toBytes());
        const again = described.createSerializer();
        expect(values.map(() => again.deserialize(reader))).toStrictEqual(values);
        expect(values.map((value) => serializer.copy(value))).toStrictEqual(values);

        const columns = new ByteWriter();
        for (let i = 0; i < shift; i++) columns.u8(0);
        type.createColumnarCodec().encode(values, values.length, columns);
        const into: unknown[] = [];
        const columnReader = new ByteReader(columns.toBytes(), shift);
        expect(described.createColumnarCodec().decode(columnReader, into)).toBe(values.length);
        expect(columnReader.remaining).toBe(0);
        expect(into).toStrictEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  it('answers damaged bytes with a coded error or some value', () => {
    fc.assert(
      fc.property(few(5, 1), fc.array(flip, { minLength: 1, maxLength: 3 }), fc.nat(), (values, flips, cut) => {
        const type = inferType(values.slice(0, 1));
        const out = new ByteWriter();
        type.createColumnarCodec().encode(values, values.length, out);
        const bytes = out.toBytes().slice(0, out.length - (cut % 3));
        for (const [at, bits] of flips) bytes[at % bytes.length] ^= bits;
        try {
          type.createColumnarCodec().decode(new ByteReader(bytes), []);
        } catch (error) {
          if (!isWeirError(error)) throw error;
          expect(['WEIR_BYTES_MALFORMED', 'WEIR_MESSAGE_REFUSED']).toContain(error.code);
        }
      }),
      { numRuns: 500 },
    );
  });
});
