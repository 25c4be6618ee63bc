/**
 * Writes the records of one subtask into part files. Hot path: `write`.
 *
 * W1: a file holds records of one checkpoint interval only: it ends at the barrier, or before when it is large or old enough.
 * W2: buffered bytes are bounded: beyond {@link BACKLOG_BYTES} `backlog` answers a promise until half of them are written.
 * W3: the first failure of the disk fails the writer for good; every later call says so.
 */
import { toError } from '@weir/base';
import type { SinkContext, SinkWriter } from '@weir/connector';
import { type Cancel, joinPath } from '@weir/ports';
import type { FileCommittable } from './file-committable.js';
import type { FileContent, FileContentMaker } from './file-content.js';
import { finalName, jobPrefix, operatorPart, parseAttempt, type PartFileName, stagingName } from './part-file-name.js';
import { PartFile } from './part-file.js';

const BACKLOG_BYTES = 1 << 20;

export interface RollingPolicy {
  /** A file is ended when it would be about this large. Default 128 MB. */
  readonly maxPartSizeBytes?: number;
  /** A file is ended this many milliseconds after its first record. Files end at every checkpoint in any case. Default: no limit. */
  readonly rolloverIntervalMs?: number;
}

export const PART_SIZE_BYTES_DEFAULT = 128 << 20;

interface OpenPart<T> {
  readonly file: PartFile;
  readonly content: FileContent<T>;
  readonly name: PartFileName;
  readonly cancelTimer: Cancel | undefined;
}

interface Backlog {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class FileSinkWriter<T> implements SinkWriter<T, FileCommittable> {
  private open: OpenPart<T> | undefined;
  private rolled: { readonly file: PartFile; readonly done: Promise<FileCommittable> }[] = [];
  private counter = 0;
  private bufferedBytes = 0;
  private failure: Error | undefined;
  private waiting: Backlog | undefined;
  private rollRequested = false;
  private readonly maxPartSizeBytes: number;

  constructor(
    private readonly directory: string,
    private readonly extension: string,
    private readonly makeContent: FileContentMaker<T>,
    private readonly policy: RollingPolicy,
    private readonly context: SinkContext,
  ) {
    this.maxPartSizeBytes = policy.maxPartSizeBytes ?? PART_SIZE_BYTES_DEFAULT;
  }

  write(value: T): void {
    if (this.failure !== undefined) throw this.failure; // W3
    const open = this.open ?? this.begin();
    open.content.write(value);
    const chunk = open.content.take();
    if (chunk !== undefined) this.append(open.file, chunk);
    if (this.rollRequested || open.content.sizeBytes >= this.maxPartSizeBytes) this.roll();
  }

  backlog(): Promise<void> | undefined {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.bufferedBytes <= BACKLOG_BYTES) return undefined;
    if (this.waiting === undefined) {
      let resolve: () => void = () => undefined;
      let reject: (error: Error) => void = () => undefined;
      const promise = new Promise<void>((onDone, onFailure) => {
        resolve = onDone;
        reject = onFailure;
      });
      this.waiting = { promise, resolve, reject };
    }
    return this.waiting.promise;
  }

  prepareCommit(): Promise<readonly FileCommittable[]> {
    if (this.open !== undefined) this.roll(); // W1
    const parts = this.rolled;
    this.rolled = [];
    return this.prepare(parts);
  }

  async close(): Promise<void> {
    const abandoned = this.rolled.map(({ file }) => file);
    if (this.open !== undefined) {
      this.open.cancelTimer?.();
      abandoned.push(this.open.file);
    }
    this.open = undefined;
    this.rolled = [];
    this.waiting?.resolve();
    for (const file of abandoned) {
      try {
        await file.discard();
      } catch (thrown) {
        const { message } = toError(thrown);
        this.context.logger.log('warn', 'an unfinished part file could not be removed', { path: file.path, message });
      }
    }
  }

  private begin(): OpenPart<T> {
    const { context } = this;
    const name: PartFileName = {
      job: jobPrefix(context.jobId),
      operator: operatorPart(context.operatorId),
      subtask: context.subtaskIndex,
      ...parseAttempt(context.attempt),
      n: this.counter++,
      extension: this.extension,
    };
    const file = new PartFile(context.files, joinPath(this.directory, stagingName(name)), (bytes, failure) =>
      this.progress(bytes, failure),
    );
    const { rolloverIntervalMs } = this.policy;
    const cancelTimer =
      rolloverIntervalMs === undefined ? undefined : context.timers.after(rolloverIntervalMs, () => (this.rollRequested = true));
    this.rollRequested = false;
    this.open = { file, content: this.makeContent(), name, cancelTimer };
    return this.open;
  }

  private append(file: PartFile, bytes: Uint8Array): void {
    this.bufferedBytes += bytes.length;
    file.append(bytes);
  }

  /** Ends the open file. What is left of it goes to the disk behind the call. */
  private roll(): void {
    const { file, content, name, cancelTimer } = this.open as OpenPart<T>;
    this.open = undefined;
    this.rollRequested = false;
    cancelTimer?.();
    const rest = content.finish();
    if (rest.length > 0) this.append(file, rest);
    const done = file.finish().then(({ sizeBytes, crc32 }): FileCommittable => {
      return { from: this.lasting(file.path), to: this.lasting(joinPath(this.directory, finalName(name))), sizeBytes, crc32, subtask: name.subtask };
    });
    done.catch((thrown: unknown) => this.progress(0, toError(thrown)));
    this.rolled.push({ file, done });
  }

  /** A committable may be restored by a process with another working directory. */
  private lasting(path: string): string {
    return this.context.files.absolutePath?.(path) ?? path;
  }

  private async prepare(
    parts: readonly { readonly file: PartFile; readonly done: Promise<FileCommittable> }[],
  ): Promise<readonly FileCommittable[]> {
    if (this.failure !== undefined) throw this.failure;
    if (parts.length === 0) return [];
    const committables = await Promise.all(parts.map((part) => part.done));
    await this.context.files.syncDirectory(this.directory);
    return committables;
  }

  private progress(writtenBytes: number, failure: Error | undefined): void {
    this.bufferedBytes -= writtenBytes;
    if (failure !== undefined && this.failure === undefined) {
      this.failure = failure;
      this.waiting?.reject(failure);
      this.waiting = undefined;
    } else if (this.bufferedBytes <= BACKLOG_BYTES / 2) {
      this.waiting?.resolve();
      this.waiting = undefined;
    }
  }
}
