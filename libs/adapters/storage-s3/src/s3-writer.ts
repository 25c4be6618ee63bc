/**
 * An object being written. S3 knows no files that grow: bytes gather in parts, and the object appears, whole, with the first `sync` or `close`.
 *
 *  W1  the object appears only where there was none (conditional write), however many parts it has;
 *  W2  what has failed is abandoned: nothing more is sent, and the parts that were are given up. Parts that a crash leaves behind are the bucket's life-cycle
 *      rule to remove (`AbortIncompleteMultipartUpload`).
 */
import type { CompletedPart } from '@aws-sdk/client-s3';
import { FileStoreError, type FileWriter } from '@weir/ports';
import type { S3Api } from './s3-api.js';
import { s3Failure } from './s3-failure.js';
import type { S3Location } from './s3-location.js';

export const PART_BYTES = 8 << 20;

export class S3Writer implements FileWriter {
  sizeBytes = 0;
  private part = new Uint8Array(0);
  private filled = 0;
  private upload: string | undefined;
  private readonly parts: CompletedPart[] = [];
  private state: 'open' | 'written' | 'failed' = 'open';

  constructor(
    private readonly api: S3Api,
    private readonly location: S3Location,
    private readonly path: string,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    if (this.state !== 'open') throw this.refused('write');
    await this.perform('write', async () => {
      for (let done = 0; done < bytes.length;) {
        const taken = Math.min(bytes.length - done, PART_BYTES - this.filled);
        this.reserve(this.filled + taken);
        this.part.set(bytes.subarray(done, done + taken), this.filled);
        this.filled += taken;
        done += taken;
        if (this.filled === PART_BYTES) await this.sendPart();
      }
      this.sizeBytes += bytes.length;
    });
  }

  async sync(): Promise<void> {
    if (this.state === 'failed') throw this.refused('sync');
    if (this.state === 'open') await this.perform('sync', () => this.finish());
  }

  async close(): Promise<void> {
    if (this.state === 'open') await this.perform('close', () => this.finish());
  }

  private async finish(): Promise<void> {
    if (this.upload === undefined) {
      await this.api.putIfAbsent(this.location, this.part.subarray(0, this.filled)); // W1
    } else {
      if (this.filled > 0) await this.sendPart();
      await this.api.completeUpload(this.location, this.upload, this.parts); // W1
    }
    this.state = 'written';
    this.part = new Uint8Array(0);
  }

  private async sendPart(): Promise<void> {
    this.upload ??= await this.api.beginUpload(this.location);
    this.parts.push(await this.api.uploadPart(this.location, this.upload, this.parts.length + 1, this.part.subarray(0, this.filled)));
    this.filled = 0;
  }

  /** Room for so many bytes in the part; small files never take a whole part's memory. */
  private reserve(wanted: number): void {
    if (wanted <= this.part.length) return;
    const larger = new Uint8Array(Math.min(PART_BYTES, Math.max(wanted, this.part.length * 2)));
    larger.set(this.part.subarray(0, this.filled));
    this.part = larger;
  }

  private async perform(operation: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (thrown) {
      this.state = 'failed'; // W2
      throw s3Failure(operation, this.path, await this.abandoned(thrown));
    }
  }

  /** What had failed first, and with it what went wrong in giving up the parts. */
  private async abandoned(failure: unknown): Promise<unknown> {
    if (this.upload === undefined) return failure;
    try {
      await this.api.abortUpload(this.location, this.upload);
      return failure;
    } catch (another) {
      if (failure instanceof Error && failure.cause === undefined) failure.cause = another;
      return failure;
    }
  }

  private refused(operation: string): FileStoreError {
    const why = this.state === 'failed' ? 'an earlier operation on this file failed' : 'an object that was written cannot grow';
    return new FileStoreError('io', operation, this.path, new Error(why));
  }
}
