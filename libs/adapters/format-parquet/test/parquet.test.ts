import { describe, expect, it } from '@jest/globals';
import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { BulkFormat, FormatFile } from '@weir/connector';
import { parquet } from '@weir/format-parquet';
import { MemoryFileStore } from '@weir/ports';
import { types } from '@weir/types';

async function fileOf(bytes: Uint8Array, path = 'a.parquet'): Promise<FormatFile & { readonly files: MemoryFileStore }> {
  const files = new MemoryFileStore();
  await (await files.create(path)).write(bytes);
  return { path, sizeBytes: bytes.length, files };
}

function written<T>(format: BulkFormat<T>, records: readonly T[]): Uint8Array {
  const writer = format.createWriter();
  const pieces: Uint8Array[] = [];
  for (const record of records) {
    writer.write(record);
    const piece = writer.take();
    if (piece !== undefined) pieces.push(piece);
  }
  pieces.push(writer.finish());
  return Uint8Array.from(Buffer.concat(pieces));
}

async function readAll<T>(format: BulkFormat<T>, file: FormatFile, fromUnit = 0, fromRow = 0): Promise<T[]> {
  const all: T[] = [];
  for (const { unit } of await format.planFile(file)) {
    if (unit < fromUnit) continue;
    const reader = format.openReader(file, unit, unit === fromUnit ? fromRow : 0);
    for (let window = await reader.next(); window !== undefined; window = await reader.next()) {
      for (let from = 0; from < window.rowCount; from += 3) all.push(...window.records(from, Math.min(window.rowCount, from + 3)));
    }
  }
  return all;
}

const flight = types.row({
  date: types.date,
  delay: types.int,
  distance: types.long,
  ratio: types.double,
  late: types.boolean,
  origin: types.string,
  code: types.bigint,
  raw: types.bytes,
  gate: types.nullable(types.string),
});
const flights = Array.from({ length: 25 }, (_, i) => ({
  date: new Date(1e12 + i),
  delay: i - 10,
  distance: 2 ** 40 + i,
  ratio: i / 7,
  late: i % 3 === 0,
  origin: `zoë ${i % 4}`,
  code: 2n ** 60n + BigInt(i),
  raw: new Uint8Array([i, 255]),
  gate: i % 2 === 0 ? null : `g${i}`,
}));

