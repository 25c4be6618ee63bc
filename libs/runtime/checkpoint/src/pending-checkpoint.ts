/** A checkpoint that is being collected: who is missing, what came, and the metadata that it becomes. Values; nothing is changed in place. */
import type { OperatorId } from '@weir/base';
import type {
  CheckpointCoordinatorConfig, CheckpointInstant, CompletedCheckpointSummary, PendingCheckpoint,
} from './checkpoint-coordinator.protocol.js';
import type { CommitPermit } from './commit-permit.js';
import type { CheckpointMetadata, OperatorSummary, SourceCoordinatorSnapshot, SubtaskSnapshot } from './snapshot.js';
import { stateSizeBytes } from './state-size.js';

export function newPendingCheckpoint(
  checkpointId: number, now: CheckpointInstant, tasks: readonly string[], sources: readonly OperatorId[], carriedOver: ReadonlyMap<string, SubtaskSnapshot>,
): PendingCheckpoint {
  return {
    checkpointId,
    phase: 'collecting',
    triggeredAt: now,
    missingTasks: new Set(tasks),
    missingCoordinators: new Set(sources),
    coordinators: [],
    snapshots: new Map(carriedOver),
    carriedOver: new Set(carriedOver.keys()),
    sizeBytes: 0,
  };
}

export function withCoordinator(pending: PendingCheckpoint, snapshot: SourceCoordinatorSnapshot): PendingCheckpoint {
  return {
    ...pending,
    missingCoordinators: without(pending.missingCoordinators, snapshot.operatorId),
    coordinators: [...pending.coordinators, snapshot],
    sizeBytes: pending.sizeBytes + snapshot.bytes.length,
  };
}

export function withAcknowledgement(pending: PendingCheckpoint, key: string, snapshot: SubtaskSnapshot, sizeBytes: number): PendingCheckpoint {
  return {
    ...pending,
    missingTasks: without(pending.missingTasks, key),
    snapshots: new Map(pending.snapshots).set(key, snapshot),
    sizeBytes: pending.sizeBytes + sizeBytes,
  };
}

/** The task finished without seeing this barrier: the snapshot of its end stands for it. */
export function withFinishedTask(pending: PendingCheckpoint, key: string, last: SubtaskSnapshot): PendingCheckpoint {
  return {
    ...pending,
    missingTasks: without(pending.missingTasks, key),
    snapshots: new Map(pending.snapshots).set(key, last),
    carriedOver: new Set(pending.carriedOver).add(key),
  };
}

function without<T>(set: ReadonlySet<T>, element: T): Set<T> {
  const rest = new Set(set);
  rest.delete(element);
  return rest;
}

export function metadataOf(config: CheckpointCoordinatorConfig, pending: PendingCheckpoint, completedAtMs: number): CheckpointMetadata {
  const subtasks = [...pending.snapshots.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, snapshot]) => snapshot);
  return {
    checkpointId: pending.checkpointId,
    jobId: config.jobId,
    jobName: config.graph.jobName,
    epoch: config.epoch,
    jobGraphHash: config.graph.hash,
    triggeredAtMs: pending.triggeredAt.wallMs,
    completedAtMs,
    operators: config.graph.vertices.flatMap((vertex) =>
      vertex.operators.map(
        ({ operatorId, name, uid, stateful }): OperatorSummary => ({
          operatorId, name, uid, stateful,
          vertexId: vertex.id,
          parallelism: vertex.parallelism,
          maxParallelism: vertex.maxParallelism,
          maxParallelismExplicit: vertex.maxParallelismExplicit,
        }),
      ),
    ),
    coordinators: [...pending.coordinators].sort((a, b) => (a.operatorId < b.operatorId ? -1 : 1)),
    subtasks,
    isFinal: subtasks.every((snapshot) => snapshot.finished),
  };
}

/** Of a checkpoint that completed now. */
export function completionSummary(permit: CommitPermit, pending: PendingCheckpoint, now: CheckpointInstant): CompletedCheckpointSummary {
  const { metadata, path } = permit.checkpoint;
  return {
    checkpointId: metadata.checkpointId,
    triggeredAtMs: metadata.triggeredAtMs,
    durationMs: now.monotonicMs - pending.triggeredAt.monotonicMs,
    sizeBytes: pending.sizeBytes,
    path,
    isFinal: metadata.isFinal,
  };
}

/** Of a checkpoint that an earlier leader completed. */
export function restoredSummary(permit: CommitPermit): CompletedCheckpointSummary {
  const { metadata, path } = permit.checkpoint;
  return {
    checkpointId: metadata.checkpointId,
    triggeredAtMs: metadata.triggeredAtMs,
    durationMs: Math.max(0, metadata.completedAtMs - metadata.triggeredAtMs),
    sizeBytes: stateSizeBytes(metadata),
    path,
    isFinal: metadata.isFinal,
  };
}
