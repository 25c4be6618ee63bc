/**
 * Writes a checkpoint as a savepoint: self-contained and relocatable.
 *
 *   <target>/savepoint-<first 6 digits of the job id>-<12 random digits>/<state files> and _metadata
 *
 *  V1  Every byte is verified on its way: a savepoint never passes on damage.
 *  V2  `_metadata` comes last, when all else is durable: it exists = the savepoint is complete.
 *  V3  A savepoint that failed leaves no `_metadata`; its files are removed if possible.
 *  V4  It holds keyed state in the canonical format only, which every backend reads.
 */
import { type JobId, toError } from '@weir/base';
import { baseName, type FileStore, joinPath, type Logger, parentPath, type Random } from '@weir/ports';
import { readInPieces } from './file-checkpoint-storage.js';
import { SavepointFailedError } from './errors.js';
import { writeMetadata } from './metadata-file.js';
import type { CheckpointMetadata, StateHandle, SubtaskSnapshot } from './snapshot.js';

export interface SavepointWriterOptions {
  readonly files: FileStore;
  readonly random: Random;
  readonly logger: Logger;
  readonly jobId: JobId;
  /** The job's checkpoint directory. */
  readonly directory: string;
}

export class SavepointWriter {
  constructor(private readonly options: SavepointWriterOptions) {}

  /** A directory that nobody has: `<target>/savepoint-<jobid6>-<random>`. */
  newPath(targetDirectory: string): string {
    const { jobId, random } = this.options;
    return joinPath(targetDirectory, `savepoint-${jobId.slice(0, 6)}-${random.hex(6)}`);
  }

  /** Resolves when it is durable at `path`. Rejects with `WEIR_FILE_…`, `WEIR_CHECKPOINT_DAMAGED`, `WEIR_CHECKPOINT_FILE_MISSING`. */
  async write(metadata: CheckpointMetadata, path: string): Promise<void> {
    const { files, logger } = this.options;
    try {
      await files.makeDirectory(path);
      const subtasks: SubtaskSnapshot[] = [];
      for (const subtask of metadata.subtasks) {
        const native = subtask.operators.find(({ tables }) => tables !== undefined);
        if (native !== undefined) throw new SavepointFailedError(`operator ${native.operatorId} captured its state in its backend's own format`);
        subtasks.push({ ...subtask, state: await this.copyState(subtask.state, path) });
      }
      await files.syncDirectory(path);
      await files.syncDirectory(parentPath(path));
      await writeMetadata(files, path, { ...metadata, kind: 'savepoint', subtasks }); // V2
    } catch (failure) {
      await this.discard(path).catch((left: unknown) => logger.log('warn', 'a failed savepoint could not be removed', { path, failure: toError(left).message }));
      throw failure;
    }
  }

  /** V3. Begins with `_metadata`: what is half removed is incomplete. */
  async discard(path: string): Promise<void> {
    const { files } = this.options;
    await files.remove(joinPath(path, '_metadata'));
    await files.removeTree(path);
  }

  private async copyState(state: StateHandle | undefined, path: string): Promise<StateHandle | undefined> {
    if (state?.kind !== 'file') return state;
    const { files, directory } = this.options;
    const name = baseName(state.path);
    const writer = await files.create(joinPath(path, name));
    try {
      await readInPieces(files, joinPath(state.root ?? directory, state.path), state, (piece) => writer.write(piece)); // V1
      await writer.sync();
    } finally {
      await writer.close();
    }
    return { kind: 'file', path: name, sizeBytes: state.sizeBytes, crc32: state.crc32 };
  }
}
