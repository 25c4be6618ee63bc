/**
 * A source whose record `i` of a split is a pure function and becomes due at a fixed time: after a restart it catches up instead of being late for
 * good, and the distance to the schedule is the job's lag.
 *
 * The schedule counts on the machine's monotonic clock (`process.hrtime`, the same for all processes of a host): wall clocks may jump here.
 */
import type { EnumeratorContext, IndexedBatch, PollResult, ReaderContext, Source, SourceReader, SourceSplit, SplitEnumerator } from '@weir/connector';

export interface Pace {
  /** Monotonic milliseconds of the machine at which record 0 is due. */
  readonly originMs: number;
  /** Of each split. */
  readonly perSecond: number;
}

export interface PacedSplit extends SourceSplit {
  readonly split: number;
  /** Of the next record to give. */
  readonly next: number;
  /** Exclusive. */
  readonly end: number;
}

const BATCH_MAX = 512;
const LOOK_MS = 20;

export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

export class PacedSource<T> implements Source<T, PacedSplit, readonly PacedSplit[]> {
  readonly boundedness = 'bounded';
  readonly stateVersion = 1;

  constructor(readonly description: string, private readonly splits: number, private readonly count: number, private readonly pace: Pace, private readonly at: (split: number, index: number) => T) {}

  createEnumerator(context: EnumeratorContext<PacedSplit>, restored: readonly PacedSplit[] | undefined): SplitEnumerator<PacedSplit, readonly PacedSplit[]> {
    const all = Array.from({ length: this.splits }, (_, split) => ({ splitId: String(split), split, next: 0, end: this.count }));
    return new PacedEnumerator(context, restored ?? all);
  }

  createReader(context: ReaderContext): SourceReader<T, PacedSplit> {
    return new PacedReader(context, this.pace, this.at);
  }
}

/** Which reader gets a split depends on its number alone. */
class PacedEnumerator implements SplitEnumerator<PacedSplit, readonly PacedSplit[]> {
  constructor(private readonly context: EnumeratorContext<PacedSplit>, private pending: readonly PacedSplit[]) {}

  start(): void {
    for (const subtask of this.context.registeredReaders()) this.addReader(subtask);
  }

  addReader(subtask: number): void {
    const own = this.pending.filter(({ split }) => split % this.context.parallelism === subtask);
    this.pending = this.pending.filter((it) => !own.includes(it));
    if (own.length > 0) this.context.assignSplits(new Map([[subtask, own]]));
    this.context.signalNoMoreSplits(subtask);
  }

  handleSplitRequest(subtask: number): void {
    this.addReader(subtask);
  }

  addSplitsBack(splits: readonly PacedSplit[]): void {
    this.pending = [...splits, ...this.pending];
  }

  snapshotState(): readonly PacedSplit[] {
    return this.pending;
  }

  close(): void {
    this.pending = [];
  }
}

interface Held {
  readonly split: PacedSplit;
  /** Its `next` is the position, for the task advances it. */
  readonly batch: IndexedBatch<never>;
}

class PacedReader<T> implements SourceReader<T, PacedSplit> {
  private held: Held[] = [];
  private finished: string[] = [];
  private noMore = false;
  private turn = 0;
  private wake: (() => void) | undefined;

  constructor(private readonly context: ReaderContext, private readonly pace: Pace, private readonly at: (split: number, index: number) => T) {}

  start(): void {}

  addSplits(splits: readonly PacedSplit[]): void {
    for (const split of splits) this.held.push({ split, batch: { kind: 'indexed', splitId: split.splitId, next: split.next, end: split.next, at: (index) => this.at(split.split, index) as never } });
    this.wake?.();
  }

  notifyNoMoreSplits(): void {
    this.noMore = true;
    this.wake?.();
  }

  poll(): PollResult<T> {
    this.retire();
    if (this.held.length === 0) return this.noMore ? 'end' : 'nothing';
    const due = Math.floor(((machineMs() - this.pace.originMs) * this.pace.perSecond) / 1000);
    for (let i = 0; i < this.held.length; i++) {
      const { split, batch } = this.held[this.turn++ % this.held.length];
      const end = Math.min(split.end, due, batch.next + BATCH_MAX);
      if (batch.next >= end) continue;
      batch.end = end;
      return batch;
    }
    return 'nothing';
  }

  available(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.context.timers.after(LOOK_MS, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  snapshotState(): readonly PacedSplit[] {
    return this.held.filter(({ split, batch }) => batch.next < split.end).map(({ split, batch }) => ({ ...split, next: batch.next }));
  }

  takeFinishedSplits(): readonly string[] {
    this.retire();
    return this.finished.splice(0);
  }

  close(): Promise<void> {
    this.wake?.();
    return Promise.resolve();
  }

  private retire(): void {
    this.held = this.held.filter(({ split, batch }) => {
      if (batch.next < split.end) return true;
      this.finished.push(split.splitId);
      return false;
    });
  }
}
