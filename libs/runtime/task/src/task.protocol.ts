/**
 * Messages between a task (the actor of one operator instance) and the JobMaster's actors. All are plain data.
 *
 *   CREATED -> INITIALIZING -> RUNNING -> END_OF_DATA -> FINISHED
 *                  |              |            |
 *                  +--------------+------------+--> CANCELED | FAILED          (terminal: FINISHED, CANCELED, FAILED)
 *
 * END_OF_DATA: all bounded input is processed and `finish` was called; the task lives on until a checkpoint that contains this has completed
 * and its sinks have committed. Every message carries the attempt, so that those of a dead attempt are recognized and dropped.
 */
import type { ExecutionAttemptId, FailureInfo, OperatorId } from '@weir/base';
import type { SubtaskSnapshot } from '@weir/checkpoint';
import type { SnapshotFormat } from '@weir/state';

export type TaskState = 'created' | 'initializing' | 'running' | 'end-of-data' | 'finished' | 'canceled' | 'failed';

export type TaskMessage =
  /** From the TaskExecutor, once, after every task of the region is deployed. Restores, opens, then reports `running`. */
  | { readonly type: 'start' }
  /** From the source's coordinator, in order with `trigger-checkpoint`. Duplicates cannot happen (FIFO link or failed attempt). */
  | { readonly type: 'assign-splits'; readonly operatorId: OperatorId; readonly splits: readonly unknown[] }
  | { readonly type: 'no-more-splits'; readonly operatorId: OperatorId }
  /** From the source's coordinator, to source tasks only. Answer: acknowledge-checkpoint | decline-checkpoint to the JobMaster. */
  | { readonly type: 'trigger-checkpoint'; readonly checkpointId: number; readonly timestampMs: number; /** Emit nothing behind the barrier; `checkpoint-aborted` of this id takes it back. */ readonly suspend: boolean; /** Of a savepoint: the barrier overtakes nothing. */ readonly aligned: boolean }
  /** From the source's coordinator, to source tasks only: the input ends here. */
  | { readonly type: 'drain' }
  /**
   * From the JobMaster. May be lost: a later one subsumes it, except for the last: `isFinal` (every subtask had finished), which the JobMaster
   * repeats until the task reports `finished`. `stop` (a savepoint that ends the job): finish once committed, whatever input there is; repeated
   * likewise. Idempotent.
   */
  | { readonly type: 'checkpoint-complete'; readonly checkpointId: number; readonly isFinal: boolean; readonly stop: boolean }
  /** From the JobMaster. Idempotent; may come before the barrier. */
  | { readonly type: 'checkpoint-aborted'; readonly checkpointId: number }
  /** From the JobMaster, around a savepoint: how keyed state is captured from now on. Answer: snapshot-format-set. Idempotent. */
  | { readonly type: 'snapshot-format'; readonly format: SnapshotFormat }
  /** From the TaskExecutor or JobMaster. Answer: task-state `canceled`. Idempotent. */
  | { readonly type: 'cancel' };

/** From a task to the JobMaster. */
export type TaskReport =
  | { readonly type: 'task-state'; readonly attempt: ExecutionAttemptId; readonly state: TaskState; readonly failure?: FailureInfo }
  /** Once the snapshot is durable. Idempotent per (checkpointId, attempt). */
  | {
      readonly type: 'acknowledge-checkpoint';
      readonly attempt: ExecutionAttemptId;
      readonly checkpointId: number;
      readonly snapshot: SubtaskSnapshot;
      readonly metrics: SnapshotMetrics;
    }
  | { readonly type: 'decline-checkpoint'; readonly attempt: ExecutionAttemptId; readonly checkpointId: number; readonly failure: FailureInfo }
  | { readonly type: 'snapshot-format-set'; readonly attempt: ExecutionAttemptId; readonly format: SnapshotFormat }
  /** Each `task.report-interval`, and with each change of state. */
  | { readonly type: 'task-metrics'; readonly attempt: ExecutionAttemptId; readonly metrics: TaskMetrics };

/** From a source task to its source's coordinator. */
export type ReaderReport =
  | { readonly type: 'register-reader'; readonly attempt: ExecutionAttemptId; readonly operatorId: OperatorId }
  | { readonly type: 'request-split'; readonly attempt: ExecutionAttemptId; readonly operatorId: OperatorId };

export interface SnapshotMetrics {
  /** From the first barrier to the last; 0 for sources. */
  readonly alignmentDurationMs: number;
  readonly syncDurationMs: number;
  readonly asyncDurationMs: number;
  readonly sizeBytes: number;
}

export interface TaskMetrics {
  readonly operators: readonly OperatorMetrics[];
  /** Since the task started; wall time is their sum. */
  readonly busyMs: number;
  readonly idleMs: number;
  readonly backpressuredMs: number;
  /** Combined input watermark; null before the first and for sources. */
  readonly inputWatermark: number | null;
}
export interface OperatorMetrics {
  readonly operatorId: OperatorId;
  readonly name: string;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly lateRecordsDropped: number;
  readonly skippedRecords: number;
  /** Records encoded by the self-describing fallback because their shape did not fit. */
  readonly fallbackRecords: number;
  /** Last emitted watermark; null before the first. Infinity travels as Number.MAX_VALUE. */
  readonly outputWatermark: number | null;
  /** Sources of bounded input: what is left of the held splits, in the unit of the enumerator's `work`. */
  readonly remainingWork?: number;
}
