/**
 * Snapshots of subtasks as files. Owns: the bytes of one subtask and their verification. The completed-checkpoint store owns which
 * checkpoint counts.
 *
 *  F1  A file is created new, written once, fsynced, its directory fsynced, before its handle is given away. It is named by checkpoint and
 *      attempt, so no two attempts share one.
 *  F2  A file whose write or fsync failed is abandoned: closed, removed if possible, never written again.
 *  F3  No byte of a handle is given out before size and checksum of all of it were verified.
 *  F4  The cache holds at most `cacheBytes`; files under way are shared by their readers.
 *  F5  A table file of a state backend is written once: later checkpoints refer to it where a completed one holds it. Which files those are is
 *      the backend's to know; that they are not deleted meanwhile is the completed-checkpoint store's (S5).
 */
import { assert, crc32, toError } from '@weir/base';
import { type FileStore, FileStoreError, type FileWriter, joinPath, type Logger, silentLogger } from '@weir/ports';
import type { StoredFile, TableFile, TableSnapshot } from '@weir/state';
import { checkpointDirectoryName, stateFileName } from './checkpoint-directory.js';
import { CheckpointDamagedError, CheckpointFileMissingError } from './errors.js';
import { hex } from './sealed-file.js';
import type { FileHandle, StateHandle, SubtaskSnapshot, TableSetIndex } from './snapshot.js';
import type { SnapshotStorage, SubtaskSnapshotInput } from './snapshot-storage.js';
import { layOutState, segmentBytes, type StateLayout } from './state-file.js';

export interface FileCheckpointStorageOptions {
  readonly files: FileStore;
  /** The job's checkpoint directory; `StateHandle.path` is relative to it. */
  readonly directory: string;
  /** States up to this size go into the acknowledgement and `_metadata`. Default 20 KiB. */
  readonly inlineThresholdBytes?: number;
  /** Default 64 MiB. */
  readonly cacheBytes?: number;
  readonly logger?: Logger;
}

export class FileCheckpointStorage implements SnapshotStorage {
  private readonly files: FileStore;
  private readonly directory: string;
  private readonly inlineThresholdBytes: number;
  private readonly cacheBytes: number;
  private readonly logger: Logger;
  private readonly reading = new Map<string, Promise<Uint8Array>>();
  /** Least recently used first. */
  private readonly cache = new Map<string, Uint8Array>();
  private cachedBytes = 0;

  constructor(options: FileCheckpointStorageOptions) {
    this.files = options.files;
    this.directory = options.directory;
    this.inlineThresholdBytes = options.inlineThresholdBytes ?? 20 * 1024;
    this.cacheBytes = options.cacheBytes ?? 64 * 1024 * 1024;
    this.logger = options.logger ?? silentLogger;
  }

  async writeSubtask(input: SubtaskSnapshotInput): Promise<SubtaskSnapshot> {
    try {
      const sets: (TableSetIndex | undefined)[] = [];
      for (const { tables } of input.operators) sets.push(tables === undefined ? undefined : await this.writeTables(tables, input));
      const written = await this.writeState(input);
      for (const [i, { tables }] of input.operators.entries()) await tables?.settled(sets[i]?.files.map(({ file }) => storedFile(file)));
      return { ...written, operators: written.operators.map((index, i) => (sets[i] === undefined ? index : { ...index, tables: sets[i] })) };
    } catch (failure) {
      for (const { tables } of input.operators) await tables?.settled(undefined);
      throw failure;
    }
  }

  /** F5. */
  private async writeTables(tables: TableSnapshot, { checkpointId, attempt }: SubtaskSnapshotInput): Promise<TableSetIndex> {
    const { format, keyGroups, meta } = tables;
    const directory = checkpointDirectoryName(checkpointId, attempt.epoch);
    const prefix = stateFileName(attempt).replace(/\.state$/, '');
    const files: { readonly name: string; readonly file: FileHandle }[] = [];
    let wrote = false;
    for (const table of tables.files) {
      if (table.stored !== undefined) {
        files.push({ name: table.name, file: { kind: 'file', ...table.stored } });
        continue;
      }
      if (!wrote) await this.files.makeDirectory(joinPath(this.directory, directory));
      wrote = true;
      const path = joinPath(directory, `${prefix}-${tables.scope}-${table.name}`);
      files.push({ name: table.name, file: { kind: 'file', path, sizeBytes: table.sizeBytes, crc32: await this.copyTable(table, joinPath(this.directory, path)) } });
    }
    if (wrote) await this.files.syncDirectory(joinPath(this.directory, directory));
    return { format, keyGroups, meta, files };
  }

  /** The checksum of what was written. F1, F2. */
  private async copyTable(table: TableFile, path: string): Promise<number> {
    const writer = await this.files.create(path);
    try {
      let checksum = 0;
      for (let offset = 0; offset < table.sizeBytes; offset += PIECE_BYTES) {
        const piece = await table.read(offset, Math.min(PIECE_BYTES, table.sizeBytes - offset));
        checksum = crc32(piece, checksum);
        await writer.write(piece);
      }
      assert(writer.sizeBytes === table.sizeBytes, `${table.name} had ${table.sizeBytes} bytes, ${writer.sizeBytes} were written`);
      await writer.sync();
      await writer.close();
      return checksum;
    } catch (failure) {
      await this.abandon(path, writer);
      throw failure;
    }
  }

  readFile(file: FileHandle, take: (piece: Uint8Array) => Promise<void>): Promise<void> {
    return readInPieces(this.files, joinPath(file.root ?? this.directory, file.path), file, take);
  }

