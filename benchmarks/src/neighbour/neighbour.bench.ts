/**
 * What a job notices of another one in the same TaskManager that throws, ends its process, loops for ever or fills its heap, over and over: the keyed map
 * of the latency suite at a fixed rate in two slots, the unruly job in the third. Records that arrived, and the latency of those that changed the thread.
 *
 *   npm run bench -- neighbour [--json] [--seconds N] [--rate N]
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Histogram } from '../latency/histogram.js';
import type { LatencyResult } from '../latency/latency-sink.js';
import { LocalCluster } from '../local-cluster.js';
import { round3 } from '../measure.js';
import { printTable } from '../report.js';
import { emptyFolder, readResults } from '../result-files.js';
import { repository, WeirProgram } from '../weir-program.js';
import { DEEDS } from './unruly.job.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '8' }, rate: { type: 'string', default: '50000' } } });
const WARM_UP_S = 2;
const rate = Number(values.rate);
const records = Math.round(rate * (WARM_UP_S + Number(values.seconds)));

interface Row {
  readonly beside: string;
  /** How often the other one was restarted meanwhile. */
  readonly otherRestarts: number;
  readonly records: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly load: number;
}

const program = new WeirProgram();
const cluster = await LocalCluster.start(program, '--taskmanagers', '1', '--slots', '3', '-D', 'heartbeat.timeout=2s', '-D', 'taskmanager.memory.task.heap.size=250mb');
const restartsOf = async (job: string): Promise<number> => (await cluster.get<{ readonly status: { readonly restarts: number } }>(`/weir/jobs/${job}`)).status.restarts;

async function measure(beside: string): Promise<Row> {
  const results = emptyFolder(join(program.directory, 'results'));
  const load = loadavg()[0];
  await program.runJob('latency/keyed-map.job.ts', ['-p', '2', '--target', cluster.rest, '-D', 'execution.checkpointing.interval=1 s', '-D', 'restart-strategy.type=none'],
    { records, rate, results, warmUpMs: WARM_UP_S * 1000 });
  const latency = new Histogram();
  let arrived = 0;
  for (const result of readResults<LatencyResult>(results)) {
    latency.add(result.between);
    arrived += result.all;
  }
  if (arrived !== records) throw new Error(`beside "${beside}" ${arrived} of ${records} records arrived`);
  const ms = (share: number): number => round3(latency.quantile(share));
  return { beside, otherRestarts: 0, records: arrived, p50Ms: ms(0.5), p99Ms: ms(0.99), p999Ms: ms(0.999), load: round3(load) };
}

async function measureBeside(deed: (typeof DEEDS)[number]): Promise<Row> {
  const unruly = (await program.command('run', '-d', '-p', '1', '--target', cluster.rest, '-D', 'restart-strategy.type=fixed-delay', '-D', 'restart-strategy.fixed-delay.attempts=1000',
    '-D', 'restart-strategy.fixed-delay.delay=100ms', join(repository, 'benchmarks/src/neighbour/unruly.job.ts'), '--', '--deed', deed)).trim();
  await cluster.until('to fail', performance.now(), async () => (await restartsOf(unruly)) > 0);
  const before = await restartsOf(unruly);
  const row = await measure(deed);
  const otherRestarts = (await restartsOf(unruly)) - before;
  await program.command('job', 'cancel', '--target', cluster.rest, unruly);
  return { ...row, otherRestarts };
}

try {
  const rows = [await measure('nobody')];
  for (const deed of DEEDS) rows.push(await measureBeside(deed));
  rows.push(await measure('nobody, again'));
  printTable('neighbour', `keyed map in two slots at ${rate} records/s beside an unruly job in the same process, ${values.seconds} s after ${WARM_UP_S} s of warming up`, {
    'beside a job that': (r) => r.beside, 'its restarts meanwhile': (r) => String(r.otherRestarts), 'records, all of them': (r) => String(r.records), 'p50 ms': (r) => String(r.p50Ms),
    'p99 ms': (r) => `**${r.p99Ms}**`, 'p99.9 ms': (r) => String(r.p999Ms), load: (r) => r.load.toFixed(1),
  }, rows, values.json);
} finally {
  await cluster.close();
  program.close();
}
