/** Checkpoints below a path that people point at: one checkpoint, a history, a job, or the directory of all. */
import { listCheckpoints, type CheckpointListing } from '@weir/checkpoint';
import { baseName, joinPath, type FileStore } from '@weir/ports';
import { NoCheckpointError } from '../../errors.js';
import { absolutePath } from '../../paths.js';

/** From a working directory down: `.weir`, `checkpoints`, job, `histories`, history, `checkpoints`. */
const MAX_DEPTH = 6;
/** Never holds checkpoints, and may be large. */
const SKIPPED = new Set(['node_modules', '.git']);

/** All checkpoints below `directory`, those of a directory by id, directories by name. Throws `WEIR_CHECKPOINT_NOT_FOUND`. */
export async function findCheckpointsBelow(files: FileStore, path: string, workingDirectory: string): Promise<CheckpointListing[]> {
  const directory = absolutePath(path, { workingDirectory });
  const info = await files.stat(directory);
  if (info === undefined) throw new NoCheckpointError(path, 'nothing is there');
  if (info.kind === 'file') throw new NoCheckpointError(path, 'it is another file');
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
  if (baseName(path) === '_metadata') return (await files.stat(path)) !== undefined;
  const info = await files.stat(path);
  return info?.kind === 'directory' && (await files.stat(joinPath(path, '_metadata'))) !== undefined;
}

/** Why `path`, for which {@link isOneCheckpoint} is false, is not one checkpoint. */
export async function notOneCheckpoint(files: FileStore, path: string, workingDirectory: string): Promise<NoCheckpointError> {
  const { length } = await findCheckpointsBelow(files, path, workingDirectory);
  if (length > 0) return new NoCheckpointError(path, `it is a directory above ${length} ${length === 1 ? 'checkpoint' : 'checkpoints'}`);
  const begun = /^chk-/.test(baseName(absolutePath(path, { workingDirectory })));
  return new NoCheckpointError(path, begun ? 'it has no _metadata, so it never completed or is damaged' : 'the directory holds none');
}
