/**
 * Throughput with two slots against one, each slot a thread of its own, as `weir run --threads on -p N` has them; beside it what two plain threads with
 * the hand-written loop give on this machine at this moment, in the same rounds.
 *
 * `late-departures` is another comparison: the example with two subtasks of everything, in threads against all in one thread.
 *
 *   npm run bench -- scaling [--json] [--seconds N] [--rounds N] [--only window,q5,late-departures] [-D key=value]
 */
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { endedChildrenCpuMs } from '../child-cpu.js';
import { median, round3 } from '../measure.js';
import { printTable } from '../report.js';
import { emptyFolder, readResults } from '../result-files.js';
import { type JobOutcome, repository, WeirProgram } from '../weir-program.js';
import { loopInThreads } from './calibration.js';
import type { Total } from './total-sink.js';

const { values } = parseArgs({ options: {
  json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '8' }, rounds: { type: 'string', default: '3' }, set: { type: 'string', short: 'D', multiple: true, default: [] }, only: { type: 'string', default: 'window,window-exchanged,q0,q5,q8,q12,late-departures' },
} });
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const LOOP_RECORDS_PER_S = 20_000_000;
/** Windows of processing time: how many results there are depends on how long the run takes. Its counts are checked by test/nexmark-queries.test.ts. */
const BY_WALL_CLOCK = new Set(['q12']);
const WARM_UP_RECORDS = 2_000_000;
/** One subtask of everything per slot, as many slots as subtasks. */
const CHECKPOINTS = ['-D', 'execution.checkpointing.interval=10 s'];
/** `-D` of the command line. */
const EXTRA = values.set.flatMap((setting) => ['-D', setting]);

interface Run {
  readonly recordsPerS: number;
  readonly cpuMs: number;
  readonly results: string;
}

const program = new WeirProgram();

async function run(workload: string, parallelism: number, records: number): Promise<Run> {
  const results = emptyFolder(join(program.directory, 'results'));
  const options = ['-p', String(parallelism), '--threads', 'on', ...CHECKPOINTS, ...EXTRA];
  if (workload.startsWith('window')) await program.runJob('scaling/window.job.ts', options, { records, results, slots: parallelism, exchange: String(workload === 'window-exchanged') });
  else await program.runJob('scaling/nexmark.job.ts', options, { query: workload, records, results, slots: parallelism });
  const totals = readResults<Total>(results);
  const span = (from: (total: Total) => number, to: (total: Total) => number): number => Math.max(...totals.map(to)) - Math.min(...totals.map(from));
  const tookMs = span((it) => it.openedMs, (it) => it.endedMs);
  const cpuMs = span((it) => it.openedCpuMs, (it) => it.endedCpuMs);
  const sum = (read: (total: Total) => number): number => totals.reduce((all, total) => all + read(total), 0);
  return { recordsPerS: (records / tookMs) * 1000, cpuMs, results: `${sum((it) => it.count)} results, sum ${sum((it) => it.sum)}` };
}

interface Row {
  readonly name: string;
  /** Throughput of two slots / one. */
  readonly scaling: number;
  readonly rounds: readonly number[];
  /** The same of two plain threads, in the same rounds. */
  readonly machine: number;
  readonly relative: number;
  /** CPU time of the process, two slots / one: what the work between slots costs. Busy neighbours do not change it; 2 / this is the scaling that is possible. */
  readonly cpu: number;
  readonly oneSlotRecordsPerS: number;
  readonly twoSlotsRecordsPerS: number;
  readonly load: number;
}

