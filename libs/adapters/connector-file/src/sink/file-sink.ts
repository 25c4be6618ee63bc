/**
 * Writes files, exactly once: records become visible, whole files at a time, when the checkpoint that contains them has completed.
 */
import { toError } from '@weir/base';
import type { BulkFormat, RecordFormat, Sink, SinkContext, SinkHistoryContext, SinkHistoryReport } from '@weir/connector';
import { joinPath } from '@weir/ports';
import { InvalidFileSinkError, SinkDirectoryUnwritableError, SinkHistoryOvertakenError } from '../errors.js';
import type { FileCommittable } from './file-committable.js';
import { contentMaker } from './file-content.js';
import { FileSinkCommitter } from './file-sink-committer.js';
import { FileSinkWriter, type RollingPolicy } from './file-sink-writer.js';
import { jobPrefix, parsePartFileName } from './part-file-name.js';

/**
 * A sink of a directory. Its files are `part-<job>-<operator>-<subtask>-<attempt>-<n><ext>`; names with a leading `.` are not committed.
 * A run that starts from nothing replaces the files of earlier runs of the same job; files of others are left alone.
 *
 * ```ts
 * FileSink.forRowFormat('out/', jsonLines<Delay>()).withRollingPolicy({ maxPartSizeBytes: 32 << 20 }).build();
 * ```
 */
export class FileSink<T> implements Sink<T, FileCommittable> {
  readonly stateVersion = 1;
  readonly guarantee = 'exactly-once';
  readonly description: string;

  /** Use {@link FileSink.forRowFormat} or {@link FileSink.forBulkFormat}. */
  constructor(
    private readonly directory: string,
    private readonly format: RecordFormat<T> | BulkFormat<T>,
    private readonly policy: RollingPolicy,
  ) {
    this.description = `${format.name} ${directory}`;
    contentMaker(format)(); // A format that cannot write says so here, not in the first task.
  }

  /** For texts of records: JSON lines, CSV, lines. */
  static forRowFormat<T>(directory: string, format: RecordFormat<T>): FileSinkBuilder<T> {
    return new FileSinkBuilder(directory, format, {});
  }

  /** For files that are encoded in units: Parquet. */
  static forBulkFormat<T>(directory: string, format: BulkFormat<T>): FileSinkBuilder<T> {
    return new FileSinkBuilder(directory, format, {});
  }

  async beginHistory(context: SinkHistoryContext): Promise<SinkHistoryReport> {
    const { files } = context;
    const { directory } = this;
    try {
      await files.makeDirectory(directory);
      const probe = joinPath(directory, `${PROBE_PREFIX}${context.random.hex(8)}`);
      const writer = await files.create(probe);
      await writer.close();
      await files.remove(probe);
      await files.syncDirectory(directory); // or a power cut may bring the probe back
    } catch (thrown) {
      throw new SinkDirectoryUnwritableError(directory, toError(thrown));
    }
    const jobs = new Map([context.jobId, ...context.earlierJobIds].map((id) => [jobPrefix(id), id]));
    const found = (await files.list(directory)).filter(({ kind }) => kind === 'file');
    // Of those who died here. Without a history the next start comes by again; another job's own probe is not missed by it.
    for (const { name, path } of found) if (name.startsWith(PROBE_PREFIX)) await files.remove(path);
    const inDirectory = found.filter(({ name }) => !name.startsWith(PROBE_PREFIX));
    const own = inDirectory.flatMap(({ name, path }) => {
      const part = parsePartFileName(name);
      const id = part === undefined ? undefined : jobs.get(part.job);
      return part === undefined || id === undefined || !this.mayHaveWritten(part.extension) ? [] : [{ path, id, staging: part.staging, epoch: part.epoch }];
    });
    const later = own.find(({ id, epoch }) => id === context.jobId && epoch >= context.epoch);
    if (later !== undefined) throw new SinkHistoryOvertakenError(later.path, later.epoch, context.epoch);
    await context.replacing([...new Set(own.map(({ id }) => id))].filter((id) => id !== context.jobId));
    for (const { path } of own) await files.remove(path);
    if (own.length > 0) await files.syncDirectory(directory);
    const replaced = own.filter(({ staging }) => !staging).length;
    const others = inDirectory.length - own.length;
    const notes: string[] = [];
    if (replaced > 0) notes.push(`replaced ${count(replaced)} of an earlier run in ${directory}`);
    if (others > 0)
      notes.push(`${others === 1 ? '1 other file' : `${others} other files`} in ${directory} ${others === 1 ? 'is' : 'are'} left alone`);
    return { notes };
  }

  /** A format's extension: this one's, or a simple one that the job may have had before. `.jsonl.bak` is somebody's copy. */
  private mayHaveWritten(extension: string): boolean {
    return extension === this.format.fileExtension || (/^(\.[A-Za-z0-9]+)?$/.test(extension) && !COPY_EXTENSIONS.has(extension));
  }

  createWriter(context: SinkContext): FileSinkWriter<T> {
    return new FileSinkWriter(this.directory, this.format.fileExtension, contentMaker(this.format), this.policy, context);
  }

  createCommitter(context: SinkContext): FileSinkCommitter {
    return new FileSinkCommitter(this.directory, context);
  }
}

const PROBE_PREFIX = '.weir-probe-';

/** What people and their editors call copies: no format has such an extension. */
const COPY_EXTENSIONS: ReadonlySet<string> = new Set(['.bak', '.old', '.orig', '.tmp', '.copy']);

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

export class FileSinkBuilder<T> {
  constructor(
    private readonly directory: string,
    private readonly format: RecordFormat<T> | BulkFormat<T>,
    private readonly policy: RollingPolicy,
  ) {}

  /** When files end before the next checkpoint ends them. */
  withRollingPolicy(policy: RollingPolicy): FileSinkBuilder<T> {
    return new FileSinkBuilder(this.directory, this.format, { ...this.policy, ...policy });
  }

  build(): FileSink<T> {
    if (this.directory === '') throw new InvalidFileSinkError('no directory is given', 'Name the directory to write to.');
    for (const [name, value] of Object.entries(this.policy)) {
      if (value !== undefined && !(value > 0)) throw new InvalidFileSinkError(`${name} is ${value}`, `Set ${name} to a positive number.`);
    }
    return new FileSink(this.directory, this.format, this.policy);
  }
}
