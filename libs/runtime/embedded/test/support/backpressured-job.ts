/** numbers -> entries -> keyBy -> running count -> rebalance -> a sink that takes its time: everything upstream of it waits. */
import { type CollectCommittable, CollectSink, SequenceSource, type SinkContext, type SinkWriter } from '@weir/connector';
import type { JobProgram, OperatorSpec, Partitioner, StreamGraph, StreamNode } from '@weir/graph';
import { WatermarkStrategy } from '@weir/time';

export interface Counted {
  readonly key: string;
  readonly count: number;
}

/** Takes `msPerRecord` for each record, in virtual time. */
class SlowSink extends CollectSink<Counted> {
  constructor(private readonly msPerRecord: number) {
    super();
  }
  override createWriter(context: SinkContext): SinkWriter<Counted, CollectCommittable> {
    const writer = super.createWriter(context);
    let written = 0;
    return {
      write: (value, timestamp) => {
        written++;
        writer.write(value, timestamp);
      },
      backlog: () => {
        if (written === 0) return undefined;
        const delayMs = written * this.msPerRecord;
        written = 0;
        return new Promise((resolve) => { context.timers.after(delayMs, resolve); });
      },
      prepareCommit: (checkpointId) => writer.prepareCommit(checkpointId),
      close: () => writer.close(),
    };
  }
}

export interface BackpressuredJobOptions {
  readonly records: number;
  readonly msPerRecord: number;
  /** Called for each number, may throw. */
  readonly onNumber?: (value: number) => void;
  readonly keys?: number;
}

export class BackpressuredJob {
  readonly sink: CollectSink<Counted>;

  constructor(private readonly options: BackpressuredJobOptions) {
    this.sink = new SlowSink(options.msPerRecord);
  }

  program(parallelism: number): JobProgram {
    return { jobName: 'backpressured', instantiate: () => this.graph(parallelism) };
  }

  /** What is wrong with the output: each key must have been counted from one to its number of records, each count once. */
  wrong(): string[] {
    const { records } = this.options;
    const expected = new Map<string, number>();
    for (let value = 0; value < records; value++) expected.set(this.keyOf(value), (expected.get(this.keyOf(value)) ?? 0) + 1);
    const seen = new Map<string, number[]>();
    for (const { key, count } of this.sink.results()) seen.set(key, [...(seen.get(key) ?? []), count]);
    return [...expected].flatMap(([key, count]) => {
      const counts = (seen.get(key) ?? []).sort((a, b) => a - b);
      const right = counts.length === count && counts.every((value, i) => value === i + 1);
      return right ? [] : [`${key}: ${counts.length} of ${count}: ${counts.join(' ')}`];
    });
  }

  private keyOf(value: number): string {
    return `k${(value * 7919) % (this.options.keys ?? 23)}`;
  }

  private graph(parallelism: number): StreamGraph {
    const specs: readonly (readonly [string, OperatorSpec])[] = [
      ['numbers', { kind: 'source', source: new SequenceSource(0, this.options.records - 1), watermarks: WatermarkStrategy.noWatermarks() }],
      ['entries', { kind: 'map', fn: (value) => {
        this.options.onNumber?.(value as number);
        return { key: this.keyOf(value as number), count: 1 };
      } }],
      ['counts', { kind: 'keyed-reduce', fn: (a, b) => ({ key: (a as Counted).key, count: (a as Counted).count + (b as Counted).count }) }],
      ['out', { kind: 'sink', sink: this.sink }],
    ];
    const keySelector = (value: unknown): string => (value as Counted).key;
    const nodes = specs.map(([name, spec], i): StreamNode => ({
      id: i + 1, name, uid: name, spec, parallelism, maxParallelism: undefined, slotSharingGroup: 'default', chaining: 'always',
      keySelectors: spec.kind === 'keyed-reduce' ? [keySelector] : [], outputType: undefined,
    }));
    const partitioners: readonly Partitioner[] = [{ kind: 'forward' }, { kind: 'hash', keySelector }, { kind: 'rebalance' }];
    return { jobName: 'backpressured', nodes, edges: partitioners.map((partitioner, i) => ({ sourceId: i + 1, targetId: i + 2, inputIndex: 0, partitioner, sideOutputId: undefined })) };
  }
}
