/**
 * What goes into the CheckpointCoordinator and what comes out of it. The JobMaster is its shell: it forwards reports of tasks and source
 * coordinators, fires timers and performs the effects. All messages may come late or twice; the outcome says what became of each.
 *
 *   pending checkpoint:   collecting --all acknowledged--> ready --nothing else is being stored--> storing --completed--> completed
 *                             |                              |                                         |
 *                             +----- declined | expired | subsumed | failover | shutdown ------+       +--failed | deposed--> aborted
 *                                                                                              +--> aborted          (terminal: completed, aborted)
 *
 * Once `storing`, only the outcome of the store decides: no expiry, decline or restart of tasks aborts it any more.
 */
import type { ExecutionAttemptId, FailureInfo, JobId, LeaderEpoch, OperatorId } from '@weir/base';
import type { JobGraph } from '@weir/graph';
import type { CheckpointFailureReason, TriggerRefusal } from './checkpoint-failure-reason.js';
import type { CommitPermit } from './commit-permit.js';
import type { CompleteOutcome } from './completed-checkpoint.protocol.js';
import type { CheckpointMetadata, SourceCoordinatorSnapshot, SubtaskSnapshot } from './snapshot.js';

/** States of a task as far as checkpoints care; the same words as `TaskState` of the task protocol. */
export type CheckpointedTaskState = 'created' | 'initializing' | 'running' | 'end-of-data' | 'finished' | 'canceled' | 'failed';

/** What becomes of the job behind a savepoint. */
export type SavepointMode = 'none' | 'suspend' | 'drain';

/** waiting (for checkpoints under way) -> draining (drain only) -> pending -> over */
export interface CurrentSavepoint {
  readonly mode: SavepointMode;
  /** Sources were told to end; the final checkpoint will be it. */
  readonly draining: boolean;
  /** Undefined until its checkpoint is triggered. */
  readonly checkpointId: number | undefined;
}

export type CheckpointCoordinatorMessage =
  /** These attempts, all `created`, replace those of the same subtasks: at the start and after each restart. Aborts what is pending, but not what is being stored. */
  | { readonly type: 'tasks-deployed'; readonly attempts: readonly ExecutionAttemptId[] }
  /** From the task report of the same name. Of another attempt: `unknown-attempt`. Idempotent. */
  | { readonly type: 'task-state'; readonly attempt: ExecutionAttemptId; readonly state: CheckpointedTaskState }
  /** The trigger timer fired; a `generation` other than that of the last `arm-trigger-timer` is dropped. */
  | { readonly type: 'trigger-due'; readonly generation: number }
  /** By a user. Ignores interval and min pause, not the limit of concurrent checkpoints. */
  | { readonly type: 'trigger-manual' }
  /**
   * Takes a savepoint as soon as no checkpoint is under way, one at a time. `suspend`: sources emit nothing behind its barrier, and once it has
   * completed all tasks finish; `drain`: all input is declared over first. Ends in `savepoint-completed` or `savepoint-failed`.
   */
  | { readonly type: 'trigger-savepoint'; readonly mode: SavepointMode }
  /** The final checkpoint, if all tasks are at end of data and it has not been made; the coordinator also notices that by itself. */
  | { readonly type: 'final-trigger' }
  /** From a source coordinator, in the turn in which it sent `trigger-checkpoint` to its tasks. Idempotent. */
  | { readonly type: 'coordinator-snapshotted'; readonly checkpointId: number; readonly snapshot: SourceCoordinatorSnapshot }
  | { readonly type: 'coordinator-declined'; readonly checkpointId: number; readonly operatorId: OperatorId; readonly failure: FailureInfo }
  /** From a task; idempotent per (checkpointId, attempt). `sizeBytes` is for the status. */
  | { readonly type: 'acknowledge'; readonly checkpointId: number; readonly attempt: ExecutionAttemptId; readonly snapshot: SubtaskSnapshot; readonly sizeBytes: number }
  | { readonly type: 'decline'; readonly checkpointId: number; readonly attempt: ExecutionAttemptId; readonly failure: FailureInfo }
  /** The expiry timer fired. */
  | { readonly type: 'expired'; readonly checkpointId: number }
  /** What `CompletedCheckpointStore.complete` answered to `write-metadata`. */
  | { readonly type: 'store-outcome'; readonly checkpointId: number; readonly outcome: CompleteOutcome }
  /** The job has reached a terminal state or this leader steps down; everything pending is aborted and nothing is triggered any more. */
  | { readonly type: 'shutdown' };

