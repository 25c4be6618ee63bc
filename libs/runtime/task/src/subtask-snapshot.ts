/** One subtask's part in a checkpoint: captured now, stored behind. */
import { type ExecutionAttemptId, toError } from '@weir/base';
import { type SnapshotStorage, type SubtaskSnapshot, writtenBytes } from '@weir/checkpoint';
import type { JobGraph } from '@weir/graph';
import type { Clock } from '@weir/ports';
import type { SnapshotFormat } from '@weir/state';
import type { OperatorChain } from './chain/operator-chain.js';
import { inFlightBytes, type OvertakenFrames } from './channels/in-flight-bytes.js';
import type { InputCut } from './channels/input-cut.js';
import type { OutputBarrierKind } from './channels/output-barrier.js';
import type { TaskOutputs } from './channels/task-outputs.js';
import type { SnapshotMetrics } from './task.protocol.js';

export interface SnapshotRequest {
  readonly checkpointId: number;
  readonly timestampMs: number;
  readonly attempt: ExecutionAttemptId;
  /** The subtask has processed all of its input. */
  readonly finished: boolean;
  /** A promise when barriers are still missing; then undefined, when the checkpoint is given up. */
  readonly inputs: InputCut | Promise<InputCut | undefined>;
  /** What was not replayed yet. */
  readonly replay: OvertakenFrames['replay'];
  readonly outputs: OutputBarrierKind;
  readonly alignmentDurationMs: number;
  readonly format: SnapshotFormat;
}

export type SnapshotOutcome =
  | { readonly type: 'snapshot-durable'; readonly checkpointId: number; readonly snapshot: SubtaskSnapshot; readonly metrics: SnapshotMetrics }
  | { readonly type: 'snapshot-not-stored'; readonly checkpointId: number; readonly error: Error }
  /** The checkpoint was given up while barriers were still missing, or had not left. */
  | { readonly type: 'snapshot-abandoned'; readonly checkpointId: number };

/**
 * K2: captures operators and channel positions before it returns, with no record in between, and sends the barrier on.
 *
 * Rejects when an operator cannot prepare: it has lost records (a sink's file, say), so the task must fail. A storage that cannot store has
 * lost nothing: that is an outcome, and the checkpoint is declined.
 */
export async function takeSnapshot(request: SnapshotRequest, chain: OperatorChain, outputs: TaskOutputs, graph: JobGraph, storage: SnapshotStorage, clock: Clock): Promise<SnapshotOutcome> {
  const { checkpointId, attempt, finished, alignmentDurationMs, replay } = request;
  const startedMs = clock.monotonic();
  chain.prepareSnapshotPreBarrier();
  const barrier = outputs.barrier(checkpointId, request.timestampMs, request.outputs);
  const captured = chain.snapshot({ checkpointId, format: request.format });
  const syncDurationMs = clock.monotonic() - startedMs;
  const operators = await captured;
  const [inputCut, outputCut] = await Promise.all([request.inputs, barrier.settled]);
  if (inputCut === undefined || outputCut === undefined) {
    for (const { tables } of operators) await tables?.settled(undefined);
    return { type: 'snapshot-abandoned', checkpointId };
  }
  try {
    const inFlight = inFlightBytes(graph, { inputs: inputCut, outputs: outputCut, replay });
    const positions = { inputs: inputCut.positions, outputs: outputCut.positions };
    const snapshot = await storage.writeSubtask({ checkpointId, attempt, finished, operators, ...positions, inFlight });
    const asyncDurationMs = clock.monotonic() - startedMs - syncDurationMs;
    return { type: 'snapshot-durable', checkpointId, snapshot, metrics: { alignmentDurationMs, syncDurationMs, asyncDurationMs, sizeBytes: writtenBytes(snapshot, checkpointId) } };
  } catch (error) {
    return { type: 'snapshot-not-stored', checkpointId, error: toError(error) };
  }
}
