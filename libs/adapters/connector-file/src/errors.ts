/** Coded errors of the file connectors. */
import { type RetryHint, WeirError } from '@weir/base';

/** An input path names nothing. */
export class InputNotFoundError extends WeirError {
  constructor(readonly path: string) {
    super({
      code: 'WEIR_FILE_NOT_FOUND',
      domain: 'user',
      retry: 'never',
      message: `input ${path}: nothing is there`,
      hint: 'Check the path; relative ones start where the reading process runs. A source with monitorContinuously waits for files.',
      details: { path },
    });
  }
}

/** Directories or patterns hold no file to read. */
export class NoInputFilesError extends WeirError {
  constructor(readonly paths: readonly string[]) {
    super({
      code: 'WEIR_SOURCE_NO_FILES',
      domain: 'user',
      retry: 'never',
      message: `no files in ${paths.join(', ')}`,
      hint: 'Check the directory or pattern; names starting with "." or "_" are skipped. A source with monitorContinuously waits.',
      details: { paths },
    });
  }
}

/** A file became shorter than what was planned or read before. */
export class FileChangedError extends WeirError {
  constructor(
    readonly path: string,
    wantedBytes: number,
    foundBytes: number,
  ) {
    super({
      code: 'WEIR_FILE_CHANGED',
      domain: 'external',
      retry: 'never',
      message: `${path}: ${wantedBytes} bytes were there when the job planned its input, now ${foundBytes}`,
      hint: 'Files must not change while a job reads them or may go back to a checkpoint in them; restore the file, or start the job anew.',
      details: { path, wantedBytes, foundBytes },
    });
  }
}

/** What a reader knows of a record that it refuses. */
export interface RefusedRecord {
  readonly kind: 'malformed' | 'shape';
  readonly path: string;
  readonly offset: number;
  readonly line: number | null;
  readonly text: string;
  readonly reason: string;
  /** 0-based character of `text`. */
  readonly column: number | undefined;
}

/** Characters of the record shown around the place. */
const EXCERPT_BEFORE = 40;
const EXCERPT_AFTER = 60;

/** A record could not be read, and the policy is to fail. */
export class RecordRefusedError extends WeirError {
  constructor(readonly record: RefusedRecord) {
    const { kind, path, offset, line, reason } = record;
    super({
      code: kind === 'malformed' ? 'WEIR_RECORD_MALFORMED' : 'WEIR_RECORD_SHAPE',
      domain: 'user',
      retry: 'never',
      message: `${path}${line === null ? '' : `:${line}`} (byte ${offset}): ${reason}\n${excerpt(record)}`,
      hint:
        `Mend the ${kind === 'malformed' ? 'file' : 'file or the declared type'}, or let the source go on: ` +
        `.onMalformed('skip') counts such records, .onMalformed(outputTag) sends them to a side output.`,
      details: { path, offset, line, reason, text: record.text.slice(0, 200) },
    });
  }
}

function excerpt({ text, column }: RefusedRecord): string {
  const at = column ?? 0;
  const from = Math.max(0, at - EXCERPT_BEFORE);
  const end = Math.min(text.length, at + EXCERPT_AFTER);
  // Control characters (tabs, carriage returns) would shift the caret.
  const part = [...text.slice(from, end)].map((c) => (c < ' ' ? ' ' : c)).join('');
  const shown = `${from > 0 ? '...' : ''}${part}${end < text.length ? '...' : ''}`;
  return column === undefined ? `  ${shown}` : `  ${shown}\n  ${' '.repeat((from > 0 ? 3 : 0) + at - from)}^`;
}

/** A record does not end within the largest size that a reader keeps in memory. */
export class RecordTooLargeError extends WeirError {
  constructor(
    readonly path: string,
    readonly offset: number,
    maxBytes: number,
  ) {
    super({
      code: 'WEIR_RECORD_TOO_LARGE',
      domain: 'user',
      retry: 'never',
      message: `${path} (byte ${offset}): the record is longer than ${maxBytes} bytes`,
      hint: 'Check the format and its delimiter or quotes: a file without line breaks looks like one record.',
      details: { path, offset, maxBytes },
    });
  }
}

/** A stream that can be read only once would have to be read again. */
export class SourceNotReplayableError extends WeirError {
  constructor(description: string) {
    super({
      code: 'WEIR_SOURCE_NOT_REPLAYABLE',
      domain: 'user',
      retry: 'never',
      message: `${description} cannot be read again: what was read before the failure or restore is gone`,
      hint: 'Write the input to a file and use FileSource, which can go back to a checkpoint.',
    });
  }
}

/** A sink's directory cannot be made or written. */
export class SinkDirectoryUnwritableError extends WeirError {
  constructor(
    readonly directory: string,
    cause: Error,
  ) {
    super({
      code: 'WEIR_SINK_DIRECTORY_UNWRITABLE',
      domain: 'user',
      retry: 'never',
      message: `sink directory ${directory}: ${cause.message}`,
      hint: 'Choose a directory that the user of this process may create and write, on a file system with room.',
      cause,
      details: { directory },
    });
  }
}

/** A run that starts from nothing found output of its own job by its own or a later leader. */
export class SinkHistoryOvertakenError extends WeirError {
  constructor(
    readonly path: string,
    readonly foundEpoch: number,
    readonly epoch: number,
  ) {
    super({
      code: 'WEIR_SINK_HISTORY_OVERTAKEN',
      domain: 'external',
      retry: 'never',
      message: `${path} was written under epoch ${foundEpoch}, and epoch ${epoch} is to start from nothing`,
      hint:
        'Either a later leader runs this job, then there is nothing to do; or the record of epochs was lost, then move the output away ' +
        'and start again.',
      details: { path, foundEpoch, epoch },
    });
  }
}

/** A prepared file cannot be made visible as it was prepared. */
export class FileCommitError extends WeirError {
  constructor(
    code: 'WEIR_COMMIT_LOST' | 'WEIR_COMMIT_CONFLICT' | 'WEIR_COMMIT_DAMAGED',
    message: string,
    hint: string,
    retry: RetryHint,
    details: Readonly<Record<string, unknown>>,
  ) {
    super({ code, domain: 'external', retry, message, hint, details });
  }
}

/** A file source is described with values that make no sense. */
export class InvalidFileSourceError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_SOURCE_INVALID', domain: 'user', retry: 'never', message: `file source: ${message}`, hint });
  }
}

/** A restored split was planned for another kind of format. */
export class SplitKindError extends WeirError {
  constructor(splitId: string, format: string) {
    super({
      code: 'WEIR_SOURCE_SPLIT_KIND',
      domain: 'user',
      retry: 'never',
      message: `split ${splitId} of the restored state was not planned for ${format}`,
      hint: 'Restore with the format the state was written with, or give the source another uid to start it anew.',
    });
  }
}

/** A record cannot be written as a line. */
export class TextLineUnwritableError extends WeirError {
  constructor(found: unknown) {
    super({
      code: 'WEIR_RECORD_UNWRITABLE',
      domain: 'user',
      retry: 'never',
      message: `a record cannot be written as a line: ${typeof found === 'string' ? 'it holds a line break' : `it is a ${typeof found}`}`,
      hint: 'Map records to strings without line breaks before the sink, or use jsonLines().',
    });
  }
}

/** A file sink is described with values that make no sense. */
export class InvalidFileSinkError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_SINK_INVALID', domain: 'user', retry: 'never', message: `file sink: ${message}`, hint });
  }
}
