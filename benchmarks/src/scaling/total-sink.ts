/** A sink that adds up numbers and says at the end of its input what it saw and when. */
import type { Sink, SinkContext, SinkWriter } from '@weir/connector';
import { writeResult } from '../result-files.js';

export interface Total {
  readonly count: number;
  readonly sum: number;
  /** Wall clock: of the writer's creation, and of the end of its input. */
  readonly openedMs: number;
  readonly endedMs: number;
  /** CPU time of the whole process at these times. */
  readonly openedCpuMs: number;
  readonly endedCpuMs: number;
}

export class TotalSink<T> implements Sink<T> {
  readonly description = 'total';
  readonly stateVersion = 1;
  readonly guarantee = 'none';
  constructor(private readonly folder: string, private readonly numberOf: (value: T) => number) {}

  createWriter({ subtaskIndex }: SinkContext): SinkWriter<T, never> {
    const { folder, numberOf } = this;
    const openedMs = Date.now();
    const openedCpuMs = cpuMs();
    let count = 0;
    let sum = 0;
    return {
      write: (value) => {
        count++;
        sum += numberOf(value);
      },
      backlog: () => undefined,
      prepareCommit: async () => [],
      endOfInput: () => writeResult(folder, `sink-${subtaskIndex}`, { count, sum, openedMs, openedCpuMs, endedMs: Date.now(), endedCpuMs: cpuMs() } satisfies Total),
      close: async () => undefined,
    };
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
