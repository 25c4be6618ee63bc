/**
 * Where the imports lead that an artifact leaves open: `@weir/x` to the lib in the bundle of the running process, so that job and runtime share
 * one instance of everything; all else to what Node finds from the job module's folder.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nearestName } from '@weir/base';
import { JobModuleInvalidError } from './errors.js';

/** How this process resolves open imports; `identity` changes whenever the answers may. */
export interface ImportResolver {
  readonly identity: string;
  /** URL of the module. Throws `WEIR_JOB_MODULE_INVALID` when there is none. */
  resolve(specifier: string): string;
}

/** The resolver of this process. `libs`: folder of the bundled libs. */
export function importResolver(entryFolderUrl: string, libs: string = bundledLibs()): ImportResolver {
  return {
    identity: `${libs}#1`,
    resolve(specifier) {
      const own = /^@weir\/([a-z0-9-]+)$/.exec(specifier)?.[1];
      if (own === undefined) return pathToFileURL(resolveFrom(entryFolderUrl, specifier)).href;
      const file = `${libs}/${own}.js`;
      if (existsSync(file)) return pathToFileURL(file).href;
      const near = nearestName(own, readdirSync(libs).flatMap((name) => /^(.+)\.js$/.exec(name)?.[1] ?? []));
      throw new JobModuleInvalidError(`${specifier} is no package of this version of Weir`, undefined, 0, near === undefined ? undefined : `@weir/${near}`);
    },
  };
}

function resolveFrom(entryFolderUrl: string, specifier: string): string {
  try {
    return createRequire(entryFolderUrl).resolve(specifier);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause;
    throw new JobModuleInvalidError(`package ${specifier}, which holds native code and is no part of the artifact, is not installed where the job runs`, undefined, 0);
  }
}

/** Folder of the bundle that this process was started from, wherever in it this code lies. */
export function bundleFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(`${folder}/lib/datastream.js`)) return folder;
  }
  // Not bundled, as in tests of the repository.
  return fileURLToPath(new URL('../../../../apps/cli/dist/bundle', import.meta.url));
}

function bundledLibs(): string {
  return `${bundleFolder()}/lib`;
}
