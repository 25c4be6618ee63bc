/** What the world can do wrong to checkpoints. */
import { WeirError } from '@weir/base';

const RESTORE_A_COPY = 'Restore an undamaged copy of this checkpoint directory, or start the job from another checkpoint; `weir checkpoint verify` lists all damage.';

/** A file of a checkpoint does not hold what was written. */
export class CheckpointDamagedError extends WeirError {
  constructor(readonly path: string, readonly expected: string, readonly found: string, cause?: unknown) {
    super({
      code: 'WEIR_CHECKPOINT_DAMAGED',
      domain: 'external',
      retry: 'never',
      message: `${path} is damaged: expected ${expected}, found ${found}`,
      hint: RESTORE_A_COPY,
      cause,
      details: { path, expected, found },
    });
  }
}

/** A file that a checkpoint refers to is not there. */
export class CheckpointFileMissingError extends WeirError {
  constructor(readonly path: string, cause?: unknown) {
    super({
      code: 'WEIR_CHECKPOINT_FILE_MISSING',
      domain: 'external',
      retry: 'never',
      message: `${path} is missing`,
      hint: RESTORE_A_COPY,
      cause,
      details: { path },
    });
  }
}

/** The file is no checkpoint file of Weir at all. */
export class NotACheckpointError extends WeirError {
  constructor(readonly path: string, found: string) {
    super({
      code: 'WEIR_CHECKPOINT_NOT_RECOGNIZED',
      domain: 'user',
      retry: 'never',
      message: `${path} is not a checkpoint of weir: ${found}`,
      hint: 'Name the directory of a checkpoint (chk-<id>-<epoch>) or the _metadata file in it.',
      details: { path },
    });
  }
}

/** Written by another version of Weir. */
export class CheckpointVersionError extends WeirError {
  constructor(readonly path: string, readonly version: number, readonly supported: number) {
    super({
      code: 'WEIR_CHECKPOINT_VERSION',
      domain: 'user',
      retry: 'never',
      message: `${path} has format version ${version}, this weir reads ${supported}`,
      hint: 'Restore with the version of Weir that wrote it, or a newer one.',
      details: { path, version, supported },
    });
  }
}

/** There was a checkpoint, it cannot be found or verified, and starting without it would lose or repeat output (P5). */
export class CheckpointLostError extends WeirError {
  constructor(jobId: string, readonly directory: string, what: string, cause?: unknown) {
    super({
      code: 'WEIR_CHECKPOINT_LOST',
      domain: 'external',
      retry: 'never',
      message: `job ${jobId} cannot be recovered from ${directory}: ${what}`,
      hint: 'Restore the checkpoint directory from a copy and start again; to give its state up on purpose, submit the job as a new one.',
      cause,
      details: { jobId, directory },
    });
  }
}

/** This leader has been replaced, or cannot find out whether it has: it must not act any more. */
export class LeadershipLostError extends WeirError {
  constructor(readonly epoch: number, what: string, cause?: unknown) {
    super({
      code: 'WEIR_LEADERSHIP_LOST',
      domain: 'external',
      retry: 'later',
      message: `leader of epoch ${epoch} steps down: ${what}`,
      hint: 'Another JobManager goes on with the job; nothing is to be done unless this repeats, then look at the high-availability store.',
      cause,
      details: { epoch },
    });
  }
}

/** The state of a checkpoint does not fit the graph that is to be started from it. */
export class StateAssignmentError extends WeirError {
  constructor(message: string, hint: string, details: Readonly<Record<string, unknown>>) {
    super({ code: 'WEIR_STATE_DOES_NOT_FIT', domain: 'user', retry: 'never', message, hint, details });
  }
}

/** Not every acknowledgement came in time; the job goes on from the previous checkpoint. */
export class CheckpointExpiredError extends WeirError {
  constructor(checkpointId: number, waitedMs: number, missing: readonly string[]) {
    super({
      code: 'WEIR_CHECKPOINT_EXPIRED',
      domain: 'external',
      retry: 'later',
      message: `checkpoint ${checkpointId} expired after ${waitedMs} ms without ${missing.length} acknowledgements, of them ${missing.slice(0, 5).join(', ')}`,
      hint: 'Look at backpressure and at the alignment time of these tasks; raise execution.checkpointing.timeout when they are only slow.',
      details: { checkpointId, waitedMs, missing: missing.slice(0, 100) },
    });
  }
}

/** A checkpoint was given up for a reason that is nobody's failure. */
export class CheckpointAbortedError extends WeirError {
  constructor(checkpointId: number, reason: string) {
    super({
      code: 'WEIR_CHECKPOINT_ABORTED',
      domain: 'internal',
      retry: 'later',
      message: `checkpoint ${checkpointId} was aborted: ${reason}`,
      hint: 'Nothing is to be done: the next checkpoint covers what this one would have.',
      details: { checkpointId, reason },
    });
  }
}

/** More checkpoints in a row failed than `execution.checkpointing.tolerable-failed-checkpoints` allows. */
export class TooManyFailedCheckpointsError extends WeirError {
  constructor(failures: number, tolerable: number, cause?: unknown) {
    super({
      code: 'WEIR_CHECKPOINT_FAILURES_EXCEEDED',
      domain: 'external',
      retry: 'restart',
      message: `${failures} checkpoints in a row failed, ${tolerable} are tolerated`,
      hint: 'Look at the cause of the last one; execution.checkpointing.tolerable-failed-checkpoints allows more.',
      cause,
      details: { failures, tolerable },
    });
  }
}

/** The register says that the job has ended; it is not started again by accident. */
export class JobEndedError extends WeirError {
  constructor(jobId: string, readonly status: string) {
    super({
      code: 'WEIR_JOB_ENDED',
      domain: 'user',
      retry: 'never',
      message: `job ${jobId} has ended: ${status}`,
      hint: 'Submit it as a new job; to go on from its last checkpoint, start it from that checkpoint explicitly.',
      details: { jobId, status },
    });
  }
}

/** A savepoint was not taken; the job goes on. */
export class SavepointFailedError extends WeirError {
  constructor(reason: string, cause?: unknown) {
    super({
      code: 'WEIR_SAVEPOINT_FAILED',
      domain: 'user',
      retry: 'later',
      message: `the savepoint was not taken: ${reason}`,
      hint: 'Look at the state of the job, and trigger another one when all of its tasks run.',
      cause,
      details: { reason },
    });
  }
}

/** A savepoint was asked for and nobody said where to. */
export class SavepointDirectoryMissingError extends WeirError {
  constructor() {
    super({
      code: 'WEIR_SAVEPOINT_DIRECTORY_MISSING',
      domain: 'user',
      retry: 'never',
      message: 'a savepoint needs a target directory, and neither the request nor the configuration names one',
      hint: 'Name one in the request, or set execution.checkpointing.savepoint-dir.',
    });
  }
}

/** Options of checkpoints that contradict each other. */
export class CheckpointOptionsError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_CHECKPOINT_OPTIONS', domain: 'user', retry: 'never', message, hint });
  }
}
