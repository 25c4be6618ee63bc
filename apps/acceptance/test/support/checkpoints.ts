/** Checkpoint directories on disk, by their names. */
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

/** Directories below in which a checkpoint has written state and is not completed. */
export function incompleteCheckpoints(directory: string): string[] {
  const completed = new Set(completedCheckpoints(directory));
  const begun = new Set(filesBelow(directory).map((path) => dirname(path)).filter((path) => CHECKPOINT.test(path)));
  return [...begun].filter((path) => !completed.has(path));
}

function idOf(path: string): number {
  return Number(CHECKPOINT.exec(path)?.[1] ?? 0);
}
