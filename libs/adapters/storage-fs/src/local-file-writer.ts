/** A file being written through one handle. After a failed sync it refuses everything: the kernel may count lost pages as clean. */
import type { FileHandle } from 'node:fs/promises';
import { FileStoreError, type FileWriter } from '@weir/ports';
import { fileStoreError } from './errno.js';

export class LocalFileWriter implements FileWriter {
  sizeBytes = 0;
  private closed = false;
  private syncFailed = false;

  constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    this.check('write');
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, null);
        done += bytesWritten;
        this.sizeBytes += bytesWritten;
      }
    } catch (thrown) {
      throw fileStoreError('write', this.path, thrown);
    }
  }

  async sync(): Promise<void> {
    this.check('sync');
    try {
      await this.handle.sync();
    } catch (thrown) {
      this.syncFailed = true;
      throw fileStoreError('sync', this.path, thrown);
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    try {
      await this.handle.close();
    } catch (thrown) {
      throw fileStoreError('close', this.path, thrown);
    }
  }

  private check(operation: string): void {
    if (this.syncFailed) throw new FileStoreError('io', operation, this.path, new Error('an earlier sync of this file failed'));
    if (this.closed) throw new FileStoreError('io', operation, this.path, new Error('the file was closed'));
  }
}
