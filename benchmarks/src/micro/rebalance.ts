/** Two sources deal out records of 100 bytes to two consumers, a thread for each slot, as `weir run --threads on -p 2` has them. */
import { join } from 'node:path';
import { emptyFolder, readResults } from '../result-files.js';
import { WeirProgram } from '../weir-program.js';
import type { MicroBenchmark, MicroRun } from './micro-benchmark.js';
import type { RebalanceSeen } from './rebalance.job.js';

async function run(records: number): Promise<MicroRun> {
  const program = new WeirProgram();
  try {
    const results = emptyFolder(join(program.directory, 'results'));
    await program.runJob('micro/rebalance.job.ts', ['-p', '2', '--threads', 'on', '-D', 'execution.checkpointing.interval=10 s'], { records, results });
    const seen = readResults<RebalanceSeen>(results);
    const span = (from: keyof RebalanceSeen, to: keyof RebalanceSeen): number => Math.max(...seen.map((it) => it[to])) - Math.min(...seen.map((it) => it[from]));
    return {
      wallMs: span('openedMs', 'endedMs'), cpuMs: span('openedCpuMs', 'endedCpuMs'), peakRssMiB: Math.max(...seen.map((it) => it.peakRssMiB)), sum: seen.reduce((sum, it) => sum + it.sum, 0),
    };
  } finally {
    program.close();
  }
}

export const rebalance: readonly MicroBenchmark[] = [{
  name: 'rebalance', note: 'byte arrays of 100, from two sources to two consumers; Weir between threads, Flink between threads of one JVM', recordsPerS: 2_000_000,
  flink: { main: 'WorkloadMain', workload: 'rebalance', recordsPerS: 8_000_000, parallelism: 2 }, run,
}];
