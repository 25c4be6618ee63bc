/**
 * Lines of standard input as a source.
 *
 * A stream that is read once cannot be read again, so lines stay in memory until a checkpoint covers them: a restart inside this process goes
 * on exactly where the checkpoint was.
 * I1: the process has one standard input, and one backlog of its lines, whichever attempt reads them. I2: what is kept is bounded; a restart that
 * needs a line which was given up fails with `WEIR_STDIN_NOT_REPLAYABLE`, and loses none silently. I3: a resumed process must be given
 * the same input again; it skips what its checkpoint covers.
 */
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { WeirError } from '@weir/base';
import type {
  ArrayBatch, EnumeratorContext, PollResult, ReaderContext, Source, SourceReader, SourceSplit, SplitEnumerator,
} from '@weir/connector';

/** All of standard input; `next` is the number of the next line to take, from 0. */
interface StandardInputSplit extends SourceSplit {
  readonly next: number;
}

/** Lines of a pipe are gone once read: the ones a restart needs were given up, because checkpoints came too seldom. */
export class StandardInputNotReplayableError extends WeirError {
  constructor(needed: number, first: number) {
    super({
      code: 'WEIR_STDIN_NOT_REPLAYABLE', domain: 'user', retry: 'never',
      message: `standard input is needed from line ${needed + 1}, lines before ${first + 1} are no longer in memory`,
      hint: 'Read from a file instead, or take checkpoints more often (execution.checkpointing.interval).',
    });
  }
}

const BATCH_LINES = 4096;
/** Lines that may wait unread. */
const READ_AHEAD_LINES = 4 * BATCH_LINES;
/** UTF-16 code units of lines kept for a restart (I2). */
const KEPT_LENGTH = 64 << 20;

/** Lines `[first, end)` of a stream. */
class LineBacklog {
  private lines: string[] = [];
  private length = 0;
  first = 0;
  ended = false;
  failure: Error | undefined;
  private input: Interface | undefined;
  private paused = false;
  private taken = 0;
  private readonly waiters = new Set<() => void>();

  constructor(private readonly stream: Readable) {}

  get end(): number {
    return this.first + this.lines.length;
  }

  open(): void {
    this.hold(true);
    if (this.input !== undefined) {
      if (!this.paused) this.input.resume();
      return;
    }
    this.input = createInterface({ input: this.stream, crlfDelay: Infinity });
    this.input.on('line', (line) => this.add(line));
    this.input.on('close', () => {
      this.ended = true;
      this.wake();
    });
    this.stream.on('error', (error) => {
      this.failure = error;
      this.wake();
    });
  }

  /** Up to a batch of lines from number `from`; throws when they were given up. */
  slice(from: number): string[] {
    if (from < this.first) throw new StandardInputNotReplayableError(from, this.first);
    const lines = this.lines.slice(from - this.first, from - this.first + BATCH_LINES);
    this.taken = Math.max(this.taken, from + lines.length);
    if (this.paused && this.end - this.taken < READ_AHEAD_LINES / 2) {
      this.paused = false;
      this.input?.resume();
    }
    while (this.length > KEPT_LENGTH && this.first < from) this.drop(Math.min(from, this.first + BATCH_LINES)); // I2
    return lines;
  }

  /** Lines before `number` are covered by a checkpoint. */
  drop(number: number): void {
    const gone = this.lines.splice(0, Math.max(0, Math.min(number, this.end) - this.first));
    for (const line of gone) this.length -= line.length;
    this.first += gone.length;
  }

  /** Settles when there is a line behind `number`, or the end, or a failure. */
  beyond(number: number): Promise<void> {
    if (this.end > number || this.ended || this.failure !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.waiters.add(resolve));
  }

  wake(): void {
    for (const waiter of this.waiters) waiter();
    this.waiters.clear();
  }

  /** Stops reading, and lets the process end. May be opened again. */
  suspend(): void {
    if (!this.ended) this.input?.pause();
    this.hold(false);
    this.wake();
  }

  /** Pipes and terminals keep the process alive while they are held; files do not know of it. */
  private hold(wanted: boolean): void {
    const stream = this.stream as Readable & { ref?(): void; unref?(): void };
    if (wanted) stream.ref?.();
    else stream.unref?.();
  }

  private add(line: string): void {
    this.lines.push(line);
    this.length += line.length;
    if (!this.paused && this.end - this.taken > READ_AHEAD_LINES) {
      this.paused = true;
      this.input?.pause();
    }
    this.wake();
  }
}

