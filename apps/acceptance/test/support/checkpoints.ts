/** Checkpoint directories on disk, by their names. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { filesBelow } from './output.js';

const CHECKPOINT = /\/chk-(\d+)-\d+$/;

/** Directories below that hold a completed checkpoint, oldest first. */
export function completedCheckpoints(directory: string): string[] {
  return filesBelow(directory)
    .filter((path) => path.endsWith('/_metadata'))
    .map((path) => dirname(path))
    .sort((a, b) => idOf(a) - idOf(b));
}

/** True when a checkpoint has been begun that is not completed. Looks at names only, so that it may run while a job does. */
export function hasIncompleteCheckpoint(directory: string): boolean {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => `/${name}`);
  const completed = new Set(names.filter((name) => name.endsWith('/_metadata')).map((name) => dirname(name)));
  return names.some((name) => CHECKPOINT.test(name) && !completed.has(name));
}

function idOf(path: string): number {
  return Number(CHECKPOINT.exec(path)?.[1] ?? 0);
}
