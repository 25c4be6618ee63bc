import { describe, expect, it } from '@jest/globals';
import { fc } from '@fast-check/jest';
import { parse as oracle } from 'csv-parse/sync';
import { type RecordFormat, RecordRun } from '@weir/connector';
import { csv } from '@weir/format-csv';
import { types } from '@weir/types';

const utf8 = new TextEncoder();

/** Reads a whole file, giving the parser `chunkBytes` more at a time. */
function read<T>(format: RecordFormat<T>, text: string, chunkBytes = Infinity): RecordRun<T> {
  const bytes = utf8.encode(text);
  const parser = format.createParser({ path: 'a.csv', head: bytes, headIsWholeFile: true });
  const run = new RecordRun<T>(0, Infinity);
  let at = parser.headerBytes;
  for (let end = Math.min(bytes.length, at + chunkBytes); ; end = Math.min(bytes.length, end + chunkBytes)) {
    // A fresh array each time, as from a disk.
    at = parser.parse(bytes.slice(), at, end, Infinity, end === bytes.length, run);
    if (end === bytes.length) return run;
  }
}

const field = fc.string({ unit: fc.constantFrom('a', 'b', ' ', ',', '"', 'é', '水', '\t'), maxLength: 5 });
const multiLineField = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '水'), maxLength: 5 });

function quoted(fields: readonly string[]): string {
  return fields.map((it) => (/[",\n\r]/.test(it) || (it === '' && fields.length === 1) ? `"${it.replaceAll('"', '""')}"` : it)).join(',');
}

describe('csv', () => {
  it('given any rows, wherever chunks are cut, then it reads what csv-parse reads', () => {
    for (const [element, quotedNewlines] of [
      [field, false],
      [multiLineField, true],
    ] as const) {
      fc.assert(
        fc.property(
          fc.array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
          fc.constantFrom('\n', '\r\n'),
          fc.boolean(),
          fc.integer({ min: 1, max: 20 }),
          (rows, lineBreak, last, chunk) => {
            const text = rows.map(quoted).join(lineBreak) + (last && rows.length > 0 ? lineBreak : '');
            const expected = oracle(text, {
              relax_column_count: true,
              skip_empty_lines: true,
              record_delimiter: ['\n', '\r\n'],
            }) as unknown as string[][];
            const run = read(csv({ parse: (fields) => fields, header: false, quotedNewlines }), text, chunk);
            expect(run.records).toEqual(expected);
            expect(run.rejected).toEqual([]);
          },
        ),
        { numRuns: 500 },
      );
    }
  });

  it('given typed columns, when records are written and read, then they are the same', () => {
    const columns = types.row({
      s: types.string,
      i: types.int,
      d: types.double,
      b: types.boolean,
      g: types.bigint,
      t: types.date,
      n: types.nullable(types.int),
    });
    const format = csv({ columns });
    const encoder = format.createEncoder();
    const records = [
      { s: 'a,"b', i: -1, d: 0.5, b: true, g: 2n ** 70n, t: new Date(1e12), n: null },
      { s: '', i: 0, d: NaN, b: false, g: 0n, t: new Date(0), n: 7 },
    ];
    const text = encoder.header + records.map((record) => encoder.encode(record)).join('');
    expect(text.split('\n')[0]).toBe('s,i,d,b,g,t,n');
    expect(read(format, text).records).toEqual(records);
  });

  it('finds columns by the names of the header row and ignores the others', () => {
    const run = read(csv({ columns: types.row({ b: types.int, a: types.string }) }), 'a,x,b\r\nq,w,1\r\n');
    expect(run.records).toEqual([{ b: 1, a: 'q' }]);
    expect(run.ends).toEqual([14]);
  });

  it('reads named columns as strings, with any delimiter and quote, and hands fields to a parse function', () => {
    expect(read(csv({ columns: ['a', 'b'], header: false, delimiter: ';', quote: "'" }), "1;'x;y'\n").records).toEqual([
      { a: '1', b: 'x;y' },
    ]);
    expect(read(csv({ columns: ['b', 'a'], parse: ([b, a]) => Number(b) * 10 + Number(a) }), 'a,b\n1,2\n').records).toEqual([21]);
  });

  it('says which column is missing, and which name is near', () => {
    expect(() => read(csv({ columns: ['origin', 'dealy'] }), 'origin,delay\n')).toThrow(
      expect.objectContaining({
        code: 'WEIR_CSV_COLUMN_MISSING',
        message: 'a.csv: no column dealy in the header row; it has origin, delay',
        hint: expect.stringContaining('Did you mean delay?') as unknown,
      }),
    );
  });

  it.each([
    ['1', 'malformed', '2 fields expected, 1 found', undefined],
    ['1,"x', 'malformed', 'a quoted field has no end', 2],
    ['1,"x"y', 'malformed', 'text follows the closing quote of field 2', 5],
    ['1,a"b', 'malformed', 'a quote inside the unquoted field 2', 3],
    ['x,a', 'shape', 'column n: expected a whole number of 32 bits, found "x"', undefined],
    [',a', 'shape', 'column n: expected a whole number of 32 bits, found ""', undefined],
  ])('refuses %j', (row, kind, message, column) => {
    const { rejected } = read(csv({ columns: types.row({ n: types.int, s: types.string }) }), `n,s\n${row}\n`);
    expect(rejected.map(({ rejection, start }) => [rejection.kind, rejection.message, rejection.column, start])).toEqual([
      [kind, message, column, 4],
    ]);
  });

  it('takes what a parse function throws for the fault of its row', () => {
    const parse = (fields: readonly string[]): string => {
      if (fields[0] === 'bad') throw new Error('no good');
      return fields[0];
    };
    const run = read(csv({ parse, header: false }), 'ok\nbad\nfine\n');
    expect(run.records).toEqual(['ok', 'fine']);
    expect(run.rejected.map(({ rejection, before }) => [rejection.message, before])).toEqual([['no good', 1]]);
  });

  it('refuses to write what it could not read again, and options that make no sense', () => {
    expect(() =>
      csv({ columns: ['a'] })
        .createEncoder()
        .encode({ a: 'x\ny' }),
    ).toThrow(expect.objectContaining({ code: 'WEIR_RECORD_UNWRITABLE' }));
    expect(
      csv({ columns: ['a'], quotedNewlines: true })
        .createEncoder()
        .encode({ a: 'x\ny' }),
    ).toBe('"x\ny"\n');
    expect(() => csv({ parse: (f) => f }).createEncoder()).toThrow(expect.objectContaining({ code: 'WEIR_CSV_OPTIONS' }));
    expect(() => csv({ columns: ['a'], delimiter: ';;' })).toThrow(expect.objectContaining({ code: 'WEIR_CSV_OPTIONS' }));
    expect(() => csv({ columns: types.row({ a: types.list(types.int) }) })).toThrow(expect.objectContaining({ code: 'WEIR_CSV_OPTIONS' }));
  });
});