class StandardInputReader implements SourceReader<string, StandardInputSplit> {
  private split: StandardInputSplit | undefined;
  private batch: ArrayBatch<string> | undefined;
  /** Number of the first line of `batch`. */
  private batchStart = 0;
  private noMoreSplits = false;
  private finished: string[] = [];
  private readonly snapshots: { readonly checkpointId: number; readonly next: number }[] = [];
  private wakeForSplit: () => void = () => undefined;

  constructor(private readonly backlog: LineBacklog) {}

  start(): void {
    if (this.split !== undefined) this.backlog.open();
  }

  addSplits([split]: readonly StandardInputSplit[]): void {
    this.split = split;
    this.batchStart = split.next;
    this.batch = undefined;
    this.backlog.open();
    this.wakeForSplit();
  }

  notifyNoMoreSplits(): void {
    this.noMoreSplits = true;
    this.wakeForSplit();
  }

  poll(): PollResult<string> {
    if (this.split === undefined) return this.noMoreSplits ? 'end' : 'nothing';
    if (this.backlog.failure !== undefined) throw this.backlog.failure;
    const next = this.next();
    const records = next < this.backlog.end || next < this.backlog.first ? this.backlog.slice(next) : [];
    if (records.length > 0) {
      this.batchStart = next;
      this.batch = { kind: 'array', splitId: this.split.splitId, next: 0, end: records.length, records };
      return this.batch;
    }
    if (!this.backlog.ended) return 'nothing';
    this.finished.push(this.split.splitId);
    this.split = undefined;
    return this.noMoreSplits ? 'end' : 'nothing';
  }

  available(): Promise<void> {
    if (this.split !== undefined) return this.backlog.beyond(this.next());
    return this.noMoreSplits ? Promise.resolve() : new Promise((resolve) => (this.wakeForSplit = resolve));
  }

  snapshotState(checkpointId: number): readonly StandardInputSplit[] {
    if (this.split === undefined) return [];
    this.snapshots.push({ checkpointId, next: this.next() });
    return [{ ...this.split, next: this.next() }];
  }

  notifyCheckpointComplete(checkpointId: number): void {
    while (this.snapshots.length > 0 && this.snapshots[0].checkpointId <= checkpointId) this.backlog.drop(this.snapshots.shift()?.next ?? 0);
  }

  takeFinishedSplits(): readonly string[] {
    return this.finished.splice(0);
  }

  close(): Promise<void> {
    this.backlog.suspend();
    return Promise.resolve();
  }

  private next(): number {
    return this.batchStart + (this.batch?.next ?? 0);
  }
}

/** Hands the one split to the first subtask. */
class StandardInputEnumerator implements SplitEnumerator<StandardInputSplit, readonly StandardInputSplit[]> {
  constructor(private readonly context: EnumeratorContext<StandardInputSplit>, private pending: readonly StandardInputSplit[]) {}

  start(): void {
    for (const subtaskIndex of this.context.registeredReaders()) this.addReader(subtaskIndex);
  }

  addReader(subtaskIndex: number): void {
    if (subtaskIndex === 0 && this.pending.length > 0) {
      const splits = this.pending;
      this.pending = [];
      this.context.assignSplits(new Map([[0, splits]]));
    }
    this.context.signalNoMoreSplits(subtaskIndex);
  }

  handleSplitRequest(subtaskIndex: number): void {
    this.addReader(subtaskIndex);
  }

  addSplitsBack(splits: readonly StandardInputSplit[]): void {
    this.pending = splits;
  }

  snapshotState(): readonly StandardInputSplit[] {
    return this.pending;
  }

  close(): void {
    this.pending = [];
  }
}

let processInput: LineBacklog | undefined; // I1

/** Lines of standard input, without their ends, until it ends. One per job. */
export class StandardInputSource implements Source<string, StandardInputSplit, readonly StandardInputSplit[]> {
  readonly description = 'standard input';
  readonly boundedness = 'bounded';
  readonly stateVersion = 1;

  private ownBacklog: LineBacklog | undefined;

  /** `input`: for tests; default: the process's own. */
  constructor(private readonly input?: Readable) {}

  createEnumerator(context: EnumeratorContext<StandardInputSplit>, restored: readonly StandardInputSplit[] | undefined): StandardInputEnumerator {
    return new StandardInputEnumerator(context, restored ?? [{ splitId: 'stdin', next: 0 }]);
  }

  createReader(_context: ReaderContext): StandardInputReader {
    return new StandardInputReader(this.backlog());
  }

  private backlog(): LineBacklog {
    if (this.input === undefined) return (processInput ??= new LineBacklog(process.stdin));
    return (this.ownBacklog ??= new LineBacklog(this.input));
  }
}
