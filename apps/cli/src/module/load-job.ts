/** From a path on the command line to the job definition in this process. */
import { relative } from 'node:path';
import { importJob, importResolver } from '@weir/artifacts';
import type { Configuration } from '@weir/base';
import type { JobDefinition } from '@weir/datastream';
import { openArtifact, type OpenedArtifact } from './open-artifact.js';

export interface LoadedJob extends Pick<OpenedArtifact, 'artifactHash' | 'entryFolderUrl' | 'artifact'> {
  readonly definition: JobDefinition<unknown>;
}

/**
 * Bundles the module unless that was done for the same sources before, and imports the artifact. Throws `WEIR_JOB_MODULE_NOT_FOUND`,
 * `WEIR_JOB_MODULE_INVALID`, `WEIR_JOB_MODULE_FAILED`, `WEIR_JOB_MODULE_NO_JOB`.
 */
export async function loadJob(module: string, workingDirectory: string, configuration: Configuration): Promise<LoadedJob> {
  const { store, entry, artifactHash, entryFolderUrl, artifact } = await openArtifact(module, workingDirectory, configuration);
  const path = store.importable(artifactHash, entryFolderUrl, importResolver(entryFolderUrl));
  process.setSourceMapsEnabled(true); // not earlier: the job's map is wanted, those of the CLI's own files would only cost time
  const definition = await importJob(path, relative(workingDirectory, entry), entry);
  return { definition, artifactHash, entryFolderUrl, artifact };
}
