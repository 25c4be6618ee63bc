/**
 * Reads the 3,000,000 flights of vega-datasets with hyparquet alone (columns only, no records) and through the format (records), in turns.
 * Measured: rows per second, and the process's resident memory. Not measured: the job around it. One run differs by about 10 %.
 */
import { open, readFile, stat } from 'node:fs/promises';
import { parquetMetadata, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { FileStore } from '@weir/ports';
import { types } from '@weir/types';
import { parquet } from '@weir/format-parquet';

const path = process.argv[2] ?? 'node_modules/vega-datasets/data/flights-3m.parquet';
const sizeBytes = (await stat(path)).size;
const handle = await open(path);
const files = {
  async read(_path: string, offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await handle.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  },
} as unknown as FileStore;

async function raw(): Promise<number> {
  const bytes = await readFile(path);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const metadata = parquetMetadata(buffer);
  const file = { byteLength: buffer.byteLength, slice: (start: number, end?: number) => buffer.slice(start, end) };
  let rows = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rows + Number(group.num_rows);
    await parquetRead({ file, metadata, compressors, rowStart: rows, rowEnd, onChunk: () => undefined });
    rows = rowEnd;
  }
  return rows;
}

const format = parquet({
  columns: types.row({ date: types.long, delay: types.int, distance: types.int, origin: types.string, destination: types.string }),
});
let sum = 0;
async function records(): Promise<number> {
  const file = { path, sizeBytes, files };
  let rows = 0;
  for (const { unit } of await format.planFile(file)) {
    const reader = format.openReader(file, unit, 0);
    for (let window = await reader.next(); window !== undefined; window = await reader.next()) {
      for (let from = 0; from < window.rowCount; from += 2048) {
        const slice = window.records(from, Math.min(window.rowCount, from + 2048));
        for (let i = 0; i < slice.length; i++) sum += slice[i].delay;
        rows += slice.length;
      }
    }
  }
  return rows;
}

let peakRss = 0;
for (let round = 0; round < 3; round++) {
  for (const run of [raw, records]) {
    const start = performance.now();
    const rows = await run();
    const rate = (rows / (performance.now() - start) / 1000).toFixed(2);
    peakRss = Math.max(peakRss, process.memoryUsage.rss());
    process.stdout.write(`${run.name.padEnd(8)} ${rate} M rows/s, rss ${Math.round(peakRss / 2 ** 20)} MB\n`);
  }
}
process.stdout.write(`checksum ${sum}\n`);
await handle.close();
