/** Errors of the command line itself: usage, job modules that cannot be loaded, paths that are no checkpoints. */
import { WeirError } from '@weir/base';

/** The command line cannot be understood. Code `WEIR_CLI_USAGE`, exit code 2. */
export class UsageError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_CLI_USAGE', domain: 'user', retry: 'never', message, hint });
  }
}

/** There is no file at the given path. Code `WEIR_JOB_MODULE_NOT_FOUND`. */
export class JobModuleNotFoundError extends WeirError {
  constructor(path: string, near: string | undefined, isDirectory = false) {
    super({
      code: 'WEIR_JOB_MODULE_NOT_FOUND', domain: 'user', retry: 'never',
      message: isDirectory ? `${path} is a directory and no job module` : `there is no job module at ${path}`,
      hint: near === undefined ? 'Give the path of a TypeScript or JavaScript file, relative to the working directory.' : `Did you mean ${near}?`,
      details: { path },
    });
  }
}

/** A place in a source file; line and column from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly lineText: string;
}

/** The job module, or something it imports, does not compile or cannot be resolved. Code `WEIR_JOB_MODULE_INVALID`. */
export class JobModuleInvalidError extends WeirError {
  constructor(message: string, readonly position: SourcePosition | undefined, furtherProblems: number, near?: string) {
    super({
      code: 'WEIR_JOB_MODULE_INVALID', domain: 'user', retry: 'never', message,
      hint: near !== undefined ? `Did you mean ${near}?` : furtherProblems === 0 ? 'Correct the source and run again.' : `Correct the source and run again; there are ${furtherProblems} further problems.`,
      ...(position === undefined ? {} : { details: { position } }),
    });
  }
}

/** The module was loaded and threw while its top level ran. Code `WEIR_JOB_MODULE_FAILED`. */
export class JobModuleFailedError extends WeirError {
  constructor(path: string, cause: unknown) {
    super({
      code: 'WEIR_JOB_MODULE_FAILED', domain: 'user', retry: 'never', cause,
      message: `${path} failed while it was loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Keep the top level of a job module free of effects; work belongs into the functions of the job.',
      details: { path },
    });
  }
}

/** The default export is not what `defineJob` returns. Code `WEIR_JOB_MODULE_NO_JOB`. */
export class NoJobInModuleError extends WeirError {
  constructor(position: { readonly file: string; readonly line: number }, found: string) {
    super({
      code: 'WEIR_JOB_MODULE_NO_JOB', domain: 'user', retry: 'never',
      message: `${position.file}:${position.line} ${found}`,
      hint: "Write `export default defineJob('name', (env, params) => { … })` with defineJob from @weir/datastream.",
      details: { position },
    });
  }
}

/** A path given to `weir checkpoint` is no checkpoint and holds none. Code `WEIR_CHECKPOINT_NOT_FOUND`. */
export class NoCheckpointError extends WeirError {
  constructor(path: string, why: string) {
    super({
      code: 'WEIR_CHECKPOINT_NOT_FOUND', domain: 'user', retry: 'never',
      message: `${path} is no checkpoint: ${why}`,
      hint: 'List them with `weir checkpoint ls`, for example of .weir/checkpoints, and give a path from its last column.',
      details: { path },
    });
  }
}
