/** The loops' jobs beside the same as DataStream jobs on Apache Flink, in turn; the sums of both sides must be what the hand-written loop gives. */
import { loadavg } from 'node:os';
import { median, round3, timed } from '../measure.js';
import { bestOfFlink, buildFlinkPeer, type PeerFigures } from '../peers/flink.js';
import { printTable } from '../report.js';
import { runJob } from '../run-job.js';
import type { Workload } from './workloads.js';

/** What runs on the other side, the records per core and second to expect there, and how many times as fast we mean to be. */
const PEERS: Readonly<Record<string, { readonly workload: string; readonly recordsPerS: number; readonly bar: number }>> = {
  'stateless-chain': { workload: 'stateless-chain', recordsPerS: 40_000_000, bar: 1 },
  'keyed-count': { workload: 'keyed-count', recordsPerS: 2_000_000, bar: 4 },
  'keyed-count-shuffled': { workload: 'keyed-count', recordsPerS: 2_000_000, bar: 4 },
  'keyed-tumbling-window': { workload: 'keyed-tumbling-window', recordsPerS: 3_000_000, bar: 3 },
};
const SETTINGS = { 'execution.checkpointing.interval': '10 s' };

export interface FlinkRow {
  readonly name: string;
  /** Records per second of consumed core time, Weir's / Flink's: the median of the rounds. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  /** The ratio that is wanted. */
  readonly bar: number;
  readonly recordsPerS: number;
  readonly recordsPerCoreS: number;
  readonly cores: number;
  readonly flink: PeerFigures;
  readonly peakRssMiB: number;
  /** Of the machine when the first round began. */
  readonly load: number;
}

export async function besideFlink(options: {
  readonly workloads: readonly Workload[];
  readonly others: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly parallelisms: readonly number[];
  readonly heap: string;
  readonly json: boolean;
}): Promise<void> {
  buildFlinkPeer();
  const rows: FlinkRow[] = [];
  for (const workload of options.workloads) rows.push(await beside(workload, options));
  const million = (value: number): string => (value / 1e6).toFixed(2);
  printTable('loops', `beside Flink at parallelism ${options.parallelisms.join(' and ')}, the better counts; after ${options.others} other jobs in the process, exactly-once every 10 s, ${options.rounds} interleaved rounds of about ${options.seconds} s of CPU time`, {
    benchmark: (r) => r.name, 'Weir / Flink per core': (r) => `**${r.ratio.toFixed(2)}**`, wanted: (r) => `>= ${r.bar}`, rounds: (r) => r.ratios.map((x) => x.toFixed(2)).join(' '),
    'M per core s': (r) => million(r.recordsPerCoreS), 'Flink M per core s': (r) => million(r.flink.recordsPerCoreS), 'M records/s': (r) => million(r.recordsPerS),
    'Flink M records/s': (r) => million(r.flink.recordsPerS), 'Flink cores': (r) => r.flink.cores.toFixed(2), 'peak MiB': (r) => String(r.peakRssMiB), 'Flink MiB': (r) => String(r.flink.peakRssMiB),
    load: (r) => r.load.toFixed(1),
  }, rows, options.json);
}

async function beside(workload: Workload, options: { readonly seconds: number; readonly rounds: number; readonly parallelisms: readonly number[]; readonly heap: string }): Promise<FlinkRow> {
  const peer = PEERS[workload.name];
  const records = Math.round(workload.expectedRecordsPerS * options.seconds);
  const flinkRecords = Math.round(peer.recordsPerS * options.seconds);
  const load = loadavg()[0];
  const expected = workload.loop(records);
  const engine = async (count: number): Promise<number> => {
    const total = { sum: 0 };
    await runJob(workload.job(count, total), SETTINGS);
    return total.sum;
  };
  await engine(Math.round(records / 4));
  await engine(Math.round(records / 4));
  const own = [];
  const flinks: PeerFigures[] = [];
  for (let round = 0; round < options.rounds; round++) {
    own.push(await timed(async () => same(`${workload.name} on Weir`, await engine(records), expected)));
    const flink = bestOfFlink(peer.workload, flinkRecords, options.parallelisms, options.heap);
    same(`${workload.name} on Flink`, flink.sum, workload.loop(flink.events));
    flinks.push(flink);
  }
  const ratios = own.map(({ cpuMs }, i) => round3((records / cpuMs) * 1000 / flinks[i].recordsPerCoreS));
  const cpuMs = median(own.map((sample) => sample.cpuMs));
  const wallMs = median(own.map((sample) => sample.wallMs));
  return {
    name: workload.name, ratio: round3(median(ratios)), ratios, bar: peer.bar, recordsPerS: Math.round((records / wallMs) * 1000),
    recordsPerCoreS: Math.round((records / cpuMs) * 1000), cores: round3(cpuMs / wallMs),
    flink: [...flinks].sort((a, b) => a.recordsPerCoreS - b.recordsPerCoreS)[flinks.length >> 1], peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024), load: round3(load),
  };
}

function same(what: string, got: number | undefined, expected: number): void {
  if (got !== expected) throw new Error(`${what} gave ${got}, the loop ${expected}`);
}
