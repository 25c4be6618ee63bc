/** From a path on the command line to the artifact of the job there. */
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ArtifactStore, type JobArtifact } from '@weir/artifacts';
import type { Configuration } from '@weir/base';
import { processOptions } from '@weir/process';

export interface OpenedArtifact {
  readonly store: ArtifactStore;
  /** Absolute path of the module. */
  readonly entry: string;
  /** SHA-256 of the artifact. */
  readonly artifactHash: string;
  /** `file:` URL of the folder of the module, with a slash at its end. */
  readonly entryFolderUrl: string;
  /** Reads the artifact. */
  readonly artifact: () => JobArtifact;
}

/** Bundles the module unless that was done for the same sources before. Throws `WEIR_JOB_MODULE_NOT_FOUND`, `WEIR_JOB_MODULE_INVALID`. */
export async function openArtifact(module: string, workingDirectory: string, configuration: Configuration): Promise<OpenedArtifact> {
  const entry = resolve(workingDirectory, module);
  const store = new ArtifactStore(resolve(workingDirectory, configuration.get(processOptions.artifactDirectory)));
  const artifactHash = store.cachedHash(entry) ?? await bundleInto(store, entry, workingDirectory);
  return { store, entry, artifactHash, entryFolderUrl: pathToFileURL(`${dirname(entry)}/`).href, artifact: () => store.get(artifactHash) };
}

async function bundleInto(store: ArtifactStore, entry: string, workingDirectory: string): Promise<string> {
  const { bundleJob } = await import('./bundle-job.js');
  const { artifact, inputs } = await bundleJob(entry, workingDirectory);
  store.put(artifact);
  store.remember(entry, artifact.hash, inputs);
  return artifact.hash;
}
