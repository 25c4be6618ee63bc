/** One subtask's part in a checkpoint: captured now, stored behind. */
import { type ExecutionAttemptId, toError } from '@weir/base';
import { type ChannelPosition, type SnapshotStorage, type SubtaskSnapshot, writtenBytes } from '@weir/checkpoint';
import type { Clock } from '@weir/ports';
import type { SnapshotFormat } from '@weir/state';
import type { OperatorChain } from './chain/operator-chain.js';
import type { TaskOutputs } from './channels/task-outputs.js';
import type { SnapshotMetrics } from './task.protocol.js';

export interface SnapshotRequest {
  readonly checkpointId: number;
  readonly timestampMs: number;
  readonly attempt: ExecutionAttemptId;
  /** The subtask has processed all of its input. */
  readonly finished: boolean;
  readonly inputs: readonly ChannelPosition[];
  readonly alignmentDurationMs: number;
  readonly format: SnapshotFormat;
}

export type SnapshotOutcome =
  | { readonly type: 'snapshot-durable'; readonly checkpointId: number; readonly snapshot: SubtaskSnapshot; readonly metrics: SnapshotMetrics }
  | { readonly type: 'snapshot-not-stored'; readonly checkpointId: number; readonly error: Error };

/**
 * K2: captures operators and channel positions before it returns, with no record in between, and sends the barrier on.
 *
 * Rejects when an operator cannot prepare: it has lost records (a sink's file, say), so the task must fail. A storage that cannot store has
 * lost nothing: that is an outcome, and the checkpoint is declined.
 */
export async function takeSnapshot(request: SnapshotRequest, chain: OperatorChain, outputs: TaskOutputs, storage: SnapshotStorage, clock: Clock): Promise<SnapshotOutcome> {
  const { checkpointId, attempt, finished, inputs, alignmentDurationMs } = request;
  const startedMs = clock.monotonic();
  chain.prepareSnapshotPreBarrier();
  const positions = outputs.barrier(checkpointId, request.timestampMs);
  const captured = chain.snapshot({ checkpointId, format: request.format });
  const syncDurationMs = clock.monotonic() - startedMs;
  const operators = await captured;
  try {
    const snapshot = await storage.writeSubtask({ checkpointId, attempt, finished, operators, inputs, outputs: positions });
    const asyncDurationMs = clock.monotonic() - startedMs - syncDurationMs;
    return { type: 'snapshot-durable', checkpointId, snapshot, metrics: { alignmentDurationMs, syncDurationMs, asyncDurationMs, sizeBytes: writtenBytes(snapshot, checkpointId) } };
  } catch (error) {
    return { type: 'snapshot-not-stored', checkpointId, error: toError(error) };
  }
}

