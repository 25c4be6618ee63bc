/** From the answers of S3 to the port's closed set. */
import { FileStoreError, type FileStoreFailure } from '@weir/ports';

const BY_NAME: Readonly<Record<string, FileStoreFailure>> = {
  NoSuchKey: 'not-found', NotFound: 'not-found', NoSuchBucket: 'not-found', PreconditionFailed: 'already-exists', AccessDenied: 'permission',
  InvalidAccessKeyId: 'permission', SignatureDoesNotMatch: 'permission', ExpiredToken: 'permission', CredentialsProviderError: 'permission',
  QuotaExceeded: 'no-space', XMinioStorageFull: 'no-space',
};
const BY_STATUS: Readonly<Record<number, FileStoreFailure>> = { 401: 'permission', 403: 'permission', 404: 'not-found', 412: 'already-exists', 507: 'no-space' };

interface Answer {
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export function s3Failure(operation: string, path: string, thrown: unknown): FileStoreError {
  if (thrown instanceof FileStoreError) return thrown;
  return new FileStoreError(BY_NAME[nameOf(thrown)] ?? BY_STATUS[statusOf(thrown)] ?? 'io', operation, path, thrown);
}

/** The HTTP status of an answer; 0 when there was none. */
export function statusOf(thrown: unknown): number {
  return (thrown as Answer | undefined)?.$metadata?.httpStatusCode ?? 0;
}

/** There is no such object, or no such bucket: the second is asked about only where it matters. */
export const isMissing = (thrown: unknown): boolean => statusOf(thrown) === 404 && nameOf(thrown) !== 'NoSuchBucket';

function nameOf(thrown: unknown): string {
  const name = (thrown as Answer | undefined)?.name;
  return typeof name === 'string' ? name : '';
}
