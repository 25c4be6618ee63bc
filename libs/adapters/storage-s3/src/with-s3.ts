/** The store of a process: its plain paths, and `s3://…` as the configuration says. Nothing of S3 is loaded before a path asks for it. */
import type { Configuration } from '@weir/base';
import { type FileStore, FileStoreByScheme } from '@weir/ports';
import { S3FileStore } from './s3-file-store.js';
import { s3Settings } from './s3-options.js';

export function withS3(plain: FileStore, configuration: Configuration): FileStore {
  return new FileStoreByScheme(plain, { s3: new S3FileStore(s3Settings(configuration)) });
}