export type CheckpointCoordinatorEffect =
  /** Replaces the trigger timer. When it fires: `trigger-due` with this generation. */
  | { readonly type: 'arm-trigger-timer'; readonly generation: number; readonly delayMs: number }
  /** When it fires: `expired`. May be left armed when the checkpoint ends: a late one is dropped. */
  | { readonly type: 'arm-expiry-timer'; readonly checkpointId: number; readonly delayMs: number }
  /**
   * Each of these source coordinators snapshots its enumerator, sends `trigger-checkpoint` to its tasks in the same turn, and answers
   * `coordinator-snapshotted` (or `coordinator-declined`).
   */
  | { readonly type: 'snapshot-source-coordinators'; readonly checkpointId: number; readonly timestampMs: number; readonly operatorIds: readonly OperatorId[]; readonly suspend: boolean; /** A savepoint: barriers overtake nothing. */ readonly aligned: boolean }
  /** These sources declare their input over: max watermark, end of data. */
  | { readonly type: 'drain-sources'; readonly operatorIds: readonly OperatorId[] }
  /**
   * Call `CompletedCheckpointStore.complete(metadata)`; answer with `store-outcome`. Never two at a time. `savepoint`: write it as
   * a savepoint first; if that fails, the outcome is `failed`.
   */
  | { readonly type: 'write-metadata'; readonly metadata: CheckpointMetadata; readonly savepoint: boolean }
  /** Tell tasks, source coordinators and then the user; afterwards `CompletedCheckpointStore.discardSubsumed(permit)`. `repeated`: only tasks that are not finished need it again. `stop`: they finish once they have committed. */
  | { readonly type: 'notify-complete'; readonly checkpointId: number; readonly permit: CommitPermit; readonly summary: CompletedCheckpointSummary; readonly repeated: boolean; readonly stop: boolean }
  | { readonly type: 'savepoint-completed'; readonly checkpointId: number }
  /** The job goes on; suspended sources hear of it by `notify-aborted`. */
  | { readonly type: 'savepoint-failed'; readonly failure: FailureInfo }
  /** Tell tasks and source coordinators `checkpoint-aborted`, the user `checkpoint-failed`. */
  | { readonly type: 'notify-aborted'; readonly checkpointId: number; readonly reason: CheckpointFailureReason; readonly failure: FailureInfo }
  /** Call `CompletedCheckpointStore.discardIncomplete(checkpointId)`. */
  | { readonly type: 'discard-state'; readonly checkpointId: number }
  /** More failures in a row than tolerated, or a fatal one: the job's restart strategy decides. */
  | { readonly type: 'fail-job'; readonly failure: FailureInfo }
  /** Deposed, or unable to know: this JobMaster must stop acting at once and delete nothing. */
  | { readonly type: 'step-down'; readonly failure: FailureInfo }
  /** All tasks are at end of data and no checkpoint will follow (checkpointing is off and no sink needs it): let them finish. */
  | { readonly type: 'release-tasks' };

/**
 * What became of a message. `accepted`: it changed something; `completed`: it was the last acknowledgement, `_metadata` is being written;
 * `triggered`: a checkpoint was started; `refused`: a trigger that started none; `duplicate`: known already; `unknown-attempt`: not from a
 * current attempt; `discarded`: about a checkpoint that is over, or a stale timer.
 */
export type StepOutcome = 'accepted' | 'completed' | 'triggered' | 'refused' | 'duplicate' | 'unknown-attempt' | 'discarded';

