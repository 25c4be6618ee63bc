/**
 * Reads a split of a text file. Chunks are read one ahead; records are parsed in `poll`, about a thousand at a time, so that they are young
 * when the operators get them and a barrier can come between any two.
 *
 * T1: `bytes[at..]` starts at file offset `base + at`; `at` is a record's start once `aligned`.
 * T2: positions come from the record ends that the parser reports, never from what was read or parsed ahead.
 * T3: a record that starts at or behind `split.end` is not taken; one that starts before is finished, wherever it ends.
 */
import {
  type MalformedRecord,
  type PollResult,
  type ReaderContext,
  type RecordBatch,
  type RecordFormat,
  type RecordParser,
  RecordRun,
  type RejectedRecord,
} from '@weir/connector';
import type { OutputTag } from '@weir/functions';
import { RecordRefusedError, RecordTooLargeError } from '../errors.js';
import { type ByteFeed, FileByteFeed } from './byte-feed.js';
import type { TextSplit } from './file-split.js';
import { type MalformedPolicy, PendingResult, type SplitReader } from './split-reader.js';

const LF = 10;
const BATCH_RECORDS = 1024;
/** The longest record that is kept in memory. */
const RECORD_BYTES_MAX = 64 << 20;
const MALFORMED_TEXT_LENGTH = 4096;
const HEAD_BYTES = 64 * 1024;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** A stretch of a run that is one batch: good records, or refused ones. */
interface Segment<T> {
  readonly batch: RecordBatch<T>;
  /** Position and line breaks behind record i of the batch. */
  readonly endOf: (i: number) => number;
  readonly linesOf: (i: number) => number;
  /** Position before its first record. */
  readonly start: number;
  readonly startLines: number;
}

export class TextSplitReader<T> implements SplitReader<T, TextSplit> {
  private parser: RecordParser<T> | undefined;
  private bytes: Uint8Array = new Uint8Array(0);
  private base: number;
  private at = 0;
  private aligned: boolean;
  private fileEnded = false;
  private chunk: PendingResult<Uint8Array | undefined> | undefined;
  private opening: PendingResult<void> | undefined;
  private feed: ByteFeed | undefined;

  private readonly queue: (Segment<T> | RecordRefusedError)[] = [];
  private current: Segment<T> | undefined;
  /** Where the split continues when no batch is current, and the line breaks before it. */
  private taken: number;
  private takenLines: number;
  /** Line breaks before `at`; -1 when not known. */
  private lines: number;

  constructor(
    private readonly split: TextSplit,
    private readonly format: RecordFormat<T>,
    private readonly policy: MalformedPolicy,
    private readonly context: Pick<ReaderContext, 'files' | 'skippedRecords'>,
    feed?: ByteFeed,
  ) {
    this.feed = feed;
    this.aligned = split.atRecord;
    this.base = split.position;
    this.taken = split.position;
    this.lines = split.linesBefore;
    this.takenLines = split.linesBefore;
  }

  prefetch(): void {
    this.opening ??= new PendingResult(this.open());
  }

  poll(): PollResult<T> {
    this.leaveCurrent();
    this.prefetch();
    if (this.opening?.take() === undefined) return 'nothing';
    for (;;) {
      const next = this.queue.shift();
      if (next instanceof RecordRefusedError) throw next;
      if (next !== undefined) {
        this.current = next;
        return next.batch;
      }
      const progress = this.parseSome();
      if (progress === 'end') {
        this.taken = this.split.end;
        this.takenLines = -1;
        return 'end';
      }
      if (progress === 'starved' && !this.takeChunk()) return 'nothing';
    }
  }

  available(): Promise<void> {
    this.prefetch();
    const opening = this.opening as PendingResult<void>;
    return opening.settled.then(() => this.chunk?.settled);
  }

  position(): TextSplit {
    const { current } = this;
    let position = this.taken;
    let linesBefore = this.takenLines;
    if (current !== undefined) {
      const { next } = current.batch;
      position = next === 0 ? current.start : current.endOf(next - 1);
      linesBefore = next === 0 ? current.startLines : current.linesOf(next - 1);
    }
    // Before its first record a split is as it was planned: `position` may lie inside a record of the split before.
    const untouched = position === this.split.position && !this.split.atRecord;
    return { ...this.split, position, atRecord: !untouched, linesBefore };
  }

