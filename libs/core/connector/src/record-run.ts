/** What a parser made of some bytes: records, where each ends, and what could not be read. Hot path. */

/** Why one record cannot be taken. Parsers throw it; readers apply the user's policy to it. */
export class RecordRejection extends Error {
  constructor(
    /** `malformed`: not of the format at all. `shape`: well-formed, but not of the declared type. */
    readonly kind: 'malformed' | 'shape',
    message: string,
    /** 0-based character in the record's text to point at. */
    readonly column?: number,
  ) {
    super(message);
    this.name = 'RecordRejection';
  }
}

export interface RejectedRecord {
  /** Index in `records` of the record that follows. */
  readonly before: number;
  /** File offsets of the record's first byte and of the byte behind it. */
  readonly start: number;
  readonly end: number;
  /** Line breaks in front of the record, counted from the start of the run. */
  readonly lines: number;
  readonly text: string;
  readonly rejection: RecordRejection;
}

export class RecordRun<T> {
  readonly records: T[] = [];
  /** File offset behind each record. */
  readonly ends: number[] = [];
  /** Line breaks from the start of the run to behind each record. */
  readonly lineEnds: number[] = [];
  readonly rejected: RejectedRecord[] = [];
  /** Line breaks so far. */
  lines = 0;

  constructor(
    /** File offset of `bytes[0]`. */
    readonly base: number,
    readonly maxRecords: number,
  ) {}

  get full(): boolean {
    return this.records.length + this.rejected.length >= this.maxRecords;
  }

  /** Takes a record that ends before `bytes[end]` and whose line breaks `lines` already holds. */
  add(record: T, end: number): void {
    this.records.push(record);
    this.ends.push(this.base + end);
    this.lineEnds.push(this.lines);
  }

  /** Notes a record that cannot be read; `lines` are the breaks in front of it. */
  reject(start: number, end: number, lines: number, text: string, rejection: RecordRejection): void {
    this.rejected.push({ before: this.records.length, start: this.base + start, end: this.base + end, lines, text, rejection });
  }
}
