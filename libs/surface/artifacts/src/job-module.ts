/** Imports a materialized artifact and finds the job in it. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { isWeirError } from '@weir/base';
import { isJobDefinition, type JobDefinition } from '@weir/datastream';
import { JobModuleFailedError, NoJobInModuleError } from './errors.js';

/**
 * The job that the module at `path` exports by default. `shown` is what people call the module. Throws `WEIR_JOB_MODULE_FAILED`,
 * `WEIR_JOB_MODULE_NO_JOB`. A module is imported once in a thread, however often it is asked for.
 */
export async function importJob(path: string, shown: string, source: string = path): Promise<JobDefinition<unknown>> {
  const loaded = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    throw isWeirError(cause) ? cause : new JobModuleFailedError(shown, cause);
  }) as { readonly default?: unknown };
  if (isJobDefinition(loaded.default)) return loaded.default;
  const found = loaded.default === undefined ? 'exports no job: it has no default export' : `exports by default ${described(loaded.default)} and no job`;
  throw new NoJobInModuleError({ file: shown, line: lineOfDefaultExport(source) }, found);
}

function lineOfDefaultExport(source: string): number {
  const lines = readFileSync(source, 'utf8').split('\n');
  return Math.max(1, lines.findIndex((text) => /\bexport\s+default\b|\bas\s+default\b/.test(text)) + 1);
}

function described(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