  private leaveCurrent(): void {
    if (this.current === undefined) return;
    const { batch, endOf, linesOf } = this.current;
    this.taken = endOf(batch.end - 1);
    this.takenLines = linesOf(batch.end - 1);
    this.current = undefined;
  }

  /** Reads the header if the format has one, and starts the first chunk. */
  private async open(): Promise<void> {
    const { path, fileBytes, end } = this.split;
    const { files } = this.context;
    if (this.feed !== undefined) {
      await this.openStream(this.feed);
      return;
    }
    const head =
      this.format.hasHeader || this.base === 0 ? await this.readHead() : { bytes: new Uint8Array(0), markBytes: 0, whole: false };
    this.parser = this.format.createParser({ path, head: head.bytes, headIsWholeFile: head.whole });
    const firstRecord = head.markBytes + this.parser.headerBytes;
    if (this.base < firstRecord) {
      if (this.lines >= 0 && this.parser.headerBytes > 0)
        this.lines += head.bytes.subarray(0, this.parser.headerBytes).filter((byte) => byte === LF).length;
      this.base = firstRecord;
      this.aligned = true;
    }
    // A record starts at `base` if a line break lies right before it: alignment looks at that byte first.
    if (!this.aligned) this.base--;
    this.feed = new FileByteFeed(files, path, fileBytes, this.base, end);
    this.startChunk();
  }

  /** A stream cannot be read again: its header stays in front of the first chunk. */
  private async openStream(feed: ByteFeed): Promise<void> {
    let whole = false;
    while (!whole && !this.bytes.includes(LF) && this.bytes.length < RECORD_BYTES_MAX) {
      const more = await feed.next();
      if (more === undefined) whole = true;
      else this.append(more);
    }
    const markBytes = byteOrderMarkBytes(this.bytes);
    this.parser = this.format.createParser({ path: this.split.path, head: this.bytes.subarray(markBytes), headIsWholeFile: whole });
    this.at = markBytes + this.parser.headerBytes;
    if (this.parser.headerBytes > 0) this.lines++;
    this.fileEnded = whole;
    if (!whole) this.startChunk();
  }

  /** The first bytes of the file, behind a byte order mark, with at least one whole line. */
  private async readHead(): Promise<{ bytes: Uint8Array; markBytes: number; whole: boolean }> {
    const { path, fileBytes } = this.split;
    for (let wanted = this.format.hasHeader ? HEAD_BYTES : BYTE_ORDER_MARK.length; ; wanted *= 4) {
      const bytes = await this.context.files.read(path, 0, Math.min(wanted, fileBytes));
      const whole = bytes.length >= fileBytes;
      if (this.format.hasHeader && !whole && !bytes.includes(LF) && wanted < RECORD_BYTES_MAX) continue;
      const markBytes = byteOrderMarkBytes(bytes);
      return { bytes: bytes.subarray(markBytes), markBytes, whole };
    }
  }

  private startChunk(): void {
    this.chunk = new PendingResult((this.feed as ByteFeed).next());
  }

  /** Adds the chunk that was read ahead, and reads the next one ahead. False while it is not there. */
  private takeChunk(): boolean {
    if (this.chunk === undefined) this.startChunk();
    const arrived = this.chunk?.take();
    if (arrived === undefined) return false;
    this.chunk = undefined;
    const { value } = arrived;
    if (value === undefined) {
      this.fileEnded = true;
      return true;
    }
    this.append(value);
    if (!(this.feed as ByteFeed).needless) this.startChunk();
    return true;
  }

