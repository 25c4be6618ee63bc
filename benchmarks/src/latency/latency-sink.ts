/** Takes the time from a record's making to its arrival; by whether it was made in this thread or in another one. */
import type { Sink, SinkContext, SinkWriter } from '@weir/connector';
import { writeResult } from '../result-files.js';
import { Histogram } from './histogram.js';
import { machineNow } from './machine-clock.js';

export interface Stamped {
  readonly key: number;
  /** Time of its making, of the machine's clock. */
  readonly at: number;
  /** Of the thread that made it. */
  readonly origin: number;
}

export interface LatencyResult {
  readonly within: readonly number[];
  readonly between: readonly number[];
  /** Every record that came, from the beginning. */
  readonly all: number;
  /** Records and the time they came in, after the warm-up. */
  readonly records: number;
  readonly seconds: number;
}

/** One in this thread: a job's module is loaded once per thread. */
export const ORIGIN = Math.floor(Math.random() * 0x4000_0000);

export class LatencySink implements Sink<Stamped> {
  readonly description = 'latency';
  readonly stateVersion = 1;
  readonly guarantee = 'none';
  constructor(private readonly folder: string, private readonly warmUpMs: number) {}

  createWriter({ subtaskIndex }: SinkContext): SinkWriter<Stamped, never> {
    const within = new Histogram();
    const between = new Histogram();
    const { folder } = this;
    const beginMs = machineNow() + this.warmUpMs;
    let all = 0;
    let records = 0;
    let lastMs = beginMs;
    return {
      write: ({ at, origin }) => {
        all++;
        if (at < beginMs) return;
        lastMs = machineNow();
        records++;
        (origin === ORIGIN ? within : between).record(lastMs - at);
      },
      backlog: () => undefined,
      prepareCommit: async () => [],
      endOfInput: () => writeResult(folder, `sink-${subtaskIndex}`, {
        within: [...within.counts], between: [...between.counts], all, records, seconds: (lastMs - beginMs) / 1000,
      } satisfies LatencyResult),
      close: async () => undefined,
    };
  }
}
