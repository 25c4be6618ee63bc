/** What can go wrong with the threads of a process. */
import { WeirError } from '@weir/base';

/** A thread ended without being told to. Code `WEIR_THREAD_ENDED`. */
export class ThreadEndedError extends WeirError {
  constructor(node: string, exitCode: number) {
    super({
      code: 'WEIR_THREAD_ENDED', domain: 'external', retry: 'restart', details: { node, exitCode },
      message: `thread ${node} ended with exit code ${exitCode}`,
      hint: 'The job restarts by itself; if this comes back, look at the log of the process, and for code that ends its thread.',
    });
  }
}

/** User code called `process.exit`. Code `WEIR_PROCESS_EXIT_CALLED`. */
export class ProcessExitCalledError extends WeirError {
  constructor(exitCode: unknown) {
    super({
      code: 'WEIR_PROCESS_EXIT_CALLED', domain: 'user', retry: 'restart', details: { exitCode: String(exitCode) },
      message: `code of the job called process.exit(${exitCode === undefined ? '' : String(exitCode)})`,
      hint: 'Throw an error instead: the process belongs to all jobs that run in it.',
    });
  }
}

/** Something that user code started threw or rejected outside of any call that Weir waits for. Code `WEIR_UNCAUGHT_IN_JOB`. */
export class UncaughtInJobError extends WeirError {
  constructor(cause: unknown) {
    super({
      code: 'WEIR_UNCAUGHT_IN_JOB', domain: 'user', retry: 'restart', cause,
      message: `an error that nobody caught: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Look at the first line of the stack that is yours: a timer, an event listener or a promise that nobody awaits threw there.',
    });
  }
}
