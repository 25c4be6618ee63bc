/** What lies at the paths that people give: in the file system, or in S3 as file and environment configure it. */
import type { FileStore } from '@weir/ports';
import { LocalFileStore } from '@weir/storage-fs';
import { withS3 } from '@weir/storage-s3';
import { type ConfigurationPlace, configurationOf } from './configuration.js';

export async function storedFiles(place: ConfigurationPlace): Promise<FileStore> {
  return withS3(new LocalFileStore(), await configurationOf({ definitions: {}, configFile: undefined }, place));
}