  private async writeState(input: SubtaskSnapshotInput): Promise<SubtaskSnapshot> {
    const { checkpointId, attempt, finished, inputs, outputs, inFlight = [] } = input;
    const size = segmentBytes(input.operators, inFlight);
    const inline = size <= this.inlineThresholdBytes;
    const layout = layOutState(input.operators, inline ? undefined : { checkpointId, attempt }, inFlight);
    const path = joinPath(checkpointDirectoryName(checkpointId, attempt.epoch), stateFileName(attempt));
    let state: StateHandle | undefined;
    if (!inline) {
      await this.writeFile(joinPath(this.directory, checkpointDirectoryName(checkpointId, attempt.epoch)), joinPath(this.directory, path), layout);
      state = { kind: 'file', path, sizeBytes: layout.sizeBytes, crc32: layout.crc32 };
    } else if (inFlight.length > 0 || layout.operators.some((operator) => operator.keyed !== undefined || operator.lists.length > 0)) {
      state = { kind: 'inline', bytes: concatenate(layout), crc32: layout.crc32 };
    }
    return {
      vertexId: attempt.vertexId, subtaskIndex: attempt.subtaskIndex, finished, state, operators: layout.operators, inputs, outputs,
      ...(inFlight.length === 0 ? {} : { inFlight: layout.inFlight }),
    };
  }

  /** F1 */
  private async writeFile(directory: string, path: string, layout: StateLayout): Promise<void> {
    await this.files.makeDirectory(directory);
    const writer = await this.files.create(path);
    try {
      for (const chunk of layout.chunks) await writer.write(chunk);
      await writer.sync();
      await writer.close();
      await this.files.syncDirectory(directory);
    } catch (failure) {
      await this.abandon(path, writer);
      throw failure;
    }
  }

  /** F2 */
  private async abandon(path: string, writer: FileWriter): Promise<void> {
    for (const step of [() => writer.close(), () => this.files.remove(path)]) {
      try {
        await step();
      } catch (failure) {
        this.logger.log('debug', 'an abandoned state file could not be cleaned up; it goes with its directory', { path, failure: toError(failure).message });
      }
    }
  }

  async readState(handle: StateHandle): Promise<Uint8Array> {
    if (handle.kind === 'inline') {
      const found = crc32(handle.bytes);
      if (found !== handle.crc32) throw new CheckpointDamagedError('state inlined in _metadata', `checksum ${hex(handle.crc32)}`, hex(found));
      return handle.bytes;
    }
    const key = `${handle.root ?? ''} ${handle.path} ${handle.sizeBytes} ${handle.crc32}`;
    const cached = this.cache.get(key);
    if (cached !== undefined) {
      this.cache.delete(key);
      this.cache.set(key, cached);
      return cached;
    }
    const started = this.reading.get(key);
    if (started !== undefined) return started;
    const reading = readVerified(this.files, joinPath(handle.root ?? this.directory, handle.path), handle).finally(() => this.reading.delete(key));
    this.reading.set(key, reading);
    const bytes = await reading;
    this.keep(key, bytes);
    return bytes;
  }

  /** Forgets what restores have read; called when all tasks of a restore run. */
  releaseCache(): void {
    this.cache.clear();
    this.cachedBytes = 0;
  }

  /** F4 */
  private keep(key: string, bytes: Uint8Array): void {
    if (bytes.length > this.cacheBytes || this.cache.has(key)) return;
    this.cache.set(key, bytes);
    this.cachedBytes += bytes.length;
    for (const [oldest, old] of this.cache) {
      if (this.cachedBytes <= this.cacheBytes) return;
      this.cache.delete(oldest);
      this.cachedBytes -= old.length;
    }
  }
}

/** F3. Throws `WEIR_CHECKPOINT_FILE_MISSING` and `WEIR_CHECKPOINT_DAMAGED`. */
export async function readVerified(files: FileStore, path: string, handle: FileHandle): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
  } catch (cause) {
    if (cause instanceof FileStoreError && cause.failure === 'not-found') throw new CheckpointFileMissingError(path, cause);
    throw cause;
  }
  if (bytes.length !== handle.sizeBytes) throw new CheckpointDamagedError(path, `${handle.sizeBytes} bytes`, `${bytes.length} bytes`);
  const found = crc32(bytes);
  if (found !== handle.crc32) throw new CheckpointDamagedError(path, `checksum ${hex(handle.crc32)}`, hex(found));
  return bytes;
}

/** A checksum of a piece is computed in one turn: about 2 ms. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Gives a file to `take` piece by piece, so that files of any size pass through little memory; settles when all was verified. A piece that was
 * taken may turn out to be of a damaged file: what is made of it counts only after this resolves. Throws as {@link readVerified}.
 */
export async function readInPieces(files: FileStore, path: string, handle: FileHandle, take: (piece: Uint8Array) => Promise<void>): Promise<void> {
  const info = await files.stat(path);
  if (info === undefined) throw new CheckpointFileMissingError(path);
  if (info.sizeBytes !== handle.sizeBytes) throw new CheckpointDamagedError(path, `${handle.sizeBytes} bytes`, `${info.sizeBytes} bytes`);
  let found = 0;
  for (let offset = 0; offset < handle.sizeBytes; offset += PIECE_BYTES) {
    const piece = await files.read(path, offset, Math.min(PIECE_BYTES, handle.sizeBytes - offset));
    if (piece.length === 0) throw new CheckpointDamagedError(path, `${handle.sizeBytes} bytes`, `${offset} bytes`);
    found = crc32(piece, found);
    await take(piece);
  }
  if (found !== handle.crc32) throw new CheckpointDamagedError(path, `checksum ${hex(handle.crc32)}`, hex(found));
}

function storedFile({ path, sizeBytes, crc32: checksum }: FileHandle): StoredFile {
  return { path, sizeBytes, crc32: checksum };
}

function concatenate({ chunks, sizeBytes }: StateLayout): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