describe('parquet', () => {
  it('given records of every column type, when they are written and read, then they are the same', async () => {
    const format = parquet({ columns: flight, rowGroupRows: 10 });
    const bytes = written(format, flights);
    const file = await fileOf(bytes);
    expect(await format.planFile(file)).toEqual([
      { unit: 0, recordCount: 10 },
      { unit: 1, recordCount: 10 },
      { unit: 2, recordCount: 5 },
    ]);
    expect(await readAll(format, file)).toEqual(flights);
    // Another reader understands the file as well.
    const other = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer, columns: ['date', 'origin', 'gate'] });
    expect(other).toEqual(flights.map(({ date, origin, gate }) => ({ date, origin, gate })));
  });

  it('given any row, when reading starts there, then exactly the rest comes', async () => {
    const format = parquet({ columns: flight, rowGroupRows: 10 });
    const file = await fileOf(written(format, flights));
    for (let row = 0; row <= flights.length; row++) {
      const unit = Math.min(2, Math.floor(row / 10));
      expect(await readAll(format, file, unit, row - unit * 10)).toEqual(flights.slice(row));
    }
  });

  it('given a large row group of many pages, when reading starts anywhere, then it is decoded in windows and nothing is lost', async () => {
    const n = 400_000;
    const ids = Int32Array.from({ length: n }, (_, i) => i);
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ids, type: 'INT32' },
        { name: 'even', data: Array.from(ids, (i) => (i % 2 === 0 ? i : null)), type: 'INT32' },
      ],
      rowGroupSize: n,
      pageSize: 20_000,
    });
    const file = await fileOf(new Uint8Array(bytes));
    const format = parquet<{ id: number; even: number | null }>();
    for (const start of [0, 131_071, 131_072, 300_001, n - 1, n]) {
      const reader = format.openReader(file, 0, start);
      let next = start;
      let windows = 0;
      for (let window = await reader.next(); window !== undefined; window = await reader.next(), windows++) {
        expect(window.firstRow).toBe(next);
        const records = window.records(0, window.rowCount);
        const wrong = records.findIndex(({ id, even }, i) => id !== next + i || even !== ((next + i) % 2 === 0 ? next + i : null));
        expect(wrong).toBe(-1);
        next += window.rowCount;
      }
      expect(next).toBe(n);
      if (start === 0) expect(windows).toBe(4);
    }
  });

  it('reads only the columns asked for, by name or by type', async () => {
    const file = await fileOf(written(parquet({ columns: flight }), flights));
    const records = await readAll(parquet<{ delay: number; date: number }>({ columns: ['delay', 'date'] }), file);
    expect(records[3]).toEqual({ delay: -7, date: 1e12 + 3 });
    const [first] = await readAll(parquet({ columns: ['date'], dates: 'date' }), file);
    expect(first).toEqual({ date: new Date(1e12) });
    await expect(readAll(parquet(), file)).rejects.toMatchObject({ code: 'WEIR_PARQUET_VALUE', details: { column: 'code' } });
  });

  it('makes milliseconds of finer times, with a fraction or cut', async () => {
    const bytes = parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 1 },
        {
          name: 't',
          type: 'INT64',
          repetition_type: 'OPTIONAL',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' },
        },
      ],
      columnData: [{ name: 't', data: [1_000_500n, null, -1n] }],
    });
    const file = await fileOf(new Uint8Array(bytes));
    expect(await readAll(parquet(), file)).toEqual([{ t: 1000.5 }, { t: null }, { t: -0.001 }]);
    expect(await readAll(parquet({ columns: types.row({ t: types.nullable(types.long) }) }), file)).toEqual([
      { t: 1000 },
      { t: null },
      { t: -1 },
    ]);
  });

  describe('refuses, before any record,', () => {
    const plan = async (bytes: Uint8Array, format: BulkFormat<unknown> = parquet()): Promise<unknown> =>
      format.planFile(await fileOf(bytes));
    const whole = written(parquet({ columns: flight }), flights);

    it('files that are not Parquet, or cut off', async () => {
      await expect(plan(new TextEncoder().encode('a,b\n1,2\n1,2\n'))).rejects.toMatchObject({
        code: 'WEIR_PARQUET_DAMAGED',
        message: 'a.parquet (12 bytes): it does not start with PAR1: not a Parquet file',
      });
      await expect(plan(new Uint8Array(0))).rejects.toMatchObject({ code: 'WEIR_PARQUET_DAMAGED' });
      for (const cut of [1, 9, 100, whole.length - 20])
        await expect(plan(whole.subarray(0, whole.length - cut))).rejects.toMatchObject({ code: 'WEIR_PARQUET_DAMAGED' });
    });

    it('columns that are not there, with the nearest name', async () => {
      await expect(plan(whole, parquet<{ orgin: string }>({ columns: ['orgin'] }))).rejects.toMatchObject({
        code: 'WEIR_PARQUET_COLUMN_MISSING',
        details: { column: 'orgin', nearest: 'origin' },
        message: expect.stringContaining('it has date, delay') as unknown,
      });
    });

    it('columns of another kind', async () => {
      await expect(plan(whole, parquet({ columns: types.row({ date: types.string }) }))).rejects.toMatchObject({
        code: 'WEIR_PARQUET_VALUE',
        message: expect.stringContaining('the file holds INT64 (TIMESTAMP), the job declares string') as unknown,
      });
    });
  });

  it('fails with row and column for values that the declared type cannot hold', async () => {
    const file = await fileOf(written(parquet({ columns: flight }), flights));
    await expect(readAll(parquet({ columns: types.row({ code: types.long }) }), file)).rejects.toMatchObject({
      code: 'WEIR_PARQUET_VALUE',
      hint: 'Declare the column as types.bigint.',
    });
    await expect(readAll(parquet({ columns: types.row({ gate: types.string }) }), file)).rejects.toMatchObject({
      code: 'WEIR_PARQUET_VALUE',
      message: 'a.parquet: column gate: row 0 of row group 0: expected a string, found null',
    });
    await expect(readAll(parquet({ columns: types.row({ distance: types.int }) }), file)).rejects.toMatchObject({
      code: 'WEIR_PARQUET_VALUE',
    });
  });

  it('names a page that does not decode as damage', async () => {
    const bytes = written(parquet({ columns: flight }), flights);
    const damaged = bytes.slice();
    damaged.fill(0xff, 4, 60);
    await expect(readAll(parquet({ columns: flight }), await fileOf(damaged))).rejects.toMatchObject({ code: 'WEIR_PARQUET_DAMAGED' });
  });

  it('refuses to write records that do not fit, and leaves the file as it was', () => {
    const writer = parquet({ columns: types.row({ n: types.int }) }).createWriter();
    writer.write({ n: 1 });
    const before = writer.sizeBytes;
    expect(() => writer.write({ n: 1.5 })).toThrow(expect.objectContaining({ code: 'WEIR_RECORD_UNWRITABLE' }));
    expect(writer.sizeBytes).toBe(before);
    expect(() => parquet().createWriter()).toThrow(expect.objectContaining({ code: 'WEIR_PARQUET_OPTIONS' }));
    expect(() => parquet({ columns: types.row({ l: types.list(types.int) }) }).createWriter()).toThrow(
      expect.objectContaining({ code: 'WEIR_PARQUET_OPTIONS' }),
    );
  });
});
