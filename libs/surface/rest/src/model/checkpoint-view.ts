/** Checkpoints in Flink's words. Weir keeps no statistics per subtask of a checkpoint: `tasks` is empty, and what concerns alignment is 0. */
import { Configuration } from '@weir/base';
import { checkpointOptions } from '@weir/checkpoint';
import type { CheckpointInfo, JobDetails } from '@weir/cluster';
import type {
  CheckpointConfigInfo, CheckpointingStatistics, CheckpointStatistics, CompletedCheckpointStatistics, FailedCheckpointStatistics, PendingCheckpointStatistics,
} from '../generated/schemas.js';
import { summaryOf } from './statistics.js';

export type CheckpointView = CompletedCheckpointStatistics | FailedCheckpointStatistics | PendingCheckpointStatistics;

export function checkpointsView(job: JobDetails): CheckpointingStatistics {
  const { counts, history, restored } = job.checkpoints;
  const completed = history.filter((it) => it.status === 'completed');
  const newest = (matches: (it: CheckpointInfo) => boolean): CheckpointInfo | undefined => history.find(matches);
  const lastCheckpoint = newest((it) => it.status === 'completed' && it.kind === 'checkpoint');
  const lastSavepoint = newest((it) => it.status === 'completed' && it.kind === 'savepoint');
  const lastFailed = newest((it) => it.status === 'failed');
  const sizes = summaryOf(completed.map((it) => it.sizeBytes));
  const none = summaryOf([]);
  return {
    counts: {
      restored: counts.restored, total: counts.completed + counts.failed + counts.inProgress, in_progress: counts.inProgress, completed: counts.completed,
      failed: counts.failed,
    },
    summary: {
      checkpointed_size: sizes, state_size: sizes, end_to_end_duration: summaryOf(completed.map((it) => it.durationMs)), alignment_buffered: none,
      processed_data: none, persisted_data: none,
    },
    latest: {
      completed: lastCheckpoint === undefined ? null : completedView(lastCheckpoint),
      savepoint: lastSavepoint === undefined ? null : completedView(lastSavepoint),
      failed: lastFailed === undefined ? null : failedView(lastFailed),
      restored: restored === undefined ? null : {
        id: restored.checkpointId, restore_timestamp: Math.round(restored.timestampMs), external_path: restored.path,
        is_savepoint: history.some((it) => it.checkpointId === restored.checkpointId && it.kind === 'savepoint'),
      },
    },
    history: history.map(checkpointView),
  };
}

export function checkpointView(checkpoint: CheckpointInfo): CheckpointView {
  switch (checkpoint.status) {
    case 'completed':
      return completedView(checkpoint);
    case 'failed':
      return failedView(checkpoint);
    case 'in-progress':
      return { ...common(checkpoint), className: 'in_progress', status: 'IN_PROGRESS' };
  }
}

function completedView(checkpoint: CheckpointInfo): CompletedCheckpointStatistics {
  return { ...common(checkpoint), className: 'completed', status: 'COMPLETED', external_path: checkpoint.path ?? null, discarded: false };
}

function failedView(checkpoint: CheckpointInfo): FailedCheckpointStatistics {
  const { failure, triggeredAtMs, durationMs } = checkpoint;
  return {
    ...common(checkpoint), className: 'failed', status: 'FAILED', failure_timestamp: Math.round(triggeredAtMs + durationMs),
    failure_message: failure === undefined ? null : `${failure.code}: ${failure.message}`,
  };
}

function common(checkpoint: CheckpointInfo): Omit<CheckpointStatistics, 'className' | 'status'> {
  const size = Math.round(checkpoint.sizeBytes);
  const savepoint = checkpoint.kind === 'savepoint';
  return {
    id: checkpoint.checkpointId, is_savepoint: savepoint, savepointFormat: savepoint ? 'CANONICAL' : null,
    checkpoint_type: savepoint ? 'SAVEPOINT' : 'CHECKPOINT',
    trigger_timestamp: Math.round(checkpoint.triggeredAtMs), latest_ack_timestamp: checkpoint.lastAckMs > 0 ? Math.round(checkpoint.lastAckMs) : -1,
    checkpointed_size: size, state_size: size, end_to_end_duration: Math.round(checkpoint.durationMs),
    alignment_buffered: 0, processed_data: 0, persisted_data: 0,
    num_subtasks: checkpoint.subtasks, num_acknowledged_subtasks: checkpoint.acknowledgedSubtasks, tasks: {},
  };
}

/** Undefined when checkpointing is off. */
export function checkpointConfigView(job: JobDetails): CheckpointConfigInfo | undefined {
  const configuration = Configuration.of(job.configuration, 'program');
  const interval = configuration.get(checkpointOptions.interval);
  if (interval <= 0) return undefined;
  return {
    mode: 'exactly_once', interval, timeout: configuration.get(checkpointOptions.timeout), min_pause: configuration.get(checkpointOptions.minPause),
    max_concurrent: configuration.get(checkpointOptions.maxConcurrentCheckpoints),
    tolerable_failed_checkpoints: configuration.get(checkpointOptions.tolerableFailedCheckpoints),
    externalization: { enabled: true, delete_on_cancellation: false },
    state_backend: job.configuration['state.backend.type'] ?? 'hashmap', checkpoint_storage: 'FileSystemCheckpointStorage',
    unaligned_checkpoints: false, aligned_checkpoint_timeout: 0, checkpoints_after_tasks_finish: true, state_changelog_enabled: false,
    changelog_storage: '', changelog_periodic_materialization_interval: 0,
  };
}
