/**
 * Messages of a JobMaster (`<node>/job/<jobId>`) and what its client hears. All but the checkpoint coordinator's reports, which stay on the
 * node, are plain data.
 */
import type { FailureInfo } from '@weir/base';
import type { TaskReport } from '@weir/task';
import type { CheckpointCoordinatorReport } from './checkpoint-coordinator.actor.js';
import type { OpenedJob } from './job-opening.js';
import type { SchedulerTimer } from './job-scheduler.events.js';
import type { JobEvent, JobResult, JobStatus } from './job-status.js';
import type { SourceCoordinatorReport } from './source-coordinator.protocol.js';
import type { TaskManagerReport } from './task-executor.protocol.js';

export type JobMasterMessage =
  | TaskReport
  | TaskManagerReport
  | SourceCoordinatorReport
  | CheckpointCoordinatorReport
  /** From the client. Idempotent. Ends in job-ended `canceled`, unless the job ends otherwise first. */
  | { readonly type: 'cancel-job' }
  /** From the cluster when it closes: stops the tasks and leaves the register alone, so that the job can be resumed. Ends as `cancel-job`. */
  | { readonly type: 'suspend-job' };

/** Self-sent. */
export type JobMasterTurn =
  | SchedulerTimer
  | { readonly type: 'opened'; readonly job: OpenedJob }
  | { readonly type: 'open-failed'; readonly failure: FailureInfo }
  | { readonly type: 'outcome-recorded' }
  | { readonly type: 'outcome-deposed'; readonly failure: FailureInfo }
  | { readonly type: 'push-status' };

/** From the JobMaster to its client, in this order: rejected, or accepted, then events and statuses, then ended. */
export type JobClientMessage =
  /** Something was wrong before anything ran; the JobMaster is gone. */
  | { readonly type: 'job-rejected'; readonly failure: FailureInfo }
  | { readonly type: 'job-accepted'; readonly status: JobStatus }
  | { readonly type: 'job-event'; readonly event: JobEvent; readonly status: JobStatus }
  /** When metrics have changed, at most ten a second. */
  | { readonly type: 'job-status'; readonly status: JobStatus }
  /** The last message. */
  | { readonly type: 'job-ended'; readonly result: JobResult };
