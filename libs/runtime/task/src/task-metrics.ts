/** What a task tells of itself at each report. */
import type { JobGraph } from '@weir/graph';
import type { OperatorChain } from './chain/operator-chain.js';
import type { InputProcessor } from './channels/input-processor.js';
import type { TaskOutputs } from './channels/task-outputs.js';
import type { TaskMetrics } from './task.protocol.js';
import type { TimeAccounting } from './time-accounting.js';

export interface MeasuredTask {
  readonly graph: JobGraph;
  readonly chain: OperatorChain;
  readonly processor: InputProcessor | undefined;
  readonly outputs: TaskOutputs;
  readonly time: TimeAccounting;
  /** Records that the head took in a replay. */
  readonly replayedRecords: number;
}

export function taskMetrics({ graph, chain, processor, outputs, time, replayedRecords }: MeasuredTask): TaskMetrics {
  chain.recordsFromChannels = (processor?.recordsIn ?? 0) + replayedRecords;
  const watermark = chain.source?.watermark ?? processor?.watermark ?? Number.NEGATIVE_INFINITY;
  const wire = watermark === Number.NEGATIVE_INFINITY ? null : Math.min(watermark, Number.MAX_VALUE);
  return {
    operators: chain.metrics().map((operator, index) => ({ ...operator, fallbackRecords: operator.fallbackRecords + fallbacksOf(graph, outputs, index), outputWatermark: wire })),
    busyMs: time.busyMs, idleMs: time.idleMs, backpressuredMs: time.backpressuredMs, inputWatermark: processor === undefined ? null : wire,
  };
}

/** Records of an operator of the chain that its outgoing edges sent in the self-describing encoding. */
function fallbacksOf({ edges }: JobGraph, { partitions }: TaskOutputs, operatorIndex: number): number {
  return partitions.reduce((sum, { descriptor, fallbackRecords }) => sum + (edges[descriptor.edgeIndex].sourceOperatorIndex === operatorIndex ? fallbackRecords : 0), 0);
}