export interface CheckpointStep {
  readonly state: CheckpointCoordinatorState;
  /** To be performed in this order. */
  readonly effects: readonly CheckpointCoordinatorEffect[];
  readonly outcome: StepOutcome;
  /** Set when `outcome` is `refused`. */
  readonly refusal?: TriggerRefusal;
}

/** What does not change while one leader runs the job. */
export interface CheckpointCoordinatorConfig {
  readonly jobId: JobId;
  readonly epoch: LeaderEpoch;
  readonly graph: JobGraph;
  /** Operators whose source has an enumerator. */
  readonly sourceOperators: readonly OperatorId[];
  /** True when a sink commits on completion: then even a job without checkpoints makes the final one. */
  readonly hasCommitter: boolean;
  /** 0: no periodic checkpoints. */
  readonly intervalMs: number;
  /** From the completion of one checkpoint to the next periodic trigger, at least. */
  readonly minPauseMs: number;
  readonly timeoutMs: number;
  /** Failures in a row that do not fail the job. */
  readonly tolerableFailures: number;
  readonly maxConcurrent: number;
}

export interface CompletedCheckpointSummary {
  readonly checkpointId: number;
  readonly triggeredAtMs: number;
  readonly durationMs: number;
  readonly sizeBytes: number;
  /** Directory of the checkpoint. */
  readonly path: string;
  readonly isFinal: boolean;
}
/** Numbers for status displays. */
export interface CheckpointStatistics {
  readonly completed: number;
  readonly failed: number;
  readonly inProgress: number;
  readonly last?: CompletedCheckpointSummary;
  /** Aborted checkpoints by reason, those that do not count as failures too. */
  readonly reasons: Readonly<Partial<Record<CheckpointFailureReason, number>>>;
}

export interface TrackedTask {
  readonly attempt: ExecutionAttemptId;
  readonly state: CheckpointedTaskState;
}

export interface PendingCheckpoint {
  readonly checkpointId: number;
  readonly phase: 'collecting' | 'ready' | 'storing';
  readonly triggeredAt: CheckpointInstant;
  /** Subtask keys whose acknowledgement is still missing. */
  readonly missingTasks: ReadonlySet<string>;
  readonly missingCoordinators: ReadonlySet<OperatorId>;
  readonly coordinators: readonly SourceCoordinatorSnapshot[];
  /** By subtask key; those of tasks that had finished before are taken over from the last completed checkpoint. */
  readonly snapshots: ReadonlyMap<string, SubtaskSnapshot>;
  /** Subtask keys whose snapshot was taken over. */
  readonly carriedOver: ReadonlySet<string>;
  readonly sizeBytes: number;
}

/** Immutable; made by `initialCheckpointCoordinatorState`, changed only by `stepCheckpointCoordinator`. */
export interface CheckpointCoordinatorState {
  readonly phase: 'active' | 'stopped';
  readonly nextCheckpointId: number;
  readonly tasks: ReadonlyMap<string, TrackedTask>;
  /** Ascending by id. */
  readonly pending: readonly PendingCheckpoint[];
  readonly triggerGeneration: number;
  /** Monotonic; undefined before the first. */
  readonly lastCompletedAtMs: number | undefined;
  /** A periodic trigger came while one was pending: it fires right after. */
  readonly periodicOverdue: boolean;
  readonly failuresInRow: number;
  readonly savepoint: CurrentSavepoint | undefined;
  /** A savepoint with `suspend` has completed: nothing is triggered any more, tasks are told until all have finished. */
  readonly suspended: boolean;
  /** The last aborted ids whose state was discarded, at most 16: what late acknowledgements of them wrote is discarded again. */
  readonly recentlyAborted: readonly number[];
  /** The last completed one: finished tasks' snapshots are taken from it, and its notification is repeated at the end of a job. */
  readonly lastCompleted: { readonly metadata: CheckpointMetadata; readonly permit: CommitPermit; readonly summary: CompletedCheckpointSummary } | undefined;
  readonly statistics: CheckpointStatistics;
}

/** The moment of a step. Delays are computed from `monotonicMs`; `wallMs` is only recorded. */
export interface CheckpointInstant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}
