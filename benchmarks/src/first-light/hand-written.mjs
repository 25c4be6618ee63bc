/**
 * The main job by hand: what a good engineer would write for this one file, on one thread, with no recovery. Reads the same three columns
 * with hyparquet, row group by row group, aggregates per hour and airport, and writes the same lines.
 *
 *   node hand-written.mjs FILE DIR
 */
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const [input, output] = process.argv.slice(2);
const HOUR = 3_600_000;
const file = await asyncBufferFromFile(input);
const metadata = await parquetMetadataAsync(file);
/** hour -> airport -> totals */
const hours = new Map();
let rowStart = 0;
for (const group of metadata.row_groups) {
  const rowEnd = rowStart + Number(group.num_rows);
  const columns = { date: [], delay: [], origin: [] };
  await parquetRead({
    file, metadata, compressors, rowStart, rowEnd, columns: Object.keys(columns),
    onChunk: ({ columnName, columnData }) => { columns[columnName].push(columnData); },
  });
  const [date, delay, origin] = [columns.date.flat(), columns.delay.flat(), columns.origin.flat()];
  for (let i = 0; i < date.length; i++) {
    const hour = Math.floor(date[i].getTime() / HOUR) * HOUR;
    let airports = hours.get(hour);
    if (airports === undefined) hours.set(hour, (airports = new Map()));
    let totals = airports.get(origin[i]);
    if (totals === undefined) airports.set(origin[i], (totals = { flights: 0, sum: 0, max: -Infinity, late: 0 }));
    const minutes = Number(delay[i]);
    totals.flights++;
    totals.sum += minutes;
    if (minutes > totals.max) totals.max = minutes;
    if (minutes > 15) totals.late++;
  }
  rowStart = rowEnd;
}

mkdirSync(join(output, 'delays'), { recursive: true });
mkdirSync(join(output, 'alerts'), { recursive: true });
const delays = createWriteStream(join(output, 'delays', 'delays.jsonl'));
const alerts = createWriteStream(join(output, 'alerts', 'alerts.jsonl'));
const text = (time) => new Date(time).toISOString().replace('.000Z', 'Z');
const runs = new Map();
for (const hour of [...hours.keys()].sort((a, b) => a - b)) {
  for (const [origin, { flights, sum, max, late }] of hours.get(hour)) {
    delays.write(`${JSON.stringify({ origin, window_start: text(hour), flights, mean_delay: sum / flights, max_delay: max, late_share: late / flights })}\n`);
    if (flights < 5 || sum / flights <= 60) {
      runs.delete(origin);
      continue;
    }
    let run = runs.get(origin);
    if (run === undefined || hour - run.last !== HOUR) runs.set(origin, (run = { since: hour, last: hour, hours: 0, flights: 0, sum: 0 }));
    run.last = hour;
    run.hours++;
    run.flights += flights;
    run.sum += sum;
    if (run.hours === 3) alerts.write(`${JSON.stringify({ origin, since: text(run.since), at: text(hour), mean_delay: run.sum / run.flights })}\n`);
  }
}
delays.end();
alerts.end();
