/** What the {@link JobScheduler} is told and what it decides. All of it plain data. */
import type { ActorAddress } from '@weir/actor';
import type { ExecutionAttemptId, FailureInfo } from '@weir/base';
import type { TaskState } from '@weir/task';
import type { Execution, ExecutionVertex } from './execution-graph.js';
import type { JobState } from './job-status.js';

export type SchedulerEvent =
  | { readonly type: 'start' }
  | { readonly type: 'slots-granted'; readonly slots: readonly ActorAddress[] }
  | { readonly type: 'restore-ready'; readonly group: number; readonly checkpointId: number | undefined }
  | { readonly type: 'task-submitted'; readonly attempt: ExecutionAttemptId; readonly address: ActorAddress }
  | { readonly type: 'task-state'; readonly attempt: ExecutionAttemptId; readonly state: TaskState; readonly failure?: FailureInfo }
  /** The slot says that the task's actor is no more. */
  | { readonly type: 'task-gone'; readonly attempt: ExecutionAttemptId; readonly failure?: FailureInfo }
  /** A slot is gone, or does not answer and is given up. */
  | { readonly type: 'slot-lost'; readonly slot: ActorAddress; readonly reason: string }
  /** Those who wait for slots have waited long enough. */
  | { readonly type: 'slots-overdue'; readonly failure: FailureInfo }
  /** Another job waits for slots that are held here by those who wait themselves. */
  | { readonly type: 'return-idle-slots' }
  /** A failure of no single task: a source's enumerator, too many failed checkpoints. */
  | { readonly type: 'job-failure'; readonly failure: FailureInfo }
  /** Nothing may be written any more: another leader has the job. */
  | { readonly type: 'deposed'; readonly failure: FailureInfo }
  | { readonly type: 'cancel' }
  /** As `cancel`, but the register is left as it is, so that the job can be resumed as if the process had stopped. */
  | { readonly type: 'suspend' }
  | { readonly type: 'outcome-recorded' }
  | SchedulerTimer;

/** Come back when they are due. */
export type SchedulerTimer =
  | { readonly type: 'restart-due'; readonly group: number }
  | { readonly type: 'cancel-overdue'; readonly group: number };

export type SchedulerEffect =
  /** So many are missing now. */
  | { readonly type: 'request-slots'; readonly count: number }
  /** Nothing runs in them, and nothing will. */
  | { readonly type: 'release-slots'; readonly slots: readonly ActorAddress[] }
  | { readonly type: 'timer'; readonly delayMs: number; readonly event: SchedulerTimer }
  /** These subtasks are about to end: no splits for them, no checkpoint with them. */
  | { readonly type: 'subtasks-stopping'; readonly subtasks: readonly ExecutionVertex[]; readonly failure: FailureInfo | undefined }
  /** Find the checkpoint to restore from, once nothing is being completed; answer `restore-ready`. */
  | { readonly type: 'find-restore'; readonly group: number }
  /** Submit the current executions of these subtasks, in this order. */
  | { readonly type: 'deploy'; readonly subtasks: readonly ExecutionVertex[]; readonly checkpointId: number | undefined }
  /** All are created: start them, in this order (consumers first, so that they listen before anything is sent). */
  | { readonly type: 'start-tasks'; readonly executions: readonly Execution[] }
  | { readonly type: 'cancel-task'; readonly execution: Execution }
  /** Idempotent; forcibly ends the task's actor if it lives. */
  | { readonly type: 'remove-task'; readonly execution: Execution }
  /** An execution has taken this state, by its own report or by decision. */
  | { readonly type: 'task-changed'; readonly execution: Execution; readonly state: TaskState }
  | { readonly type: 'state'; readonly from: JobState; readonly to: JobState }
  | { readonly type: 'restarting'; readonly failure: FailureInfo; readonly delayMs: number; readonly restart: number; readonly origin: Execution | undefined }
  /** Set the register's status; answer `outcome-recorded` or `deposed`. */
  | { readonly type: 'record-outcome'; readonly status: 'finished' | 'failed' | 'canceled' }
  | { readonly type: 'ended'; readonly state: 'finished' | 'failed' | 'canceled'; readonly failure: FailureInfo | undefined };
