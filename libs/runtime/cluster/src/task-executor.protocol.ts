/** Messages of the TaskExecutor (`<node>/task-executor`) and of its slots (`<node>/slot/<n>`). All are plain data. */
import type { ActorAddress } from '@weir/actor';
import type { ExecutionAttemptId, FailureInfo, JobId } from '@weir/base';
import type { TaskDeployment } from '@weir/task';

export type TaskExecutorMessage =
  /** From a JobMaster: this many slots more. Answer: slots-granted | slots-refused with the same `request`. A duplicate gets the same answer. */
  | { readonly type: 'request-slots'; readonly jobId: JobId; readonly request: number; readonly count: number; readonly jobMaster: ActorAddress }
  /** From a JobMaster at its end: its slots and what is in them go. Idempotent. */
  | { readonly type: 'free-slots'; readonly jobId: JobId; readonly jobMaster: ActorAddress };

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
export type SlotTimer = { readonly type: 'abandoned-overdue' };

/** From TaskExecutor and slots to the JobMaster. */
export type TaskManagerReport =
  | { readonly type: 'slots-granted'; readonly request: number; readonly slots: readonly ActorAddress[] }
  | { readonly type: 'slots-refused'; readonly request: number; readonly available: number }
  /** The task's actor exists; messages may be sent to `address`. */
  | { readonly type: 'task-submitted'; readonly attempt: ExecutionAttemptId; readonly address: ActorAddress }
  /** The task's actor does not exist (any more). Sent after everything that the task itself reported. */
  | { readonly type: 'task-gone'; readonly attempt: ExecutionAttemptId; readonly failure?: FailureInfo };
