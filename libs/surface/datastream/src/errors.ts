/** Coded errors of building a job. */
import { WeirError } from '@weir/base';

/** A job parameter is missing, unknown or cannot be read. */
export class InvalidJobParameterError extends WeirError {
  constructor(readonly parameter: string, message: string, hint: string) {
    super({ code: 'WEIR_JOB_PARAMETER_INVALID', domain: 'user', retry: 'never', message, hint, details: { parameter } });
  }
}

/** The API was called in a way that gives no job. */
export class InvalidJobError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_JOB_INVALID', domain: 'user', retry: 'never', message, hint });
  }
}

/** The function given to `defineJob` threw. The cause is what it threw. */
export class JobBuildFailedError extends WeirError {
  constructor(jobName: string, cause: unknown) {
    super({
      code: 'WEIR_JOB_BUILD_FAILED', domain: 'user', retry: 'never', cause,
      message: `job "${jobName}" could not be built: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`,
      hint: 'Correct the function given to defineJob; it runs at each start, before any record.',
    });
  }
}

/** `execute` was called where nothing can run a job. */
export class ExecutorMissingError extends WeirError {
  constructor(cause?: unknown) {
    super({
      code: 'WEIR_EXECUTOR_MISSING',
      domain: 'user',
      retry: 'never',
      message: 'nothing is there to run jobs in this process: no executor is registered and @weir/local cannot be loaded',
      hint: 'Install @weir/local, or give the environment an executor of its own.',
      cause,
    });
  }
}
