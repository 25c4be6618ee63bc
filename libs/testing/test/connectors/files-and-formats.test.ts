/** File connectors together with the formats, on real files: what a sink writes a source reads, from any position, with any splits. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fc } from '@fast-check/jest';
import { FileSink, FileSource, type FileEnumeratorState, type FileSplit, StandardInputSource } from '@weir/connector-file';
import { csv } from '@weir/format-csv';
import { jsonLines } from '@weir/format-json';
import { parquet } from '@weir/format-parquet';
import type { Sink, Source } from '@weir/connector';
import { LocalFileStore } from '@weir/storage-fs';
import { connectorServices, sinkContext, SourceHarness } from '@weir/testing/connectors';
import { type Infer, types } from '@weir/types';

const flight = types.row({ id: types.int, origin: types.string, delay: types.nullable(types.double) });
type Flight = Infer<typeof flight>;
type FlightSource = Source<Flight, FileSplit, FileEnumeratorState>;

const files = new LocalFileStore();
let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weir-files-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function write(sink: Sink<Flight>, records: readonly Flight[]): Promise<void> {
  const context = sinkContext({ files });
  await sink.beginHistory?.({ ...connectorServices(files), jobId: context.jobId, epoch: 2, earlierJobIds: [], replacing: () => Promise.resolve(), operatorName: 'out' });
  const writer = sink.createWriter(context);
  for (const record of records) writer.write(record, 0);
  await sink.createCommitter?.(context).commit(await writer.prepareCommit(1));
  await writer.close();
}

const flights: readonly Flight[] = Array.from({ length: 30 }, (_, id) => ({
  id,
  origin: ['ZRH', 'Zoë, "x"', '', '水'][id % 4],
  delay: id % 5 === 0 ? null : id / 3,
}));

describe.each<[string, (path: string, splitBytes: number) => FlightSource, (path: string) => Sink<Flight>]>([
  [
    'json lines',
    (path, bytes) =>
      FileSource.forRecordFormat(jsonLines({ type: flight }), path)
        .withSplitBytes(bytes)
        .build(),
    (path) => FileSink.forRowFormat(path, jsonLines({ type: flight })).build(),
  ],
  [
    'csv with a header row',
    (path, bytes) =>
      FileSource.forRecordFormat(csv({ columns: flight }), path)
        .withSplitBytes(bytes)
        .build(),
    (path) => FileSink.forRowFormat(path, csv({ columns: flight })).build(),
  ],
  [
    'csv without one',
    (path, bytes) =>
      FileSource.forRecordFormat(csv({ columns: flight, header: false }), path)
        .withSplitBytes(bytes)
        .build(),
    (path) => FileSink.forRowFormat(path, csv({ columns: flight, header: false })).build(),
  ],
  [
    'csv with quoted line breaks',
    (path, bytes) =>
      FileSource.forRecordFormat(csv({ columns: flight, quotedNewlines: true }), path)
        .withSplitBytes(bytes)
        .build(),
    (path) => FileSink.forRowFormat(path, csv({ columns: flight, quotedNewlines: true })).build(),
  ],
  [
    'parquet',
    (path) => FileSource.forBulkFormat(parquet({ columns: flight }), path).build(),
    (path) => FileSink.forBulkFormat(path, parquet({ columns: flight, rowGroupRows: 7 })).build(),
  ],
])('%s', (_name, source, sink) => {
  it('given files of a sink, when a source reads them in splits of any size, then every record comes once and in order', async () => {
    await write(sink(directory), flights);
    for (const splitBytes of [1, 7, 64, 1000]) {
      const one = await new SourceHarness(source(directory, splitBytes), { files }).drain();
      expect(one.map(({ value }) => value)).toEqual(flights);
      const several = await new SourceHarness(source(directory, splitBytes), { files, parallelism: 3 }).drain(2);
      expect(several.map(({ value }) => value).sort((a, b) => a.id - b.id)).toEqual(flights);
    }
  });

  it('given a snapshot at any record, when a run is restored from it, then it reads exactly the rest', async () => {
    await write(sink(directory), flights);
    for (let before = 0; before <= flights.length; before++) {
      const first = new SourceHarness(source(directory, 50), { files });
      for (let i = 0; i < before; i++) await first.take();
      const rest = await new SourceHarness(source(directory, 50), { files }, first.snapshot()).drain();
      expect(rest.map(({ value }) => value.id)).toEqual(flights.slice(before).map(({ id }) => id));
    }
  });
});

describe('csv with a header row', () => {
  it('given any split size, when the header row is longer than splits, then it is never a record', async () => {
    await writeFile(join(directory, 'a.csv'), '\ufeffid,origin,delay\r\n1,a,\r\n2,b,3\r\n\r\n4,c,5');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (splitBytes) => {
        const harness = new SourceHarness(
          FileSource.forRecordFormat(csv({ columns: flight }), directory)
            .withSplitBytes(splitBytes)
            .build(),
          { files },
        );
        expect((await harness.drain()).map(({ value }) => value.id)).toEqual([1, 2, 4]);
      }),
    );
  });

  it('is read from a stream too', async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (const text of ['id,ori', 'gin,delay\n1,a', ',\n2,b,7\n']) yield await Promise.resolve(new TextEncoder().encode(text));
    }
    const source = new StandardInputSource(csv({ columns: flight }), chunks());
    expect((await new SourceHarness(source, { files }).drain()).map(({ value }) => value)).toEqual([
      { id: 1, origin: 'a', delay: null },
      { id: 2, origin: 'b', delay: 7 },
    ]);
  });

  it('fails before any record when a file lacks a column', async () => {
    await writeFile(join(directory, 'a.csv'), 'id,orgin,delay\n1,a,\n');
    const harness = new SourceHarness(FileSource.forRecordFormat(csv({ columns: flight }), directory).build(), { files });
    await expect(harness.take()).rejects.toMatchObject({
      code: 'WEIR_CSV_COLUMN_MISSING',
      hint: expect.stringContaining('orgin') as unknown,
    });
  });
});

describe('json lines', () => {
  it('point at the place of a malformed line', async () => {
    await writeFile(join(directory, 'a.jsonl'), '{"id":1,"origin":"a"}\n{"id":2,"origin" "b"}\n');
    const harness = new SourceHarness(FileSource.forRecordFormat(jsonLines<Flight>(), directory).build(), { files });
    expect((await harness.take())?.value.id).toBe(1);
    await expect(harness.take()).rejects.toThrow(/a\.jsonl:2 \(byte 22\): not JSON: .*\n {2}\{"id":2,"origin" "b"\}\n {19}\^$/s);
  });
});

describe('parquet', () => {
  it('fails before any record of any file when one of them is damaged', async () => {
    await write(FileSink.forBulkFormat(directory, parquet({ columns: flight })).build(), flights);
    await writeFile(join(directory, 'zzz.parquet'), 'PAR1 but not really');
    const harness = new SourceHarness(FileSource.forBulkFormat(parquet({ columns: flight }), directory).build(), { files });
    await expect(harness.take()).rejects.toMatchObject({ code: 'WEIR_PARQUET_DAMAGED', details: { path: join(directory, 'zzz.parquet') } });
  });
});
