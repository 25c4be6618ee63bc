/** From a path on the command line to the job definition in this process. */
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ArtifactStore, importJob, importResolver, type JobArtifact } from '@weir/artifacts';
import type { Configuration } from '@weir/base';
import type { JobDefinition } from '@weir/datastream';
import { processOptions } from '@weir/process';

export interface LoadedJob {
  readonly definition: JobDefinition<unknown>;
  /** SHA-256 of the artifact that was loaded. */
  readonly artifactHash: string;
  /** `file:` URL of the folder of the module, with a slash at its end. */
  readonly entryFolderUrl: string;
  /** Reads the artifact. */
  readonly artifact: () => JobArtifact;
}

/**
 * Bundles the module unless that was done for the same sources before, and imports the artifact. Throws `WEIR_JOB_MODULE_NOT_FOUND`,
 * `WEIR_JOB_MODULE_INVALID`, `WEIR_JOB_MODULE_FAILED`, `WEIR_JOB_MODULE_NO_JOB`.
 */
export async function loadJob(module: string, workingDirectory: string, configuration: Configuration): Promise<LoadedJob> {
  const entry = resolve(workingDirectory, module);
  const store = new ArtifactStore(resolve(workingDirectory, configuration.get(processOptions.artifactDirectory)));
  const artifactHash = store.cachedHash(entry) ?? await bundleInto(store, entry, workingDirectory);
  const entryFolderUrl = pathToFileURL(`${dirname(entry)}/`).href;
  const path = store.importable(artifactHash, entryFolderUrl, importResolver(entryFolderUrl));
  process.setSourceMapsEnabled(true); // not earlier: the job's map is wanted, those of the CLI's own files would only cost time
  const definition = await importJob(path, relative(workingDirectory, entry), entry);
  return { definition, artifactHash, entryFolderUrl, artifact: () => store.get(artifactHash) };
}

async function bundleInto(store: ArtifactStore, entry: string, workingDirectory: string): Promise<string> {
  const { bundleJob } = await import('./bundle-job.js');
  const { artifact, inputs } = await bundleJob(entry, workingDirectory);
  store.put(artifact);
  store.remember(entry, artifact.hash, inputs);
  return artifact.hash;
}
