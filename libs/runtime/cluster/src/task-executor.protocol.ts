/** Messages of the TaskExecutor (`<node>/task-executor`) and of its slots. All are plain data. */
import type { ActorAddress } from '@weir/actor';
import type { ExecutionAttemptId, FailureInfo, JobId } from '@weir/base';
import type { TaskDeployment } from '@weir/task';
import type { JobDescriptor } from './job-descriptor.js';

export type TaskExecutorMessage =
  /**
   * From the ResourceManager, numbered by it: open so many slots for this job. Dropped when another ResourceManager leads by now. Answers: slots-granted to
   * the JobMaster, a report to the ResourceManager.
   */
  | {
    readonly type: 'allocate-slots'; readonly resourceManager: ActorAddress; readonly allocation: number; readonly jobId: JobId; readonly jobMaster: ActorAddress;
    readonly count: number; readonly job: JobDescriptor;
  }
  /** From a JobMaster: these slots, or all of its slots, and what is in them go now. Idempotent. */
  | { readonly type: 'free-slots'; readonly jobId: JobId; readonly jobMaster: ActorAddress; readonly slots?: readonly ActorAddress[] }
  /** From a slot, when their number has changed. */
  | { readonly type: 'slot-tasks'; readonly slot: ActorAddress; readonly tasks: number };

/** Self-sent. */
export type TaskExecutorTurn =
  | { readonly type: 'report-due' }
  | { readonly type: 'leader-changed' }
  | { readonly type: 'slot-opened'; readonly jobMaster: ActorAddress; readonly slot: ActorAddress }
  | { readonly type: 'slot-not-opened'; readonly jobMaster: ActorAddress; readonly failure: FailureInfo }
  /** The host says so; `failure` when it knows why. */
  | { readonly type: 'slot-lost'; readonly slot: ActorAddress; readonly failure?: FailureInfo }
  | { readonly type: 'slot-closed'; readonly slot: ActorAddress };

export type SlotMessage =
  /** From the JobMaster. Answer: task-submitted | task-gone. A duplicate of a live attempt gets the same answer again; of an ended one `task-gone`. */
  | { readonly type: 'submit-task'; readonly deployment: TaskDeployment }
  /** From the JobMaster, after all tasks of the region were submitted. Idempotent. */
  | { readonly type: 'start-task'; readonly attempt: ExecutionAttemptId }
  /** From the JobMaster. The task answers for itself; when it is not there: task-gone. Idempotent. */
  | { readonly type: 'cancel-task'; readonly attempt: ExecutionAttemptId }
  /** From the JobMaster, when the attempt is over or its cancellation took too long: the actor ends now. Idempotent; no answer. */
  | { readonly type: 'remove-task'; readonly attempt: ExecutionAttemptId };

/** Self-sent. */
export type SlotTurn =
  | { readonly type: 'offer-due' }
  | { readonly type: 'job-prepared' }
  | { readonly type: 'job-not-prepared'; readonly failure: FailureInfo };

/** From TaskExecutor and slots to the JobMaster. */
export type TaskManagerReport =
  /** `inUse`: tasks are in it. */
  | { readonly type: 'slots-granted'; readonly taskExecutor: ActorAddress; readonly slots: readonly ActorAddress[]; readonly inUse?: boolean }
  /** The task's actor exists; messages may be sent to `address`. */
  | { readonly type: 'task-submitted'; readonly attempt: ExecutionAttemptId; readonly address: ActorAddress }
  /** The task's actor does not exist (any more). Sent after everything that the task itself reported. */
  | { readonly type: 'task-gone'; readonly attempt: ExecutionAttemptId; readonly failure?: FailureInfo };
