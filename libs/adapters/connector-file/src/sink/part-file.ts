/**
 * One staging file from its creation to the point where it would survive a power cut. Calls return at once; the work is done one after the
 * other behind them.
 *
 * P1: after the first failure nothing more is written and nothing is tried again: a file whose fsync failed is abandoned.
 * P2: `finished` settles when bytes are on the disk and the handle is closed; the name becomes durable with the directory's sync, which
 * the writer does once for all files of a checkpoint.
 */
import { crc32, toError } from '@weir/base';
import type { FileStore, FileWriter } from '@weir/ports';

export interface FinishedFile {
  readonly sizeBytes: number;
  readonly crc32: number;
}

export class PartFile {
  private chain: Promise<void>;
  private handle: FileWriter | undefined;
  private failure: Error | undefined;
  private sizeBytes = 0;
  private checksum = 0;
  private unwrittenBytes = 0;

  constructor(
    private readonly files: FileStore,
    readonly path: string,
    /** Called after each write, and at the failure. */
    private readonly onProgress: (writtenBytes: number, failure: Error | undefined) => void,
  ) {
    this.chain = Promise.resolve();
    this.then(async () => {
      this.handle = await files.create(path);
    });
  }

  append(bytes: Uint8Array): void {
    this.unwrittenBytes += bytes.length;
    this.sizeBytes += bytes.length;
    this.checksum = crc32(bytes, this.checksum);
    this.then(async () => {
      await this.handle?.write(bytes);
      this.unwrittenBytes -= bytes.length;
      this.onProgress(bytes.length, undefined);
    });
  }

  /** Rejects with the failure of any step. */
  async finish(): Promise<FinishedFile> {
    this.then(async () => {
      await this.handle?.sync();
    });
    await this.closed();
    if (this.failure !== undefined) throw this.failure;
    return { sizeBytes: this.sizeBytes, crc32: this.checksum };
  }

  /** Closes and removes the file. Rejects if that fails. */
  async discard(): Promise<void> {
    this.failure ??= new Error('abandoned'); // What is queued is not done any more.
    await this.closed();
    await this.files.remove(this.path);
  }

  private async closed(): Promise<void> {
    await this.chain;
    try {
      await this.handle?.close();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  private then(step: () => Promise<void>): void {
    this.chain = this.chain.then(async () => {
      if (this.failure !== undefined) return; // P1
      try {
        await step();
      } catch (thrown) {
        this.fail(thrown);
      }
    });
  }

  private fail(thrown: unknown): void {
    this.failure ??= toError(thrown);
    this.onProgress(this.unwrittenBytes, this.failure);
    this.unwrittenBytes = 0;
  }
}
