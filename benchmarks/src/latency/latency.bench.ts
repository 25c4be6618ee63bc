/**
 * Time from a record's making to its sink, behind a keyed exchange, two slots: between threads of one process, and between two TaskManager processes over
 * NATS. At 70 % of the largest rate, measured right before, and at 200,000 records/s; default buffer timeout. Only records that changed the thread count.
 * Beside it how late a bare timer is meanwhile: where that is milliseconds, the machine is what was measured.
 *
 *   npm run bench -- latency [--json] [--seconds N] [--only threads|nats] [--rates N,N]
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { round3 } from '../measure.js';
import { LocalCluster } from '../local-cluster.js';
import { printTable } from '../report.js';
import { emptyFolder, readResults } from '../result-files.js';
import { WeirProgram } from '../weir-program.js';
import { Histogram } from './histogram.js';
import type { LatencyResult } from './latency-sink.js';
import { measureTimerDelay } from './timer-delay.js';

const { values } = parseArgs({ options: {
  json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '10' }, only: { type: 'string', default: '' }, rates: { type: 'string', default: '200000' },
} });
const seconds = Number(values.seconds);
const WARM_UP_S = 4;
const JOB = 'latency/keyed-map.job.ts';
const OPTIONS = ['-p', '2', '-D', 'execution.checkpointing.interval=10 s'];

interface Row {
  readonly name: string;
  readonly wantedPerS: number;
  readonly recordsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Of records that stayed in their thread. */
  readonly withinP99Ms: number;
  /** Of a bare timer in the measuring process, meanwhile. */
  readonly timerP99Ms: number;
  readonly load: number;
}

const program = new WeirProgram();

interface Run extends Row {
  /** Elapsed, with the warm-up. */
  readonly seconds: number;
  /** Of these, measured. */
  readonly measuredSeconds: number;
}

async function run(name: string, where: readonly string[], rate: number, records: number): Promise<Run> {
  const results = emptyFolder(join(program.directory, 'results'));
  const load = loadavg()[0];
  const timerDelay = measureTimerDelay();
  const { durationMs } = await program.runJob(JOB, [...OPTIONS, ...where], { records, rate, results, warmUpMs: WARM_UP_S * 1000 });
  const timerP99Ms = round3(timerDelay());
  const [between, within] = [new Histogram(), new Histogram()];
  let [recordsPerS, measuredSeconds] = [0, Number.POSITIVE_INFINITY];
  for (const result of readResults<LatencyResult>(results)) {
    between.add(result.between);
    within.add(result.within);
    if (result.seconds > 0) recordsPerS += result.records / result.seconds;
    measuredSeconds = Math.min(measuredSeconds, result.seconds);
  }
  const ms = (share: number): number => round3(between.quantile(share));
  return {
    name, wantedPerS: rate, recordsPerS: Math.round(recordsPerS), p50Ms: ms(0.5), p99Ms: ms(0.99), p999Ms: ms(0.999), withinP99Ms: round3(within.quantile(0.99)),
    timerP99Ms, load: round3(load), seconds: durationMs / 1000, measuredSeconds,
  };
}

/** As many as fill the time at a rate. */
const recordsAt = (rate: number): number => Math.round(rate * (WARM_UP_S + seconds));

/** With more records each time, until enough of them come after the warm-up. */
async function largestRate(name: string, where: readonly string[]): Promise<Run> {
  for (let records = 2_000_000; ;) {
    const row = await run(`${name}, as many as possible`, where, 0, records);
    if (row.measuredSeconds >= seconds / 2) return row;
    records = Math.ceil((records * (WARM_UP_S + seconds)) / row.seconds);
  }
}

async function measure(name: string, where: readonly string[]): Promise<Row[]> {
  const fastest = await largestRate(name, where);
  const rate = Math.round(fastest.recordsPerS * 0.7);
  const rows = [fastest, await run(`${name}, 70 %`, where, rate, recordsAt(rate))];
  for (const fixed of values.rates.split(',').map(Number)) rows.push(await run(`${name}, ${fixed}/s`, where, fixed, recordsAt(fixed)));
  return rows;
}

try {
  const rows: Row[] = [];
  if ('threads'.includes(values.only)) rows.push(...await measure('threads', ['--threads', 'on']));
  if ('nats'.includes(values.only)) {
    const cluster = await LocalCluster.start(program, '--taskmanagers', '2', '--slots', '1');
    try {
      rows.push(...await measure('nats', ['--target', cluster.rest]));
    } finally {
      await cluster.close();
    }
  }
  printTable('latency', `keyed map, two slots, default buffer timeout, exactly-once every 10 s, ${seconds} s after ${WARM_UP_S} s of warming up`, {
    benchmark: (r) => r.name, 'records/s': (r) => `${r.recordsPerS}${r.wantedPerS === 0 ? '' : ` of ${r.wantedPerS}`}`, 'p50 ms': (r) => `**${r.p50Ms}**`, 'p99 ms': (r) => `**${r.p99Ms}**`,
    'p99.9 ms': (r) => String(r.p999Ms), 'p99 ms within a thread': (r) => String(r.withinP99Ms),
    'p99 ms of a bare timer': (r) => String(r.timerP99Ms), load: (r) => r.load.toFixed(1),
  }, rows, values.json);
} finally {
  program.close();
}
