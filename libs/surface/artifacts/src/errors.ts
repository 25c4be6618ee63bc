/** What can be wrong with a job module or its artifact. */
import { WeirError } from '@weir/base';

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

/** The bytes of an artifact are not those that its name promises. Code `WEIR_ARTIFACT_DAMAGED`. */
export class ArtifactDamagedError extends WeirError {
  constructor(readonly at: { readonly name: string; readonly expected: string; readonly found: string }) {
    super({
      code: 'WEIR_ARTIFACT_DAMAGED', domain: 'external', retry: 'never', details: at,
      message: `the artifact of ${at.name} has the hash ${at.found.slice(0, 12)}…, not ${at.expected.slice(0, 12)}…`,
      hint: 'It was damaged on its way or on disk: submit the job again, and look at the health of the disk.',
    });
  }
}