async function measure(name: string): Promise<Row> {
  const warm = await run(name, 1, WARM_UP_RECORDS);
  const records = Math.round((warm.recordsPerS * seconds) / 100_000) * 100_000;
  const scalings: number[] = [];
  const machines: number[] = [];
  const cpus: number[] = [];
  const [ones, twos]: [number[], number[]] = [[], []];
  const load = loadavg()[0];
  for (let round = 0; round < rounds; round++) {
    const loopRecords = Math.round(LOOP_RECORDS_PER_S * Math.min(seconds, 3));
    const [oneThread, twoThreads] = [await loopInThreads(1, loopRecords), await loopInThreads(2, loopRecords)];
    const [one, two] = [await run(name, 1, records), await run(name, 2, records)];
    if (!BY_WALL_CLOCK.has(name) && one.results !== two.results) throw new Error(`${name}: one slot gave ${one.results}, two gave ${two.results}`);
    scalings.push(two.recordsPerS / one.recordsPerS);
    cpus.push(two.cpuMs / one.cpuMs);
    machines.push((2 * oneThread) / twoThreads);
    ones.push(one.recordsPerS);
    twos.push(two.recordsPerS);
  }
  return {
    name, scaling: round3(median(scalings)), rounds: scalings.map(round3), machine: round3(median(machines)), relative: round3(median(scalings.map((it, i) => it / machines[i]))),
    cpu: round3(median(cpus)),
        oneSlotRecordsPerS: Math.round(median(ones)), twoSlotsRecordsPerS: Math.round(median(twos)), load: round3(load),
  };
}

/** The same work, two subtasks of everything, in two threads and in one. */
async function lateDepartures(): Promise<Row> {
  const input = join(repository, 'node_modules/vega-datasets/data/flights-3m.parquet');
  const load = loadavg()[0];
  const [ones, twos]: [JobOutcome[], JobOutcome[]] = [[], []];
  const machines: number[] = [];
  const cpu: Record<'off' | 'on', number[]> = { off: [], on: [] };
  for (let round = 0; round < rounds; round++) {
    const loopRecords = LOOP_RECORDS_PER_S * 2;
    machines.push((2 * await loopInThreads(1, loopRecords)) / await loopInThreads(2, loopRecords));
    for (const [threads, into] of [['off', ones], ['on', twos]] as const) {
      const before = endedChildrenCpuMs();
      into.push(await program.runJob('../../apps/examples/late-departures/src/job.ts', ['-p', '2', '--threads', threads], { input, output: join(program.directory, `out-${threads}`) }));
      cpu[threads].push(endedChildrenCpuMs() - before);
    }
  }
  const scalings = twos.map(({ durationMs }, i) => ones[i].durationMs / durationMs);
  const rate = (runs: readonly JobOutcome[]): number => Math.round(median(runs.map(({ records, durationMs }) => (records / durationMs) * 1000)));
  return {
    name: 'late-departures -p 2, threads against none', scaling: round3(median(scalings)), rounds: scalings.map(round3), machine: round3(median(machines)),
    relative: round3(median(scalings.map((it, i) => it / machines[i]))), cpu: round3(median(cpu.on.map((it, i) => it / cpu.off[i]))), oneSlotRecordsPerS: rate(ones), twoSlotsRecordsPerS: rate(twos), load: round3(load),
  };
}

try {
  const rows: Row[] = [];
  for (const name of values.only.split(',')) rows.push(name === 'late-departures' ? await lateDepartures() : await measure(name));
  const million = (value: number): string => (value / 1e6).toFixed(2);
  printTable('scaling', `two slots against one, a thread each, exactly-once checkpoints every 10 s, ${rounds} interleaved rounds of about ${seconds} s`, {
    benchmark: (r) => r.name, 'two slots / one': (r) => `**${r.scaling.toFixed(2)}**`, rounds: (r) => r.rounds.map((x) => x.toFixed(2)).join(' '),
    'two plain threads / one': (r) => r.machine.toFixed(2), relative: (r) => r.relative.toFixed(2), 'CPU, two / one': (r) => r.cpu.toFixed(2),
    'M records/s, one': (r) => million(r.oneSlotRecordsPerS), two: (r) => million(r.twoSlotsRecordsPerS), load: (r) => r.load.toFixed(1),
  }, rows, values.json);
} finally {
  program.close();
}
