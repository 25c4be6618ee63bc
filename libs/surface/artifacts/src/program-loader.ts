/**
 * From an artifact that a cluster keeps to a program that this thread can run. The artifact is materialized in a local folder, which threads
 * and processes share, and imported against the libs of this process.
 *
 * P1: the code that is imported is the code that was submitted: its hash is checked each time it comes from outside.
 */
import { Configuration } from '@weir/base';
import type { StoredArtifact } from '@weir/cluster';
import { jobProgram, type JobDefinition, type RawParameters } from '@weir/datastream';
import type { JobProgram } from '@weir/graph';
import { ArtifactStore } from './artifact-store.js';
import { ArtifactDamagedError } from './errors.js';
import { importResolver } from './import-resolver.js';
import { artifactHash, type JobArtifact, type SourceMapJson } from './job-artifact.js';
import { importJob } from './job-module.js';

export class ProgramLoader {
  private readonly store: ArtifactStore;

  /** `directory`: absolute; made when needed. `libs`: folder of the libs that jobs import, default that of the running bundle. */
  constructor(directory: string, private readonly libs?: string) {
    this.store = new ArtifactStore(directory);
  }

  /** Throws `WEIR_ARTIFACT_DAMAGED`, `WEIR_JOB_MODULE_INVALID`, `WEIR_JOB_MODULE_FAILED`, `WEIR_JOB_MODULE_NO_JOB`. */
  async definition(stored: StoredArtifact): Promise<JobDefinition<unknown>> {
    const { hash, name, entryFolderUrl } = stored;
    if (!this.store.has(hash)) this.store.put(verified(stored));
    const path = this.store.importable(hash, entryFolderUrl, importResolver(entryFolderUrl, this.libs));
    return importJob(path, name);
  }

  /** As {@link definition}, with the job's parameters read: additionally throws `WEIR_JOB_PARAMETER_INVALID`. */
  async program(stored: StoredArtifact, parameters: RawParameters, configuration = Configuration.empty): Promise<JobProgram> {
    return jobProgram(await this.definition(stored), parameters, configuration);
  }
}

/** The artifact as it is sent to a cluster. */
export function toStoredArtifact(artifact: JobArtifact, about: { readonly name: string; readonly entryFolderUrl: string; readonly uploadedAtMs: number }): StoredArtifact {
  return { ...about, hash: artifact.hash, code: artifact.code, map: JSON.stringify(artifact.map), openImports: artifact.openImports.map(({ specifier }) => specifier) };
}

/** P1. */
function verified(stored: StoredArtifact): JobArtifact {
  const found = artifactHash(stored.code);
  if (found !== stored.hash) throw new ArtifactDamagedError({ name: stored.name, expected: stored.hash, found });
  return { hash: found, code: stored.code, map: JSON.parse(stored.map) as SourceMapJson, openImports: stored.openImports.map((specifier) => ({ specifier })) };
}
