/** What can go wrong with a job as a whole. */
import { attemptKey, type ExecutionAttemptId, type FailureInfo, type JobId, type OperatorId, RemoteFailureError, WeirError } from '@weir/base';

/** The register says that this history has ended: all of its output is committed. */
export class JobAlreadyFinishedError extends WeirError {
  constructor(readonly jobId: JobId) {
    super({
      code: 'WEIR_JOB_ALREADY_FINISHED', domain: 'user', retry: 'never', details: { jobId },
      message: `job ${jobId} has already finished`,
      hint: 'Its results are complete; start it afresh to compute them again.',
    });
  }
}

/** The job is running here already. */
export class JobAlreadyRunningError extends WeirError {
  constructor(readonly jobId: JobId) {
    super({
      code: 'WEIR_JOB_ALREADY_RUNNING', domain: 'user', retry: 'later', details: { jobId },
      message: `job ${jobId} is already running in this cluster`,
      hint: 'Wait for its end or cancel it, or start another history under another job id.',
    });
  }
}

/** A fresh start was asked for under the identity of a history that has checkpoints. */
export class JobHistoryExistsError extends WeirError {
  constructor(readonly jobId: JobId, readonly path: string) {
    super({
      code: 'WEIR_JOB_HISTORY_EXISTS', domain: 'user', retry: 'never', details: { jobId, path },
      message: `job ${jobId} has checkpoints already, the latest is ${path}`,
      hint: 'Resume this job, or start afresh under a new job id.',
    });
  }
}

/** The restart strategy allows no further restart. */
export class RestartsExhaustedError extends WeirError {
  constructor(strategy: string, failures: number, cause: FailureInfo) {
    super({
      code: 'WEIR_RESTARTS_EXHAUSTED', domain: 'external', retry: 'never', cause: new RemoteFailureError(cause), details: { strategy, failures },
      message: `no further restart by strategy ${strategy} after ${failures} ${failures === 1 ? 'failure' : 'failures'}: ${cause.message}`,
      hint: `Mend the cause (${cause.code}), then resume the job from its last checkpoint; or allow more restarts with the options restart-strategy.*.`,
    });
  }
}

/** A task ended without saying why. */
export class TaskLostError extends WeirError {
  constructor(attempt: ExecutionAttemptId, reason: string) {
    super({
      code: 'WEIR_TASK_LOST', domain: 'external', retry: 'restart', details: { attempt: attemptKey(attempt) },
      message: `task ${attemptKey(attempt)} is gone: ${reason}`,
      hint: 'The job restarts by itself; if this comes back, look at the log of the TaskManager.',
    });
  }
}

/** A slot could not create a task. */
export class TaskSubmissionError extends WeirError {
  constructor(attempt: ExecutionAttemptId, reason: string, cause?: unknown) {
    super({
      code: 'WEIR_TASK_SUBMISSION_FAILED', domain: 'internal', retry: 'restart', details: { attempt: attemptKey(attempt) }, cause,
      message: `task ${attemptKey(attempt)} could not be created: ${reason}`,
      hint: 'Check that client, JobManager and TaskManagers run the same build of the job and of Weir.',
    });
  }
}

/** The TaskExecutors have fewer slots than the job needs. */
export class NotEnoughSlotsError extends WeirError {
  constructor(readonly at: { readonly needed: number; readonly missing: number }) {
    super({
      code: 'WEIR_NOT_ENOUGH_SLOTS', domain: 'user', retry: 'later', details: at,
      message: `the job needs ${at.needed} slots, ${at.missing} of them are not to be had`,
      hint: 'Lower the parallelism, add TaskManagers, or wait until other jobs have ended.',
    });
  }
}

/** A source's enumerator state was written by another version of the source. */
export class SourceStateVersionError extends WeirError {
  constructor(readonly at: { readonly operatorId: OperatorId; readonly found: number; readonly expected: number }) {
    super({
      code: 'WEIR_SOURCE_STATE_VERSION', domain: 'user', retry: 'never', details: at,
      message: `source ${at.operatorId} has state of version ${at.found} in the checkpoint, its code expects version ${at.expected}`,
      hint: 'Resume with the version of the connector that wrote the checkpoint, or give the source a new uid to start it afresh.',
    });
  }
}

/** The cluster was closed. */
export class ClusterClosedError extends WeirError {
  constructor() {
    super({
      code: 'WEIR_CLUSTER_CLOSED', domain: 'user', retry: 'never',
      message: 'the cluster is closed or was not started',
      hint: 'Call start() before the first job and close() after the last.',
    });
  }
}

/** A stop with savepoint whose savepoint is there, while the job did not end behind it. */
export class StopFailedError extends WeirError {
  constructor(readonly path: string) {
    super({
      code: 'WEIR_STOP_FAILED', domain: 'external', retry: 'later', details: { path },
      message: `the job did not stop behind its savepoint ${path}`,
      hint: 'It goes on from there: stop it again. A job that begins from this savepoint as well would repeat its output.',
    });
  }
}
