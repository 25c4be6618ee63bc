/**
 * Messages of a JobMaster (`<node>/job/<jobId>`) and what its client hears. All but the checkpoint coordinator's reports, which stay on the
 * node, are plain data.
 */
import type { ActorAddress } from '@weir/actor';
import type { FailureInfo, JobId } from '@weir/base';
import type { TaskReport } from '@weir/task';
import type { CheckpointCoordinatorReport } from './checkpoint-coordinator.actor.js';
import type { CheckpointInfo, JobDetails, SavepointRequest } from './cluster-gateway.js';
import type { OpenedJob } from './job-opening.js';
import type { SchedulerTimer } from './job-scheduler.events.js';
import type { JobEvent, JobResult, JobStatus } from './job-status.js';
import type { ResourceManagerReport } from './resource-manager.protocol.js';
import type { SourceCoordinatorReport } from './source-coordinator.protocol.js';
import type { TaskManagerReport } from './task-executor.protocol.js';

export type JobMasterMessage =
  | TaskReport
  | TaskManagerReport
  | ResourceManagerReport
  | SourceCoordinatorReport
  | CheckpointCoordinatorReport
  /** From the client. Idempotent. Ends in job-ended `canceled`, unless the job ends otherwise first. */
  | { readonly type: 'cancel-job' }
  /** From the cluster when it closes: stops the tasks and leaves the register alone, so that the job can be resumed. Ends as `cancel-job`. */
  | { readonly type: 'suspend-job' }
  /** From whoever started it, when another ResourceManager leads. */
  | { readonly type: 'follow-resource-manager'; readonly resourceManager: ActorAddress }
  /** From the client. A repeated `triggerId` triggers nothing. Answer: savepoint-completed | savepoint-failed. */
  | { readonly type: 'take-savepoint'; readonly triggerId: string; readonly targetDirectory?: string; readonly then: SavepointRequest['then'] };

/** Self-sent. */
export type JobMasterTurn =
  | SchedulerTimer
  | { readonly type: 'opened'; readonly job: OpenedJob }
  | { readonly type: 'open-failed'; readonly failure: FailureInfo }
  | { readonly type: 'outcome-recorded' }
  | { readonly type: 'outcome-deposed'; readonly failure: FailureInfo }
  | { readonly type: 'push-status' }
  | { readonly type: 'push-report' }
  /** The ResourceManager did not answer for a while. */
  | { readonly type: 'declare-again' }
  /** The job has waited for slots for `slot.request.timeout`. */
  | { readonly type: 'slots-overdue' };

/** All that a JobMaster handles. */
export type JobMasterInput = JobMasterMessage | JobMasterTurn;

/** What a JobMaster tells of its job beyond the status: for REST and the console. */
export type JobReport = Pick<JobDetails, 'plan' | 'subtasks' | 'configuration' | 'maxParallelism' | 'missingSlots' | 'sources'> & {
  /** Under way now, where the JobMaster knows them. Completed and failed ones are events. */
  readonly checkpointsInProgress?: readonly CheckpointInfo[];
};

/**
 * From the JobMaster to its client, in this order: rejected, or accepted, then events, statuses, reports and answers about savepoints, then ended.
 * Each names its job: one client may follow many.
 */
export type JobClientMessage =
  /** Something was wrong before anything ran; the JobMaster is gone. */
  | { readonly type: 'job-rejected'; readonly jobId: JobId; readonly failure: FailureInfo }
  | { readonly type: 'job-accepted'; readonly jobId: JobId; readonly status: JobStatus }
  /** `origin`: the task that an event's failure came from. */
  | { readonly type: 'job-event'; readonly jobId: JobId; readonly event: JobEvent; readonly status: JobStatus; readonly origin?: { readonly taskName: string; readonly node: string } }
  /** When metrics have changed, at most ten a second. */
  | { readonly type: 'job-status'; readonly jobId: JobId; readonly status: JobStatus }
  /** At most ten a second. */
  | { readonly type: 'job-report'; readonly jobId: JobId; readonly report: JobReport }
  | { readonly type: 'savepoint-completed'; readonly jobId: JobId; readonly triggerId: string; readonly path: string }
  | { readonly type: 'savepoint-failed'; readonly jobId: JobId; readonly triggerId: string; readonly failure: FailureInfo }
  /** The last message. */
  | { readonly type: 'job-ended'; readonly jobId: JobId; readonly result: JobResult };
