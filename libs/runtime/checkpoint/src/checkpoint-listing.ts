/** What lies in a job's checkpoint directory, each checkpoint read and verified as far as asked. */
import { isWeirError } from '@weir/base';
import { type FileInfo, type FileStore, joinPath } from '@weir/ports';
import { METADATA_FILE, parseCheckpointDirectoryName, parseRestoredRecordName } from './checkpoint-directory.js';
import { CheckpointDamagedError, CheckpointFileMissingError } from './errors.js';
import { readInPieces } from './file-checkpoint-storage.js';
import { readMetadata } from './metadata-file.js';
import type { FoundCheckpoint } from './recovery-decision.js';
import { readRestoredRecord, type RestoredRecord } from './restored-record.js';
import type { CheckpointMetadata } from './snapshot.js';
import { filesOf } from './snapshot-files.js';

/** `sizes`: the files of the state are there and as long as they should be; `checksums`: all their bytes are read. */
export type StateVerification = 'sizes' | 'checksums';

const DAMAGE_CODES: ReadonlySet<string> = new Set([
  'WEIR_CHECKPOINT_DAMAGED', 'WEIR_CHECKPOINT_FILE_MISSING', 'WEIR_CHECKPOINT_NOT_RECOGNIZED', 'WEIR_CHECKPOINT_VERSION',
]);

/** True for errors that say what is wrong with a checkpoint, false for a disk that fails: from the latter nothing may be concluded. */
export function isDamage(error: unknown): error is Error & { readonly code: string; readonly hint: string } {
  return isWeirError(error) && DAMAGE_CODES.has(error.code);
}

/** Directories of checkpoints, ascending by (id, epoch). */
export async function listCheckpointDirectories(files: FileStore, directory: string): Promise<readonly { readonly path: string; readonly checkpointId: number; readonly epoch: number }[]> {
  const entries = await files.list(directory);
  return entries
    .flatMap((entry) => {
      const name = parseCheckpointDirectoryName(entry.name);
      return name === undefined || entry.kind !== 'directory' ? [] : [{ path: joinPath(directory, entry.name), ...name }];
    })
    .sort((a, b) => a.checkpointId - b.checkpointId || a.epoch - b.epoch);
}

/** Reads every checkpoint; `verification` says per checkpoint how far its state is checked. A failing disk throws `WEIR_FILE_…`. */
export async function findCheckpoints(files: FileStore, directory: string, verification: (checkpointId: number) => StateVerification): Promise<FoundCheckpoint[]> {
  const found: FoundCheckpoint[] = [];
  for (const at of await listCheckpointDirectories(files, directory)) {
    if ((await files.stat(joinPath(at.path, METADATA_FILE))) === undefined) {
      found.push({ ...at, kind: 'incomplete' });
      continue;
    }
    try {
      const metadata = await readMetadata(files, at.path);
      if (metadata.checkpointId !== at.checkpointId || metadata.epoch !== at.epoch) {
        throw new CheckpointDamagedError(at.path, `checkpoint ${at.checkpointId} of epoch ${at.epoch}`, `checkpoint ${metadata.checkpointId} of epoch ${metadata.epoch}`);
      }
      await verifyState(files, directory, metadata, verification(at.checkpointId));
      found.push({ ...at, kind: 'complete', checkpoint: { metadata, path: at.path } });
    } catch (problem) {
      if (!isDamage(problem)) throw problem;
      found.push({ ...at, kind: 'damaged', problem: problem.message });
    }
  }
  return found;
}

async function verifyState(files: FileStore, directory: string, metadata: CheckpointMetadata, verification: StateVerification): Promise<void> {
  for (const state of filesOf(metadata)) {
    const path = joinPath(directory, state.path);
    if (verification === 'checksums') {
      await readInPieces(files, path, state, () => Promise.resolve());
      continue;
    }
    const info: FileInfo | undefined = await files.stat(path);
    if (info === undefined) throw new CheckpointFileMissingError(path);
    if (info.sizeBytes !== state.sizeBytes) throw new CheckpointDamagedError(path, `${state.sizeBytes} bytes`, `${info.sizeBytes} bytes`);
  }
}

/** All `epoch-<e>.restored`. A damaged one throws. */
export async function listRestoredRecords(files: FileStore, directory: string): Promise<RestoredRecord[]> {
  const records: RestoredRecord[] = [];
  for (const entry of await files.list(directory)) {
    if (parseRestoredRecordName(entry.name) !== undefined) records.push(await readRestoredRecord(files, joinPath(directory, entry.name)));
  }
  return records;
}
