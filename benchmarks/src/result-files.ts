/** What the sinks of a job say at their end, in files: they are in other threads and processes than the one that measures. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Replaces what a run before left there. */
export function emptyFolder(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function writeResult(folder: string, name: string, result: object): void {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(result));
}

export function readResults<T>(folder: string): T[] {
  return readdirSync(folder).sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T);
}
