/**
 * `epoch-<e>.restored`: what the leader of term e started from (D5). Its choice is final: a checkpoint of an earlier term with a larger id is
 * void for ever, since the transactions prepared in it are aborted. Id 0: it started from nothing.
 * The record names the term of that checkpoint, too: one that was written late, by a leader that had been overtaken, then cannot void what a
 * later leader started from.
 */
import { ByteReader, ByteWriter, toError } from '@weir/base';
import { type FileStore, FileStoreError, joinPath } from '@weir/ports';
import { restoredRecordName } from './checkpoint-directory.js';
import { CheckpointDamagedError } from './errors.js';
import { FileKind, seal, unseal } from './sealed-file.js';

export interface RestoredRecord {
  readonly epoch: number;
  readonly restoredId: number;
  /** Term of the leader that completed it; 0 with id 0. */
  readonly restoredEpoch: number;
}

/** Durable and exclusive. A record of this epoch that is there already stands: its content is returned. */
export async function writeRestoredRecord(files: FileStore, directory: string, record: RestoredRecord): Promise<RestoredRecord> {
  const path = joinPath(directory, restoredRecordName(record.epoch));
  const body = new ByteWriter(16);
  body.varint(record.epoch);
  body.varint(record.restoredId);
  body.varint(record.restoredEpoch);
  try {
    await files.createExclusive(path, seal(FileKind.restored, body.view8()));
    return record;
  } catch (failure) {
    if (failure instanceof FileStoreError && failure.failure === 'already-exists') return readRestoredRecord(files, path);
    throw failure;
  }
}

/** Throws `WEIR_CHECKPOINT_DAMAGED`, `WEIR_CHECKPOINT_NOT_RECOGNIZED`, `WEIR_CHECKPOINT_VERSION`. */
export async function readRestoredRecord(files: FileStore, path: string): Promise<RestoredRecord> {
  const input = new ByteReader(unseal(path, FileKind.restored, await files.read(path)));
  try {
    return { epoch: input.varint(), restoredId: input.varint(), restoredEpoch: input.varint() };
  } catch (malformed) {
    throw new CheckpointDamagedError(path, 'epoch, id and term of a restored checkpoint', toError(malformed).message);
  }
}
