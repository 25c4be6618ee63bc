import { describe, expect, it } from '@jest/globals';
import { fc } from '@fast-check/jest';
import { RecordRun } from '@weir/connector';
import { jsonLines, type JsonLinesOptions } from '@weir/format-json';
import { types } from '@weir/types';

function read<T>(text: string, options: JsonLinesOptions<T> = {}): RecordRun<T> {
  const bytes = new TextEncoder().encode(text);
  const parser = jsonLines<T>(options).createParser({ path: 'a.jsonl', head: bytes, headIsWholeFile: true });
  const run = new RecordRun<T>(0, Infinity);
  expect(parser.parse(bytes, 0, bytes.length, Infinity, true, run)).toBe(bytes.length);
  return run;
}

const everything = types.row({
  int: types.int,
  long: types.long,
  double: types.double,
  boolean: types.boolean,
  string: types.string,
  bigint: types.bigint,
  bytes: types.bytes,
  date: types.date,
  json: types.json,
  nullable: types.nullable(types.date),
  list: types.list(types.bigint),
  tuple: types.tuple(types.int, types.date),
  byName: types.map(types.string, types.bytes),
  byDate: types.map(types.date, types.row({ n: types.int })),
});

describe('json lines', () => {
  it('given any JSON values, when they are written and read, then they are the same', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const encoder = jsonLines().createEncoder();
        expect(read(values.map((value) => encoder.encode(value)).join('')).records).toEqual(
          values.map((value): unknown => JSON.parse(JSON.stringify(value))),
        );
      }),
    );
  });

  it('given a declared type, when records are written and read, then what JSON lacks is converted both ways', () => {
    const record = {
      int: -1,
      long: 2 ** 50,
      double: 0.1,
      boolean: true,
      string: 'zoë\n',
      bigint: 2n ** 70n,
      bytes: new Uint8Array([0, 255]),
      date: new Date(1e12),
      json: { a: [1] },
      nullable: null,
      list: [1n, 2n],
      tuple: [3, new Date(0)] as [number, Date],
      byName: new Map([['x', new Uint8Array([1])]]),
      byDate: new Map([[new Date(5), { n: 1 }]]),
    };
    const text = jsonLines({ type: everything }).createEncoder().encode(record);
    expect(text.indexOf('\n')).toBe(text.length - 1);
    const [back] = read(text, { type: everything }).records;
    expect(back).toEqual(record);
  });

  it('keeps declared fields only, makes absent nullable ones null, and accepts dates as milliseconds', () => {
    const type = types.row({ a: types.nullable(types.int), d: types.date });
    const [record] = read('{"x":1,"d":7}', { type }).records;
    expect(record).toEqual({ a: null, d: new Date(7) });
    expect(Object.keys(record)).toEqual(['a', 'd']);
  });

  it('skips empty lines, takes CRLF for a break, and needs no break at the end', () => {
    const run = read('1\r\n\n  \n[2]\n3');
    expect(run.records).toEqual([1, [2], 3]);
    expect(run.ends).toEqual([3, 11, 12]);
    expect(run.lineEnds).toEqual([1, 4, 4]);
  });

  it.each([
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['{"a": 1', 7],
    ['[1, 2}', 5],
    ['{"a": tru}', 6],
    ['1 2', 2],
    ['"abc', 0],
    ['{"a": [1, {"b": "c\u0007"}]}', 16],
    ['[01]', 2],
    ['', undefined],
  ])('points at what is wrong in %j', (line, column) => {
    const { rejected } = read(line);
    expect(rejected.map(({ rejection }) => [rejection.kind, rejection.column])).toEqual(
      column === undefined ? [] : [['malformed', column]],
    );
  });

  it.each([
    ['{"n":1.5,"l":[]}', 'field n: expected a whole number of 32 bits, found number 1.5'],
    ['{"l":[]}', 'field n: expected a whole number of 32 bits, found nothing'],
    ['{"n":1,"l":[{"s":null}]}', 'field l[].s: expected a string, found null'],
    ['{"n":1,"l":{}}', 'field l: expected an array, found an object'],
    ['[]', 'record: expected an object, found an array'],
  ])('names the field of another shape in %j', (line, message) => {
    const type = types.row({ n: types.int, l: types.list(types.row({ s: types.string })) });
    const { rejected } = read(line, { type });
    expect(rejected.map(({ rejection }) => [rejection.kind, rejection.message])).toEqual([['shape', message]]);
  });

  it('refuses to write what has no JSON text', () => {
    const encoder = jsonLines<unknown>().createEncoder();
    for (const value of [1n, undefined, () => 1])
      expect(() => encoder.encode(value)).toThrow(expect.objectContaining({ code: 'WEIR_RECORD_UNWRITABLE' }));
  });
});
