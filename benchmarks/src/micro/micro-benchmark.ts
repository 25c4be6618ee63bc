/** What a micro benchmark is, and what a run of one gives. */
import { defineJob, type JobDefinition, type StreamExecutionEnvironment } from '@weir/datastream';
import { timed } from '../measure.js';
import { runJob } from '../run-job.js';
import { SumSink } from '../sum-sink.js';

export interface MicroRun {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRssMiB: number;
  /** Checksum of the output. */
  readonly sum: number;
}

export interface MicroBenchmark {
  readonly name: string;
  readonly note: string;
  /** Records per second to expect, to choose how many make a run of a given length. */
  readonly recordsPerS: number;
  /** Runs that need more time than others to show anything, e.g. several checkpoints; seconds. */
  readonly atLeastSeconds?: number;
  /** The benchmark without what this one measures: the result says how much of its rate is lost. */
  readonly costOver?: string;
  readonly flink?: FlinkSide;
  run(records: number): Promise<MicroRun>;
}

export interface FlinkSide {
  readonly main: 'WorkloadMain' | 'SerializerMain';
  readonly workload: string;
  readonly recordsPerS: number;
  readonly parallelism?: number;
  readonly checkpointInterval?: string;
}

export interface MicroResult {
  readonly name: string;
  readonly recordsPerS: number;
  readonly recordsPerCoreS: number;
  readonly cores: number;
  readonly peakRssMiB: number;
}

/** CPU time and elapsed time of something in this process. */
export async function timedRun(work: () => number | Promise<number>): Promise<MicroRun> {
  let sum = 0;
  const { wallMs, cpuMs } = await timed(async () => { sum = await work(); });
  return { wallMs, cpuMs, sum, peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024) };
}

/** A job at parallelism 1 in this process, exactly-once checkpoints every 10 s unless said otherwise. */
export function jobRun(build: (env: StreamExecutionEnvironment, records: number, sink: SumSink) => void, checkpointInterval = '10 s', more: Record<string, string> = {}): MicroBenchmark['run'] {
  const settings: Record<string, string> = { ...(checkpointInterval === 'none' ? {} : { 'execution.checkpointing.interval': checkpointInterval }), ...more };
  return (records) => timedRun(async () => {
    const total = { sum: 0 };
    await runJob(defineJob('micro', (env) => build(env, records, new SumSink(total))) as JobDefinition<unknown>, settings);
    return total.sum;
  });
}
