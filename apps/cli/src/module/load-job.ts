/** From a path on the command line to the job definition in this process. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isWeirError, nearestName, type Configuration } from '@weir/base';
import { isJobDefinition, type JobDefinition } from '@weir/datastream';
import { cliOptions } from '../configuration.js';
import { JobModuleFailedError, JobModuleInvalidError, NoJobInModuleError } from '../errors.js';
import { ArtifactStore, type ImportResolver } from './artifact-store.js';

export interface LoadedJob {
  readonly definition: JobDefinition<unknown>;
  /** SHA-256 of the artifact that was loaded. */
  readonly artifactHash: string;
}

/**
 * Bundles the module unless that was done for the same sources before, and imports the artifact. Throws `WEIR_JOB_MODULE_NOT_FOUND`,
 * `WEIR_JOB_MODULE_INVALID`, `WEIR_JOB_MODULE_FAILED`, `WEIR_JOB_MODULE_NO_JOB`.
 */
export async function loadJob(module: string, workingDirectory: string, configuration: Configuration): Promise<LoadedJob> {
  const entry = resolve(workingDirectory, module);
  const store = new ArtifactStore(resolve(workingDirectory, configuration.get(cliOptions.artifactDirectory)));
  const artifactHash = store.cachedHash(entry) ?? await bundleInto(store, entry, workingDirectory);
  const path = store.importable(artifactHash, entry, importResolver(entry));
  const shown = relative(workingDirectory, entry);
  process.setSourceMapsEnabled(true); // not earlier: the job's map is wanted, those of the CLI's own files would only cost time
  const loaded = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    throw isWeirError(cause) ? cause : new JobModuleFailedError(shown, cause);
  }) as { readonly default?: unknown };
  return { definition: jobIn(loaded, entry, shown), artifactHash };
}

async function bundleInto(store: ArtifactStore, entry: string, workingDirectory: string): Promise<string> {
  const { bundleJob } = await import('./bundle-job.js');
  const job = await bundleJob(entry, workingDirectory);
  store.put(entry, job);
  return job.artifact.hash;
}

/** `@weir/x` is the lib in this CLI's own bundle, so that job and runtime share one instance; all else is the module's business. */
function importResolver(entry: string): ImportResolver {
  const libs = libraryFolder();
  const fromEntry = createRequire(entry);
  return {
    identity: `${libs}#1`,
    resolve(specifier) {
      const own = /^@weir\/([a-z0-9-]+)$/.exec(specifier)?.[1];
      if (own === undefined) return pathToFileURL(fromEntry.resolve(specifier)).href;
      const file = `${libs}/${own}.js`;
      if (existsSync(file)) return pathToFileURL(file).href;
      const near = nearestName(own, readdirSync(libs).flatMap((name) => /^(.+)\.js$/.exec(name)?.[1] ?? []));
      throw new JobModuleInvalidError(
        `${specifier} is no package of this version of Weir`, undefined, 0, near === undefined ? undefined : `@weir/${near}`,
      );
    },
  };
}

/** `lib/` of the bundle that this file is part of, wherever in it. */
function libraryFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = `${folder}/lib`;
    if (existsSync(`${candidate}/datastream.js`)) return candidate;
  }
  // Not bundled, as in tests: the bundle lies beside.
  return fileURLToPath(new URL('../../dist/bundle/lib', import.meta.url));
}

function jobIn(loaded: { readonly default?: unknown }, entry: string, shown: string): JobDefinition<unknown> {
  if (isJobDefinition(loaded.default)) return loaded.default;
  const lines = readFileSync(entry, 'utf8').split('\n');
  const line = lines.findIndex((text) => /\bexport\s+default\b|\bas\s+default\b/.test(text)) + 1;
  const found = loaded.default === undefined ? 'exports no job: it has no default export' : `exports by default ${described(loaded.default)} and no job`;
  throw new NoJobInModuleError({ file: shown, line: Math.max(1, line) }, found);
}

function described(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
