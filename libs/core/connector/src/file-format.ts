/**
 * The format contract: what turns the bytes of a file into records and back. Users hand a format to a file connector, so that formats and
 * connectors never import each other. A format knows nothing of directories, splits of other files, retries or checkpoints.
 *
 * There are two kinds. A {@link RecordFormat} is a text of records one behind the other: any byte range can be read, and a position is a
 * byte offset. A {@link BulkFormat} is a file of units (Parquet row groups) that are decoded as a whole; a position is (unit, row).
 *
 * F1: positions are exact: reading from the position behind record i gives record i + 1 and no other.
 * F2: a record belongs to the range in which its first byte lies; it may end behind it.
 * F3: a format object is shared between readers; parsers, encoders, bulk readers and bulk writers belong to one caller.
 */
import type { FileStore } from '@weir/ports';
import type { TypeInformation } from '@weir/types';
import type { RecordRun } from './record-run.js';

interface FileFormat<T> {
  /** For descriptions, e.g. `json lines`. */
  readonly name: string;
  /** Of files that sinks write, with its dot: `.jsonl`. */
  readonly fileExtension: string;
  readonly outputType?: TypeInformation<T>;
}

/** A text of records. */
export interface RecordFormat<T> extends FileFormat<T> {
  readonly kind: 'record';
  /** True if a line break always ends a record, so that reading may start anywhere; false: a file is read from its start as one split. */
  readonly splittable: boolean;
  /** True if parsers need the first record of the file (a header row), wherever in the file they start. */
  readonly hasHeader: boolean;
  createParser(context: ParserContext): RecordParser<T>;
  createEncoder(): RecordEncoder<T>;
}

export interface ParserContext {
  /** For messages. */
  readonly path: string;
  /** The first bytes of the file, behind a byte order mark, when the format has a header; at least one whole line of them, or all. */
  readonly head: Uint8Array;
  /** True if `head` is all there is. */
  readonly headIsWholeFile: boolean;
}

export interface RecordParser<T> {
  /** Bytes of `head` that are the header and no record; 0 without one. */
  readonly headerBytes: number;
  /**
   * Reads whole records of `bytes[from, end)` into `run` until it is full, a record would start at `limit` or later, or the rest is not a
   * whole record. Returns where the next record starts. With `last`, nothing follows `end`: a record needs no line break there.
   * What cannot be read goes to `run.reject`; throws only what must fail the job whatever the policy.
   */
  parse(bytes: Uint8Array, from: number, end: number, limit: number, last: boolean, run: RecordRun<T>): number;
}

export interface RecordEncoder<T> {
  /** Starts every file, e.g. the header row with its line break; may be empty. */
  readonly header: string;
  /** The record's text with its end. Throws a coded error for a value that the format cannot hold. */
  encode(value: T): string;
}

/** A file of units that are decoded as a whole. */
export interface BulkFormat<T> extends FileFormat<T> {
  readonly kind: 'bulk';
  /** Reads what describes the file (the footer) and checks it against what is asked for. Throws coded errors; no record is read. */
  planFile(file: FormatFile): Promise<readonly BulkUnit[]>;
  openReader(file: FormatFile, unit: number, fromRow: number): BulkReader<T>;
  createWriter(): BulkWriter<T>;
}

export interface FormatFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly files: FileStore;
}

export interface BulkUnit {
  readonly unit: number;
  readonly recordCount: number;
}

export interface BulkReader<T> {
  /** The next decoded rows; undefined after the last. One call at a time; the caller decides how far to read ahead. */
  next(): Promise<BulkWindow<T> | undefined>;
}

/** Decoded columns of consecutive rows. */
export interface BulkWindow<T> {
  /** Row index in the unit of the first row. */
  readonly firstRow: number;
  readonly rowCount: number;
  /** New records of the rows `[from, to)` of this window, made on demand so that they stay young. */
  records(from: number, to: number): T[];
}

export interface BulkWriter<T> {
  /** Takes a record. Throws a coded error for a value that the format cannot hold; the writer is then as before. */
  write(value: T): void;
  /** About how large the file would be if it were finished now. */
  readonly sizeBytes: number;
  /** Bytes that are finished, to be appended to the file; undefined while there are few. */
  take(): Uint8Array | undefined;
  /** The rest of the file. The last call. */
  finish(): Uint8Array;
}

/** A record that could not be read, as the value of a dead-letter output. */
export interface MalformedRecord {
  readonly path: string;
  /** Byte offset of the record in the file. */
  readonly offset: number;
  /** Line in the file, from 1, when it is known. */
  readonly line: number | null;
  /** The record's text, cut to 4 KB. */
  readonly text: string;
  readonly code: string;
  readonly error: string;
}
