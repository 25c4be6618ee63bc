/** Reads files: bounded, or for ever from directories that are watched. Exactly-once: positions are exact to the record. */
import type { BulkFormat, EnumeratorContext, ReaderContext, RecordFormat, Source, SourceReader } from '@weir/connector';
import type { TypeInformation } from '@weir/types';
import { InvalidFileSourceError, SplitKindError } from '../errors.js';
import { BulkSplitReader } from './bulk-split-reader.js';
import { discoverFiles, planSplits } from './file-discovery.js';
import { FileEnumerator, type FileEnumeratorState } from './file-enumerator.js';
import type { FileSplit } from './file-split.js';
import { FileSourceReader } from './file-source-reader.js';
import type { MalformedPolicy } from './split-reader.js';
import { TextSplitReader } from './text-split-reader.js';

interface FileSourceOptions<T> {
  readonly format: RecordFormat<T> | BulkFormat<T>;
  readonly paths: readonly string[];
  readonly periodMs: number | undefined;
  readonly policy: MalformedPolicy;
  readonly splitBytes: number | undefined;
}

/**
 * A source of the records of files. A path is a file, a directory (searched to any depth; names starting with `.` or `_` are skipped) or a
 * pattern (`*`, `**`, `?`, `{a,b}`, `[a-z]`). Files must not change while they are read.
 *
 * ```ts
 * FileSource.forRecordFormat(jsonLines<Click>(), 'clicks/*.jsonl').onMalformed('skip').build();
 * FileSource.forBulkFormat(parquet({ columns: flight }), 'flights').monitorContinuously(Duration.seconds(10)).build();
 * ```
 */
export class FileSource<T> implements Source<T, FileSplit, FileEnumeratorState> {
  readonly stateVersion = 1;
  readonly description: string;
  readonly boundedness: 'bounded' | 'continuous';
  readonly outputType?: TypeInformation<T>;

  /** Use {@link FileSource.forRecordFormat} or {@link FileSource.forBulkFormat}. */
  constructor(private readonly options: FileSourceOptions<T>) {
    const { format, paths, periodMs } = options;
    this.description = `${format.name} ${paths.join(', ')}`;
    this.boundedness = periodMs === undefined ? 'bounded' : 'continuous';
    if (format.outputType !== undefined) this.outputType = format.outputType;
  }

  /** For texts of records: JSON lines, CSV, lines. */
  static forRecordFormat<T>(format: RecordFormat<T>, ...paths: readonly string[]): RecordFileSourceBuilder<T> {
    return new RecordFileSourceBuilder({ format, paths, periodMs: undefined, policy: 'fail', splitBytes: undefined });
  }

  /** For files that are decoded in units: Parquet. */
  static forBulkFormat<T>(format: BulkFormat<T>, ...paths: readonly string[]): FileSourceBuilder<T> {
    return new FileSourceBuilder({ format, paths, periodMs: undefined, policy: 'fail', splitBytes: undefined });
  }

  createEnumerator(context: EnumeratorContext<FileSplit>, restored: FileEnumeratorState | undefined): FileEnumerator {
    const { format, paths, periodMs, splitBytes } = this.options;
    const plan = async (known: ReadonlySet<string>): Promise<{ paths: string[]; splits: FileSplit[] }> => {
      const found = (await discoverFiles(context.files, paths, periodMs !== undefined)).filter((file) => !known.has(file.path));
      return {
        paths: found.map((file) => file.path),
        splits: await planSplits(context.files, found, format, context.parallelism, splitBytes),
      };
    };
    return new FileEnumerator(context, { periodMs, plan }, restored);
  }

  createReader(context: ReaderContext): SourceReader<T, FileSplit> {
    const { format, policy } = this.options;
    return new FileSourceReader<T, FileSplit>(
      (split) => {
        if (split.kind === 'text' && format.kind === 'record') return new TextSplitReader(split, format, policy, context);
        if (split.kind === 'bulk' && format.kind === 'bulk') return new BulkSplitReader(split, format, context);
        throw new SplitKindError(split.splitId, format.name);
      },
      () => context.sendSplitRequest(),
    );
  }
}

export class FileSourceBuilder<T> {
  constructor(protected readonly options: FileSourceOptions<T>) {}

  /**
   * Goes on for ever: looks for new files each `period` (milliseconds, or a Duration). A path is read once, as it is when it is first seen;
   * writers should therefore write under a name that starts with `.` or `_` and rename when done. The state holds every path seen.
   */
  monitorContinuously(period: number): this {
    return this.with({ periodMs: period });
  }

  build(): FileSource<T> {
    if (this.options.paths.length === 0)
      throw new InvalidFileSourceError('no path is given', 'Name at least one file, directory or pattern.');
    const { periodMs, splitBytes } = this.options;
    if (periodMs !== undefined && !(periodMs > 0))
      throw new InvalidFileSourceError(`the period is ${periodMs} ms`, 'Give monitorContinuously a positive Duration.');
    if (splitBytes !== undefined && !(splitBytes >= 1))
      throw new InvalidFileSourceError(`the split size is ${splitBytes}`, 'Give withSplitBytes a positive number.');
    return new FileSource(this.options);
  }

  protected with(change: Partial<FileSourceOptions<T>>): this {
    return new (this.constructor as new (options: FileSourceOptions<T>) => this)({ ...this.options, ...change });
  }
}

export class RecordFileSourceBuilder<T> extends FileSourceBuilder<T> {
  /**
   * What happens to records that cannot be read or have not the declared shape: `fail` (default) stops the job with their place,
   * `skip` counts them, and a tag sends them to that side output as `MalformedRecord`.
   */
  onMalformed(policy: MalformedPolicy): this {
    return this.with({ policy });
  }

  /** Sets the size of splits, which is otherwise chosen from the sizes of the files and the parallelism, between 1 and 64 MB. */
  withSplitBytes(splitBytes: number): this {
    return this.with({ splitBytes });
  }
}
