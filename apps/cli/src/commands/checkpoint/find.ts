/** Checkpoints below a path that people point at: one checkpoint, a history, a job, or the directory of all. */
import { resolve } from 'node:path';
import { listCheckpoints, type CheckpointListing } from '@weir/checkpoint';
import { FileStoreError, joinPath, type FileStore } from '@weir/ports';

/** From a working directory down: `.weir`, `checkpoints`, job, `histories`, history, `checkpoints`. */
const MAX_DEPTH = 6;
/** Never holds checkpoints, and may be large. */
const SKIPPED = new Set(['node_modules', '.git']);

/** All checkpoints below `directory`, those of a directory by id, directories by name. Throws `WEIR_FILE_NOT_FOUND`. */
export async function findCheckpointsBelow(files: FileStore, path: string, workingDirectory: string): Promise<CheckpointListing[]> {
  const directory = resolve(workingDirectory, path);
  if ((await files.stat(directory)) === undefined) throw new FileStoreError('not-found', 'look for checkpoints in', path);
  return walk(files, directory, MAX_DEPTH);
}

async function walk(files: FileStore, directory: string, depth: number): Promise<CheckpointListing[]> {
  const found = await listCheckpoints(files, directory);
  if (found.length > 0 || depth === 0) return found;
  const below: CheckpointListing[] = [];
  for (const entry of await files.list(directory)) {
    if (entry.kind === 'directory' && !SKIPPED.has(entry.name)) below.push(...(await walk(files, joinPath(directory, entry.name), depth - 1)));
  }
  return below;
}

/** True when `path` is one checkpoint: its directory or its `_metadata`. */
export async function isOneCheckpoint(files: FileStore, path: string): Promise<boolean> {
  const info = await files.stat(path);
  return info?.kind === 'file' || (await files.stat(joinPath(path, '_metadata'))) !== undefined;
}
