/**
 * Durable bytes by path: the checkpoint storage, the high-availability register and file connectors stand on it.
 * Paths use `/`; relative ones are the implementation's to resolve. An implementation must keep the durability promises below and
 * must not retry, cache or repair: callers decide. Failures of the world are {@link FileStoreError}s.
 */
import { WeirError } from '@weir/base';

export type FileStoreFailure = 'not-found' | 'already-exists' | 'no-space' | 'permission' | 'not-a-directory' | 'is-a-directory' | 'io';

const HINTS: Readonly<Record<FileStoreFailure, string>> = {
  'not-found': 'Check the path; a pattern that matches nothing, or a file that was moved away, ends here.',
  'already-exists': 'Something else created this path first; choose another one or remove it.',
  'no-space': 'The disk is full: free space on this file system; the job goes on from its last completed checkpoint.',
  permission: 'Give the user who runs this process the right to read and write this path.',
  'not-a-directory': 'A part of this path is a file; choose another path or move the file away.',
  'is-a-directory': 'A file was expected here and there is a directory; check the path.',
  io: 'Look at the cause and at the health of the disk; an operation that failed in fsync is never taken as done.',
};
const CODES: Readonly<Record<FileStoreFailure, string>> = {
  'not-found': 'WEIR_FILE_NOT_FOUND',
  'already-exists': 'WEIR_FILE_EXISTS',
  'no-space': 'WEIR_DISK_FULL',
  permission: 'WEIR_FILE_PERMISSION',
  'not-a-directory': 'WEIR_FILE_NOT_A_DIRECTORY',
  'is-a-directory': 'WEIR_FILE_IS_A_DIRECTORY',
  io: 'WEIR_FILE_IO',
};

/** An operation on a path failed; `failure` says how. */
export class FileStoreError extends WeirError {
  constructor(readonly failure: FileStoreFailure, readonly operation: string, readonly path: string, cause?: unknown) {
    super({
      code: CODES[failure],
      domain: failure === 'io' || failure === 'no-space' ? 'external' : 'user',
      retry: failure === 'io' || failure === 'no-space' ? 'restart' : 'never',
      message: `cannot ${operation} ${path}: ${failure.replaceAll('-', ' ')}`,
      hint: HINTS[failure],
      cause,
      details: { operation, path },
    });
  }
}

export interface FileInfo {
  /** Full path, as it would be given to `read`. */
  readonly path: string;
  /** Last part of the path. */
  readonly name: string;
  readonly kind: 'file' | 'directory';
  readonly sizeBytes: number;
  /** Wall-clock milliseconds of the last change. */
  readonly modifiedMs: number;
}

/** A file that is being written. Not durable before `sync`; after a failed `sync` it must be abandoned, never retried in place. */
export interface FileWriter {
  /** Bytes written so far. */
  readonly sizeBytes: number;
  /** Takes ownership of `bytes` until the promise settles. */
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when the written bytes would survive a power cut (the name needs `syncDirectory` as well). */
  sync(): Promise<void>;
  /** Closes the handle; may be called twice. */
  close(): Promise<void>;
}

export interface FileStore {
  /** Bytes `[offset, offset + length)`, fewer at the end of the file; the whole file by default. */
  read(path: string, offset?: number, length?: number): Promise<Uint8Array>;
  /** Undefined when nothing is there. */
  stat(path: string): Promise<FileInfo | undefined>;
  /** Entries of a directory, sorted by name; empty when the directory does not exist. */
  list(directory: string): Promise<FileInfo[]>;
  /** Creates the directory and its parents, durably; harmless when there. */
  makeDirectory(directory: string): Promise<void>;
  /** Opens a new file; fails with `already-exists` when there is one. */
  create(path: string): Promise<FileWriter>;
  /**
   * Creates `path` with exactly these bytes, durably and all at once (temporary file, fsync, exclusive link, fsync of the directory).
   * Fails with `already-exists` and changes nothing when there is one: of several writers exactly one wins.
   */
  createExclusive(path: string, bytes: Uint8Array): Promise<void>;
  /** Atomic; replaces `to`. Durable only after `syncDirectory` of both directories. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; harmless when it is not there. */
  remove(path: string): Promise<void>;
  /** Removes a directory and all in it; harmless when it is not there. */
  removeTree(directory: string): Promise<void>;
  /** Makes creations, renames and removals in this directory durable. */
  syncDirectory(directory: string): Promise<void>;
  /** The same place for a process that resolves relative paths elsewhere. Absent: paths mean the same everywhere. */
  absolutePath?(path: string): string;
}

/** `s3` of `s3://bucket/key`; undefined for a path of a file system. */
export function schemeOf(path: string): string | undefined {
  return SCHEME.exec(path)?.[1];
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//;

/** Joins path parts with `/`, without doubling it; what stands behind a scheme (`s3://`) stays. */
export function joinPath(...parts: string[]): string {
  const joined = parts.filter((part) => part !== '').join('/');
  const start = SCHEME.exec(joined)?.[0] ?? '';
  return start + joined.slice(start.length).replace(/\/{2,}/g, '/');
}

/** The path without its last part; `.` when there is none. */
export function parentPath(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
