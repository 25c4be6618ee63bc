/** One job of a term that has not ended, as {@link JobRuns} keeps it. */
import type { ActorAddress, ActorRef, ReplyTo } from '@weir/actor';
import type { FailureInfo, JobId } from '@weir/base';
import type { FoundJob } from './dispatcher.protocol.js';
import type { JobFollowerMessage } from './job-follower.actor.js';
import { JobRecord } from './job-record.js';
import type { JobSubmission } from './job-submission.js';

export interface JobRun {
  readonly submission: JobSubmission;
  readonly record: JobRecord;
  phase: 'starting' | 'alive' | 'checking' | 'waiting' | 'closing';
  /** Counts its JobMasters of this term. */
  start: number;
  next: 'fresh' | 'recover';
  /** A JobMaster has begun to run it, in this term or before. */
  accepted: boolean;
  /** Who submitted it and has no answer yet. */
  readonly waiters: ReplyTo<JobId>[];
  jobMaster: ActorAddress | undefined;
  follower: ActorRef<JobFollowerMessage> | undefined;
  cancel: boolean;
  backoffMs: number;
  aliveSinceMs: number;
  /** What a closing makes of it. */
  closing: { readonly status: 'failed' | 'canceled'; readonly rejected: FailureInfo | undefined };
}

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 60_000;
/** A JobMaster that lived this long had not failed because of its start. */
const STEADY_MS = 60_000;

export function newJobRun({ submission, register, registerFailure }: FoundJob, next: JobRun['next'], waiters: readonly ReplyTo<JobId>[]): JobRun {
  return {
    submission, record: new JobRecord(submission), phase: 'waiting', start: 0, next, accepted: register !== undefined || registerFailure !== undefined,
    waiters: [...waiters], jobMaster: undefined, follower: undefined, cancel: false, backoffMs: FIRST_BACKOFF_MS, aliveSinceMs: 0,
    closing: { status: 'failed', rejected: undefined },
  };
}

/** How long the next JobMaster waits, now that one is gone: twice as long each time, and from the start after one that lived. */
export function takeBackoffMs(job: JobRun, monotonicMs: number): number {
  if (job.aliveSinceMs > 0 && monotonicMs - job.aliveSinceMs >= STEADY_MS) job.backoffMs = FIRST_BACKOFF_MS;
  const { backoffMs } = job;
  job.backoffMs = Math.min(MAX_BACKOFF_MS, backoffMs * 2);
  job.aliveSinceMs = 0;
  return backoffMs;
}
