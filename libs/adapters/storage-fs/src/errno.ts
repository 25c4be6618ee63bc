/** From Node's errno codes to the port's closed set. */
import { FileStoreError, type FileStoreFailure } from '@weir/ports';

const FAILURES: Readonly<Record<string, FileStoreFailure>> = {
  ENOENT: 'not-found',
  EEXIST: 'already-exists',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EACCES: 'permission',
  EPERM: 'permission',
  EROFS: 'permission',
  ENOTDIR: 'not-a-directory',
  EISDIR: 'is-a-directory',
  ENOTEMPTY: 'is-a-directory',
};

/** What the operating system threw, as a coded error. */
export function fileStoreError(operation: string, path: string, thrown: unknown): FileStoreError {
  if (thrown instanceof FileStoreError) return thrown;
  return new FileStoreError(FAILURES[errnoOf(thrown)] ?? 'io', operation, path, thrown);
}

/** The errno name of an error; empty when it has none. By shape: Node's own errors may come from another realm than this module's `Error`. */
export function errnoOf(thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null ? (thrown as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
