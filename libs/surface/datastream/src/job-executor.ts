/** What runs a job for an environment. The surface only builds graphs; whoever can run them registers here. */
import type { Configuration } from '@weir/base';
import type { JobProgram } from '@weir/graph';
import { ExecutorMissingError } from './errors.js';

export interface JobExecutionResult {
  readonly jobId: string;
  readonly jobName: string;
  /** From the first task's start to the last one's end. */
  readonly netRuntimeMs: number;
}

export interface JobExecutor {
  /** Runs the job to its end. Rejects with the error that failed or cancelled it. */
  execute(program: JobProgram, configuration: Configuration): Promise<JobExecutionResult>;
}

let registered: JobExecutor | undefined;

/** Registers what environments without an executor of their own use. The last call wins; undefined removes it. */
export function setDefaultExecutor(executor: JobExecutor | undefined): void {
  registered = executor;
}

/**
 * The registered executor; without one, that of `@weir/local`, which is loaded only now: building graphs needs no runtime.
 * Throws `WEIR_EXECUTOR_MISSING` when it is not installed.
 */
export async function defaultExecutor(): Promise<JobExecutor> {
  registered ??= await import('@weir/local').then(
    (local) => local.createLocalExecutor(),
    (cause: unknown) => {
      throw new ExecutorMissingError(cause);
    },
  );
  return registered;
}
