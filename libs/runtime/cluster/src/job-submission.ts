/** What a client hands in, as it is kept in `jobs/<jobId>/job.json`. Plain data; all that a JobMaster needs to open the job, on any JobManager. */
import type { JobId } from '@weir/base';

/** An artifact on its way and at rest: one module, `@weir/*` left open, named by the SHA-256 of its code. */
export interface StoredArtifact {
  readonly hash: string;
  /** File name that people know it by, e.g. `job.ts`. */
  readonly name: string;
  readonly code: string;
  /** Source map, version 3, as JSON text. */
  readonly map: string;
  readonly openImports: readonly string[];
  /** `file:` URL of the folder of the entry module where it was bundled: what `import.meta.url` is relative to. */
  readonly entryFolderUrl: string;
  readonly uploadedAtMs: number;
}

export interface JobSubmission {
  readonly jobId: JobId;
  /** From the module; known once its graph was built. */
  readonly jobName: string;
  readonly artifactHash: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What the client set, over the cluster's own configuration. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Relative paths of connectors are relative to it. */
  readonly workingDirectory: string;
  readonly submittedAtMs: number;
  /** Savepoint or checkpoint to begin from. */
  readonly restoreFrom?: { readonly path: string; readonly allowNonRestoredState: boolean };
}
