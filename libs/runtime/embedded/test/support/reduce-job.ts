/** A small job: numbers -> map -> keyBy -> reduce -> collect. */
import { CollectSink, DataGeneratorSource, SequenceSource } from '@weir/connector';
import type { JobProgram, OperatorSpec, StreamEdge, StreamGraph, StreamNode } from '@weir/graph';
import { WatermarkStrategy } from '@weir/time';

export interface Entry {
  readonly key: string;
  readonly sum: number;
}

export interface ReduceJobOptions {
  readonly parallelism: number;
  readonly last?: number;
  /** Paced source, so that checkpoints fall into the middle. */
  readonly recordsPerSecond?: number;
  /** Called by each map subtask for each number; may throw. */
  readonly onNumber?: (value: number) => void;
  readonly sink?: CollectSink<Entry>;
}

export class ReduceJob {
  readonly sink: CollectSink<Entry>;
  readonly program: JobProgram;

  constructor(private readonly options: ReduceJobOptions) {
    this.sink = options.sink ?? new CollectSink<Entry>();
    this.program = { jobName: 'sums', instantiate: () => this.graph() };
  }

  /** The largest sum of each key: the end of its rolling reduce. */
  totals(): Record<string, number> {
    const totals: Record<string, number> = {};
    for (const { key, sum } of this.sink.results()) totals[key] = Math.max(totals[key] ?? -1, sum);
    return totals;
  }

  private graph(): StreamGraph {
    const { parallelism, last = 999, recordsPerSecond, onNumber } = this.options;
    const source = recordsPerSecond === undefined ? new SequenceSource(0, last) : new DataGeneratorSource((index) => index, last + 1, { recordsPerSecond });
    const specs: readonly (readonly [string, OperatorSpec])[] = [
      ['numbers', { kind: 'source', source, watermarks: WatermarkStrategy.noWatermarks() }],
      ['entries', { kind: 'map', fn: (value) => {
        onNumber?.(value as number);
        return { key: `k${(value as number) % 7}`, sum: value as number };
      } }],
      ['sum', { kind: 'keyed-reduce', fn: (a, b) => ({ key: (a as Entry).key, sum: (a as Entry).sum + (b as Entry).sum }) }],
      ['out', { kind: 'sink', sink: this.sink }],
    ];
    const keySelector = (value: unknown): string => (value as Entry).key;
    const nodes = specs.map(([name, spec], i): StreamNode => ({
      id: i + 1, name, uid: name, spec, parallelism, maxParallelism: undefined, slotSharingGroup: 'default', chaining: 'always',
      keySelectors: spec.kind === 'keyed-reduce' ? [keySelector] : [], outputType: undefined,
    }));
    const edge = (sourceId: number, partitioner: StreamEdge['partitioner']): StreamEdge => ({ sourceId, targetId: sourceId + 1, inputIndex: 0, partitioner, sideOutputId: undefined });
    return { jobName: 'sums', nodes, edges: [edge(1, { kind: 'forward' }), edge(2, { kind: 'hash', keySelector }), edge(3, { kind: 'forward' })] };
  }
}

/** What the job must come to, by plain arithmetic. */
export function expectedTotals(last: number): Record<string, number> {
  const totals: Record<string, number> = {};
  for (let value = 0; value <= last; value++) totals[`k${value % 7}`] = (totals[`k${value % 7}`] ?? 0) + value;
  return totals;
}
