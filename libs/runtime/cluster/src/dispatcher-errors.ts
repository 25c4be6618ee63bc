/** What can go wrong with requests to a cluster and with what it keeps of its jobs. */
import { type JobId, WeirError } from '@weir/base';

/** Another JobManager leads, or nobody does yet. */
export class NotLeaderError extends WeirError {
  /** `leader`: whom to ask instead, where that is known. */
  constructor(node: string, readonly leader: { readonly leader: string; readonly restUrl: string } | undefined, why = 'it does not lead') {
    super({
      code: 'WEIR_NOT_LEADER', domain: 'external', retry: 'later', details: { node, leader: leader?.leader ?? '', restUrl: leader?.restUrl ?? '' },
      message: `${node} cannot take the request: ${why}`,
      hint: leader === undefined ? 'Nobody is known to lead: try again in a few seconds.' : `Ask ${leader.leader}${leader.restUrl === '' ? '' : ` at ${leader.restUrl}`} instead.`,
    });
  }
}

/** No job of this id was ever accepted here. */
export class JobNotFoundError extends WeirError {
  constructor(readonly jobId: string) {
    super({
      code: 'WEIR_JOB_NOT_FOUND', domain: 'user', retry: 'never', details: { jobId },
      message: `there is no job ${jobId}`,
      hint: 'List the jobs of this cluster; ended ones are kept up to the option jobstore.max-capacity.',
    });
  }
}

/** The request needs a job that runs. */
export class JobAlreadyEndedError extends WeirError {
  constructor(readonly jobId: JobId, readonly state: string) {
    super({
      code: 'WEIR_JOB_ALREADY_ENDED', domain: 'user', retry: 'never', details: { jobId, state },
      message: `job ${jobId} has already ended: ${state}`,
      hint: 'Nothing is left to be done for it; submit it again as a new job to run it once more.',
    });
  }
}

/** The job exists, but has no JobMaster that could carry the request out at this moment. */
export class JobNotRunningError extends WeirError {
  constructor(readonly jobId: JobId, readonly state: string) {
    super({
      code: 'WEIR_JOB_NOT_RUNNING', domain: 'external', retry: 'later', details: { jobId, state },
      message: `job ${jobId} is not running at the moment, it is ${state}`,
      hint: 'Wait until the job runs again, then repeat the request.',
    });
  }
}

/** No artifact of this hash is stored. */
export class ArtifactNotFoundError extends WeirError {
  constructor(readonly hash: string) {
    super({
      code: 'WEIR_ARTIFACT_NOT_FOUND', domain: 'user', retry: 'never', details: { hash },
      message: `there is no artifact ${hash}`,
      hint: 'Upload the artifact first; jobs are submitted by the hash of an artifact that the cluster has.',
    });
  }
}

/** What was uploaded is not what its name says. */
export class ArtifactHashMismatchError extends WeirError {
  constructor(at: { readonly hash: string; readonly found: string }) {
    super({
      code: 'WEIR_ARTIFACT_HASH_MISMATCH', domain: 'user', retry: 'never', details: at,
      message: `the artifact that was sent as ${at.hash} has the hash ${at.found}`,
      hint: 'It was changed on its way, or its hash was not made from its code: bundle and upload it again.',
    });
  }
}

/** A job that has not ended needs the artifact. */
export class ArtifactInUseError extends WeirError {
  constructor(at: { readonly hash: string; readonly jobId: JobId }) {
    super({
      code: 'WEIR_ARTIFACT_IN_USE', domain: 'user', retry: 'later', details: at,
      message: `artifact ${at.hash} is needed by job ${at.jobId}`,
      hint: 'Cancel the job first, or wait for its end: it could not be recovered without its artifact.',
    });
  }
}

/** No operation of this id is known: never begun here, or so long ago that it was forgotten. */
export class OperationNotFoundError extends WeirError {
  constructor(readonly at: { readonly jobId: JobId; readonly triggerId: string }) {
    super({
      code: 'WEIR_OPERATION_NOT_FOUND', domain: 'user', retry: 'never', details: at,
      message: `job ${at.jobId} has no operation ${at.triggerId}`,
      hint: 'Outcomes of operations are kept for five minutes and not across a change of the leader; look for the savepoint in its target directory.',
    });
  }
}

/** The store failed while a submission was written or looked up: nobody knows whether the job is there, for a failed write may have taken effect. */
export class SubmissionUnknownError extends WeirError {
  constructor(readonly jobId: JobId, cause: Error) {
    super({
      code: 'WEIR_SUBMISSION_UNKNOWN', domain: 'external', retry: 'later', details: { jobId }, cause,
      message: `it is not known whether job ${jobId} was stored: ${cause.message}`,
      hint: 'Submit it again with the same job id: it is one job, however often. With another id it may run twice.',
    });
  }
}

/** An id that would name a file is not of the form that is allowed. */
export class InvalidIdError extends WeirError {
  constructor(readonly at: { readonly what: string; readonly expected: string; readonly found: string }) {
    super({
      code: 'WEIR_ID_INVALID', domain: 'user', retry: 'never', details: at,
      message: `${at.what} is ${at.expected}, not ${JSON.stringify(at.found.slice(0, 100))}`,
      hint: 'Use the id as the cluster has given it out.',
    });
  }
}

/** A file in the cluster's storage directory is not what was written there. */
export class JobStoreDamagedError extends WeirError {
  constructor(readonly path: string, problem: string, hint: string) {
    super({
      code: 'WEIR_JOB_STORE_DAMAGED', domain: 'external', retry: 'never', details: { path, problem },
      message: `${path} is damaged: ${problem}`, hint,
    });
  }
}

/** The JobMaster of a job ended without a result. The job is started again. */
export class JobMasterLostError extends WeirError {
  constructor(readonly at: { readonly jobId: JobId; readonly jobMaster: string; readonly reason: string }, cause?: unknown) {
    super({
      code: 'WEIR_JOB_MASTER_LOST', domain: 'external', retry: 'restart', details: at, cause,
      message: `the JobMaster of job ${at.jobId} at ${at.jobMaster} is gone: ${at.reason}`,
      hint: 'The job goes on from its last completed checkpoint by itself; if this comes back, look at the log of the JobManager.',
    });
  }
}
