/**
 * Parts of the engine one by one, after flink-benchmarks: `npm run bench -- micro [--vs flink] [--only NAME,...] [--seconds N] [--rounds N] [--checkpoint-seconds N]
 * [--heap 2g] [--json]`. A process for each; with `--vs flink` the same on Apache Flink right after, and the outputs of both must add up to the same.
 */
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { round3 } from '../measure.js';
import { bestOfFlink, buildFlinkPeer, type PeerFigures, runFlinkPeer } from '../peers/flink.js';
import { printTable } from '../report.js';
import { BENCHMARKS } from './benchmarks.js';
import type { FlinkSide, MicroBenchmark, MicroResult } from './micro-benchmark.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '4' }, rounds: { type: 'string', default: '3' }, only: { type: 'string' }, vs: { type: 'string' },
    heap: { type: 'string', default: '2g' }, 'checkpoint-seconds': { type: 'string' },
  },
});
if (values.vs !== undefined && values.vs !== 'flink') throw new Error(`--vs ${values.vs}: there is only flink to compare with`);
const worker = fileURLToPath(new URL('measure-micro.ts', import.meta.url));

interface Row extends MicroResult {
  readonly note: string;
  /** Percent of the rate per core that is lost against the benchmark without it, on both sides. */
  readonly costPercent?: number;
  readonly flink?: PeerFigures;
  readonly flinkCostPercent?: number;
  /** Records per second of consumed core time, Weir's / Flink's. */
  readonly ratio?: number;
  readonly load: number;
}

function measure(...args: readonly (string | number)[]): MicroResult & { readonly sum?: number } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--conditions=@weir/source', '--import', 'tsx', worker, ...args.map(String)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args[0]} failed: ${stderr.trim()}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as MicroResult;
}

function onFlink(side: FlinkSide, seconds: number): PeerFigures {
  const records = Math.round(side.recordsPerS * seconds);
  if (side.main === 'SerializerMain') return runFlinkPeer('SerializerMain', [side.workload, String(records)], values.heap);
  return bestOfFlink(side.workload, records, side.parallelism === undefined ? [1, 2] : [side.parallelism], values.heap, side.checkpointInterval);
}

function secondsOf({ atLeastSeconds }: MicroBenchmark): number {
  if (atLeastSeconds === undefined) return Number(values.seconds);
  return values['checkpoint-seconds'] === undefined ? Math.max(atLeastSeconds, Number(values.seconds)) : Number(values['checkpoint-seconds']);
}

const lost = (rate: number, without: number | undefined): number | undefined => (without === undefined ? undefined : Math.round((1 - rate / without) * 1000) / 10);
const compared = ({ flink }: MicroBenchmark): FlinkSide | undefined => (values.vs === undefined ? undefined : flink);

if (values.vs !== undefined) buildFlinkPeer();
const rows: Row[] = [];
for (const benchmark of BENCHMARKS.filter(({ name }) => values.only?.split(',').some((wanted) => name.includes(wanted)) ?? true)) {
  const load = round3(loadavg()[0]);
  const seconds = secondsOf(benchmark);
  const own = measure(benchmark.name, Math.round(benchmark.recordsPerS * seconds), values.rounds);
  const side = compared(benchmark);
  const flink = side === undefined ? undefined : onFlink(side, seconds);
  if (flink !== undefined) {
    const { sum } = measure(benchmark.name, 0, 0, flink.events);
    if (sum !== flink.sum) throw new Error(`${benchmark.name}: ${flink.events} records gave ${sum} on Weir, ${flink.sum} on Flink`);
  }
  const without = rows.find(({ name }) => name === benchmark.costOver);
  rows.push({
    ...own, note: benchmark.note, costPercent: lost(own.recordsPerCoreS, without?.recordsPerCoreS), load,
    ...(flink === undefined ? {} : { flink, ratio: round3(own.recordsPerCoreS / flink.recordsPerCoreS), flinkCostPercent: lost(flink.recordsPerCoreS, without?.flink?.recordsPerCoreS) }),
  });
}
const million = (value: number): string => (value / 1e6).toFixed(2);
const percent = (value: number | undefined): string => (value === undefined ? '' : `${value} %`);
const flinkColumns: Readonly<Record<string, (row: Row) => string>> = values.vs === undefined ? {} : {
  'Flink M per core s': (r) => (r.flink === undefined ? '' : million(r.flink.recordsPerCoreS)), 'Flink cores': (r) => r.flink?.cores.toFixed(2) ?? '', ratio: (r) => `**${r.ratio?.toFixed(2) ?? ''}**`,
  'cost on Flink': (r) => percent(r.flinkCostPercent), 'Flink MiB': (r) => String(r.flink?.peakRssMiB ?? ''),
};
printTable('micro', `a process each, medians of ${values.rounds} rounds of about ${values.seconds} s`, {
  benchmark: (r: Row) => r.name, 'M records/s': (r: Row) => million(r.recordsPerS), 'M per core s': (r: Row) => million(r.recordsPerCoreS), cores: (r: Row) => r.cores.toFixed(2),
  'peak MiB': (r: Row) => String(r.peakRssMiB), cost: (r: Row) => percent(r.costPercent), ...flinkColumns, load: (r: Row) => r.load.toFixed(1), note: (r: Row) => r.note,
}, rows, values.json);
