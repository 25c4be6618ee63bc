/**
 * File source and sink over real files, without the engine: one reader polled in a loop, one writer with backpressure.
 * Argument: the path of flights-3m.parquet (default: of vega-datasets). Measured: records per second, the process's peak resident memory.
 * Not measured: anything downstream, more than one reader, a cold disk. Runs differ by about 10 %.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileSink, FileSource } from '@weir/connector-file';
import type { Sink, Source, SourceSplit } from '@weir/connector';
import { csv } from '@weir/format-csv';
import { jsonLines } from '@weir/format-json';
import { parquet } from '@weir/format-parquet';
import { LocalFileStore } from '@weir/storage-fs';
import { connectorServices, sinkContext } from '@weir/testing/connectors';
import { type Infer, types } from '@weir/types';

const flights = process.argv[2] ?? 'node_modules/vega-datasets/data/flights-3m.parquet';
const flight = types.row({ date: types.long, delay: types.int, distance: types.int, origin: types.string, destination: types.string });
type Flight = Infer<typeof flight>;
const files = new LocalFileStore();
const directory = await mkdtemp(join(tmpdir(), 'weir-bench-'));

let peakRss = 0;
const watch = setInterval(() => (peakRss = Math.max(peakRss, process.memoryUsage.rss())), 20);

/** Polls one reader to its end; the enumerator's answers arrive in microtasks, as turns. */
async function read<S extends SourceSplit, E>(source: Source<Flight, S, E>, each: (flight: Flight) => void): Promise<number> {
  const services = connectorServices(files);
  const reader = source.createReader({
    ...services,
    subtaskIndex: 0,
    parallelism: 1,
    skippedRecords: { count: 0 },
    sendSplitRequest: () => queueMicrotask(() => enumerator.handleSplitRequest(0)),
  });
  const enumerator = source.createEnumerator(
    {
      ...services,
      parallelism: 1,
      registeredReaders: () => [0],
      assignSplits: (assignments) => queueMicrotask(() => reader.addSplits(assignments.get(0) ?? [])),
      signalNoMoreSplits: () => queueMicrotask(() => reader.notifyNoMoreSplits()),
      runAsync: (work, done) => void work().then(done),
      runPeriodically: () => undefined,
      fail: (error) => {
        throw error;
      },
    },
    undefined,
  );
  enumerator.start();
  reader.start();
  let count = 0;
  for (;;) {
    const batch = reader.poll();
    if (batch === 'end') return count;
    if (batch === 'nothing') await reader.available();
    else if (batch.kind === 'array') {
      for (; batch.next < batch.end; batch.next++) each(batch.records[batch.next]);
      count += batch.end;
    }
  }
}

async function write(sink: Sink<Flight>, records: readonly Flight[], times: number): Promise<number> {
  const context = sinkContext({ files });
  await sink.beginHistory?.({ ...connectorServices(files), jobId: context.jobId, epoch: 2, earlierJobIds: [], replacing: () => Promise.resolve(), operatorName: 'out' });
  const writer = sink.createWriter(context);
  for (let round = 0; round < times; round++) {
    for (const record of records) {
      writer.write(record, 0);
      const backlog = writer.backlog();
      if (backlog !== undefined) await backlog;
    }
  }
  await sink.createCommitter?.(context).commit(await writer.prepareCommit(1));
  return records.length * times;
}

async function measure(name: string, run: () => Promise<number>): Promise<void> {
  peakRss = 0;
  const start = performance.now();
  const count = await run();
  const seconds = (performance.now() - start) / 1000;
  const rate = (count / seconds / 1e6).toFixed(2);
  process.stdout.write(`${name.padEnd(22)} ${rate} M records/s, peak rss ${Math.round(peakRss / 2 ** 20)} MB\n`);
}

let sum = 0;
const add = (record: Flight): void => void (sum += record.delay);
const sample: Flight[] = [];
const checkedJson = jsonLines({ type: flight });
const typed = parquet({ columns: flight });
for (let round = 0; round < 3; round++) await measure('read parquet', () => read(FileSource.forBulkFormat(typed, flights).build(), add));
await read(FileSource.forBulkFormat(typed, flights).build(), (record) => void (sample.length < 100_000 && sample.push(record)));
const targets = {
  json: FileSink.forRowFormat(join(directory, 'json'), jsonLines<Flight>()).build(),
  csv: FileSink.forRowFormat(join(directory, 'csv'), csv({ columns: flight })).build(),
  parquet: FileSink.forBulkFormat(join(directory, 'parquet'), typed).build(),
};
for (const [name, sink] of Object.entries(targets)) await measure(`write ${name}`, () => write(sink, sample, name === 'parquet' ? 5 : 10));
for (let round = 0; round < 2; round++) {
  await measure('read json, untyped', () => read(FileSource.forRecordFormat(jsonLines<Flight>(), join(directory, 'json')).build(), add));
  await measure('read json, typed', () => read(FileSource.forRecordFormat(checkedJson, join(directory, 'json')).build(), add));
  await measure('read csv, typed', () => read(FileSource.forRecordFormat(csv({ columns: flight }), join(directory, 'csv')).build(), add));
}
process.stdout.write(`checksum ${sum}\n`);
clearInterval(watch);
await rm(directory, { recursive: true });