  /** Puts bytes behind those that are not parsed yet (T1). */
  private append(more: Uint8Array): void {
    const rest = this.bytes.length - this.at;
    if (rest > RECORD_BYTES_MAX) throw new RecordTooLargeError(this.split.path, this.base + this.at, RECORD_BYTES_MAX);
    const kept = this.bytes.subarray(this.at);
    this.bytes = more;
    if (rest > 0) {
      this.bytes = new Uint8Array(rest + more.length);
      this.bytes.set(kept);
      this.bytes.set(more, rest);
    }
    this.base += this.at;
    this.at = 0;
  }

  /** Parses what is there into the queue. */
  private parseSome(): 'parsed' | 'starved' | 'end' {
    if (!this.aligned && !this.align()) return this.fileEnded ? 'end' : 'starved';
    const { split, bytes, base } = this;
    if (base + this.at >= split.end) return 'end'; // T3
    if (this.at < bytes.length) {
      const run = new RecordRun<T>(base, BATCH_RECORDS);
      const linesBefore = this.lines;
      const from = this.at;
      this.at = (this.parser as RecordParser<T>).parse(bytes, from, bytes.length, split.end - base, this.fileEnded, run);
      if (this.lines >= 0) this.lines += run.lines;
      this.cutIntoSegments(run, base + from, linesBefore);
      if (this.at > from) return 'parsed';
    }
    return this.fileEnded ? 'end' : 'starved';
  }

  /** Skips to behind the first line break. */
  private align(): boolean {
    const lineBreak = this.bytes.indexOf(LF, this.at);
    this.at = lineBreak < 0 ? this.bytes.length : lineBreak + 1;
    this.aligned = lineBreak >= 0;
    return this.aligned;
  }

  private cutIntoSegments(run: RecordRun<T>, start: number, linesBefore: number): void {
    const lineOf = (lines: number): number => (linesBefore < 0 ? -1 : linesBefore + lines);
    let position = start;
    let positionLines = lineOf(0);
    let from = 0;
    const addRecords = (to: number): void => {
      if (to === from) return;
      const first = from;
      const whole = first === 0 && to === run.records.length;
      this.queue.push({
        batch: {
          kind: 'array',
          splitId: this.split.splitId,
          records: whole ? run.records : run.records.slice(first, to),
          next: 0,
          end: to - first,
        },
        endOf: (i) => run.ends[first + i],
        linesOf: (i) => lineOf(run.lineEnds[first + i]),
        start: position,
        startLines: positionLines,
      });
      position = run.ends[to - 1];
      positionLines = lineOf(run.lineEnds[to - 1]);
      from = to;
    };
    for (const rejected of run.rejected) {
      addRecords(rejected.before);
      const line = linesBefore < 0 ? null : linesBefore + rejected.lines + 1;
      if (this.policy === 'skip') {
        this.context.skippedRecords.count++;
        continue;
      }
      if (this.policy === 'fail') {
        this.queue.push(refusal(this.split.path, rejected, line));
        return;
      }
      this.queue.push({
        batch: {
          kind: 'side',
          splitId: this.split.splitId,
          tag: this.policy as OutputTag<unknown>,
          records: [deadLetter(this.split.path, rejected, line)],
          next: 0,
          end: 1,
        },
        endOf: () => rejected.end,
        // However many lines it has, a refused record counts as one: line numbers are for messages only.
        linesOf: () => lineOf(rejected.lines + 1),
        start: position,
        startLines: positionLines,
      });
      position = rejected.end;
      positionLines = lineOf(rejected.lines + 1);
    }
    addRecords(run.records.length);
  }
}

function byteOrderMarkBytes(bytes: Uint8Array): number {
  return BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0;
}

function refusal(path: string, { start, text, rejection }: RejectedRecord, line: number | null): RecordRefusedError {
  return new RecordRefusedError({
    kind: rejection.kind,
    path,
    offset: start,
    line,
    text,
    reason: rejection.message,
    column: rejection.column,
  });
}

function deadLetter(path: string, { start, text, rejection }: RejectedRecord, line: number | null): MalformedRecord {
  const code = rejection.kind === 'malformed' ? 'WEIR_RECORD_MALFORMED' : 'WEIR_RECORD_SHAPE';
  return { path, offset: start, line, text: text.slice(0, MALFORMED_TEXT_LENGTH), code, error: rejection.message };
}
