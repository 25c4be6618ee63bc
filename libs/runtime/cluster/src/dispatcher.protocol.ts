/** Messages of the Dispatcher (`<node>/dispatcher.<epoch>`). What others may ask is what a ClusterGateway may be asked. */
import type { ActorAddress, ReplyTo } from '@weir/actor';
import type { FailureInfo, JobId } from '@weir/base';
import type { JobPlan } from '@weir/graph';
import type { JobRegister } from '@weir/ports';
import type { ArtifactInfo, JobDetails, OperationStatus, SavepointRequest, SubmitRequest } from './cluster-gateway.js';
import type { JobClientMessage } from './job-master.protocol.js';
import type { JobOutcome } from './job-store.js';
import type { JobSubmission, StoredArtifact } from './job-submission.js';

/** Each is answered, with the coded errors that ClusterGateway names. All may be repeated. */
export type DispatcherRequest =
  | { readonly type: 'list-jobs'; readonly replyTo: ReplyTo<readonly JobDetails[]> }
  | { readonly type: 'describe-job'; readonly jobId: string; readonly replyTo: ReplyTo<JobDetails> }
  | { readonly type: 'submit-job'; readonly request: SubmitRequest; readonly replyTo: ReplyTo<JobId> }
  | { readonly type: 'cancel-job'; readonly jobId: string; readonly replyTo: ReplyTo<void> }
  | { readonly type: 'take-savepoint'; readonly jobId: string; readonly request: SavepointRequest; readonly replyTo: ReplyTo<string> }
  | { readonly type: 'describe-operation'; readonly jobId: string; readonly triggerId: string; readonly replyTo: ReplyTo<OperationStatus> }
  | { readonly type: 'add-artifact'; readonly artifact: StoredArtifact; readonly replyTo: ReplyTo<void> }
  | { readonly type: 'list-artifacts'; readonly replyTo: ReplyTo<readonly ArtifactInfo[]> }
  | { readonly type: 'remove-artifact'; readonly hash: string; readonly replyTo: ReplyTo<void> }
  | { readonly type: 'plan-job'; readonly request: SubmitRequest; readonly replyTo: ReplyTo<JobPlan> }
  | { readonly type: 'describe-configuration'; readonly replyTo: ReplyTo<Readonly<Record<string, string>>> };

export type DispatcherMessage =
  | DispatcherRequest
  /** From its JobManager: this term is over. Suspends what it started, then stops. Idempotent. */
  | { readonly type: 'leadership-ended' };

/** From the followers of its JobMasters; `start` tells the JobMasters of one job apart. */
export type FollowerReport =
  | { readonly type: 'job-master-said'; readonly jobId: JobId; readonly start: number; readonly message: JobClientMessage }
  | { readonly type: 'job-master-gone'; readonly jobId: JobId; readonly start: number; readonly failure?: FailureInfo }
  | { readonly type: 'job-master-unreachable'; readonly jobId: JobId; readonly start: number };

/** What was found of a job in the store. */
export interface FoundJob {
  readonly submission: JobSubmission;
  /** Undefined: no JobMaster has ever opened the job. */
  readonly register: JobRegister | undefined;
  /** The register could not be read. */
  readonly registerFailure?: FailureInfo;
}

/** Self-sent, about one job. `start` as for followers. */
export type JobRunTurn =
  | { readonly type: 'start-due'; readonly jobId: JobId }
  | { readonly type: 'job-master-started'; readonly jobId: JobId; readonly start: number; readonly address: ActorAddress }
  | { readonly type: 'job-master-not-started'; readonly jobId: JobId; readonly start: number; readonly failure: FailureInfo }
  | { readonly type: 'check-due'; readonly jobId: JobId; readonly start: number; readonly failure: FailureInfo | undefined }
  | { readonly type: 'register-found'; readonly jobId: JobId; readonly start: number; readonly failure: FailureInfo | undefined; readonly register: JobRegister | undefined }
  | { readonly type: 'register-unknown'; readonly jobId: JobId; readonly start: number; readonly failure: FailureInfo | undefined; readonly error: Error }
  | { readonly type: 'close-due'; readonly jobId: JobId }
  | { readonly type: 'job-closed'; readonly jobId: JobId; readonly register: JobRegister }
  | { readonly type: 'job-not-closed'; readonly jobId: JobId; readonly failure: FailureInfo }
  | { readonly type: 'outcome-kept'; readonly answer: () => void };

/** Self-sent. */
export type DispatcherTurn =
  | { readonly type: 'scan' }
  | { readonly type: 'scanned'; readonly live: readonly FoundJob[]; readonly ended: readonly FoundJob[] }
  | { readonly type: 'scan-failed'; readonly failure: FailureInfo }
  | { readonly type: 'outcomes-found'; readonly outcomes: readonly JobOutcome[] }
  | { readonly type: 'submission-stored'; readonly found: FoundJob; readonly isNew: boolean }
  | { readonly type: 'submission-failed'; readonly jobId: JobId; readonly error: Error }
  | { readonly type: 'answered'; readonly answer: () => void }
  | { readonly type: 'operation-forgotten'; readonly triggerId: string }
  | { readonly type: 'suspension-overdue' };

/** All that a Dispatcher handles. */
export type DispatcherInput = DispatcherMessage | FollowerReport | JobRunTurn | DispatcherTurn;
