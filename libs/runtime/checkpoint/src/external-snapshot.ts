/** A savepoint, or a checkpoint of another job, that a new job starts from. It stays its owner's: the job only reads it (NO_CLAIM). */
import { type FileStore, joinPath, parentPath } from '@weir/ports';
import { readInPieces } from './file-checkpoint-storage.js';
import { metadataPath, readMetadata } from './metadata-file.js';
import type { CheckpointMetadata, CompletedCheckpoint } from './snapshot.js';
import { filesOf, withFiles } from './snapshot-files.js';

/** What the paths of a snapshot's files are relative to. `path`: its directory. */
export function stateRootOf(metadata: CheckpointMetadata, path: string): string {
  return metadata.kind === 'savepoint' ? path : parentPath(path);
}

/**
 * Reads and verifies all of it; its handles then say where they lie. `path`: the directory or its `_metadata`. Throws
 * `WEIR_CHECKPOINT_FILE_MISSING`, `WEIR_CHECKPOINT_DAMAGED`, `WEIR_CHECKPOINT_NOT_RECOGNIZED`, `WEIR_CHECKPOINT_VERSION`, each naming the file.
 */
export async function readExternalSnapshot(files: FileStore, path: string): Promise<CompletedCheckpoint> {
  const directory = parentPath(metadataPath(path.replace(/(.)\/+$/, '$1')));
  const metadata = await readMetadata(files, directory);
  const root = stateRootOf(metadata, directory);
  const subtasks = metadata.subtasks.map((subtask) => withFiles(subtask, (file) => ({ ...file, root })));
  for (const file of filesOf(metadata)) await readInPieces(files, joinPath(root, file.path), file, () => Promise.resolve());
  return { metadata: { ...metadata, subtasks }, path: directory };
}
