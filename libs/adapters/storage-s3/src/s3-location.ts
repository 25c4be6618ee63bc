/** `s3://bucket/a/b` in parts. A directory is every key that has others below it, and the empty object `a/b/` that marks one that may be empty. */
import { FileStoreError } from '@weir/ports';

export interface S3Location {
  readonly bucket: string;
  /** Without a slash at either end; empty for the bucket itself. */
  readonly key: string;
}

const S3_PATH = /^s3:\/\/([^/]{3,63})(?:\/+(.*?))?\/*$/;

/** Throws an `io` error for a path that is none of S3: routing is the caller's. */
export function s3Location(operation: string, path: string): S3Location {
  const match = S3_PATH.exec(path);
  if (match === null) throw new FileStoreError('io', operation, path, new Error('a path in S3 is s3://bucket/key'));
  return { bucket: match[1], key: (match[2] ?? '').replace(/\/{2,}/g, '/') };
}

/** Keys below this one start so. */
export const prefixBelow = ({ key }: S3Location): string => (key === '' ? '' : `${key}/`);

/** The directories above, outermost first, without the bucket. */
export function ancestors({ bucket, key }: S3Location): S3Location[] {
  const parts = key.split('/').slice(0, -1);
  return parts.map((_, i) => ({ bucket, key: parts.slice(0, i + 1).join('/') }));
}
