/**
 * Reads index ranges as batches of up to 2^16 positions, so that the task's generated loop runs long. Ranges are read one after another.
 *
 * Hot path only in `at`, which the task calls; `poll` runs once a batch.
 * R1: the position of the range being read is `batch.next`, which the task advances (S1); no second copy of it is kept.
 */
import type { Cancel } from '@weir/ports';
import type { IndexedBatch, PollResult, ReaderContext, SourceReader } from '../source.js';
import type { IndexRangeSplit } from './index-range-split.js';
import { Permits } from './permits.js';

export const INDEX_BATCH_MAX = 2 ** 16;

export class IndexRangeReader<T> implements SourceReader<T, IndexRangeSplit> {
  private readonly waiting: IndexRangeSplit[] = [];
  private finished: string[] = [];
  private current: IndexRangeSplit | undefined;
  private batch: IndexedBatch<T> | undefined;
  private noMoreSplits = false;
  private closed = false;
  private permits: Permits | undefined;
  private wake: (() => void) | undefined;
  private woken: Promise<void> | undefined;
  private cancelTimer: Cancel | undefined;

  /** `ratePerSecond` is this reader's share; undefined: as fast as the task takes. */
  constructor(
    private readonly context: ReaderContext,
    private readonly at: (index: number) => T,
    private readonly ratePerSecond: number | undefined,
  ) {}

  start(): void {
    if (this.ratePerSecond !== undefined) this.permits = new Permits(this.ratePerSecond, this.context.clock.monotonic());
  }

  addSplits(splits: readonly IndexRangeSplit[]): void {
    this.waiting.push(...splits);
    this.signal();
  }

  notifyNoMoreSplits(): void {
    this.noMoreSplits = true;
    this.signal();
  }

  poll(): PollResult<T> {
    this.retireUsedUp();
    if (this.current === undefined) {
      this.current = this.waiting.shift();
      if (this.current === undefined) return this.noMoreSplits ? 'end' : 'nothing';
    }
    const split = this.current;
    const next = this.batch?.next ?? split.next;
    const wanted = Math.min(INDEX_BATCH_MAX, split.end - next);
    const allowed = this.permits === undefined ? wanted : this.permits.take(wanted, this.context.clock.monotonic());
    if (allowed === 0) return 'nothing';
    this.batch = { kind: 'indexed', splitId: split.splitId, next, end: next + allowed, at: this.at };
    return this.batch;
  }

  available(): Promise<void> {
    this.woken ??= new Promise((resolve) => {
      this.wake = resolve;
    });
    const woken = this.woken;
    if (this.closed) this.signal();
    else if (this.current !== undefined && this.permits !== undefined && this.cancelTimer === undefined) {
      this.cancelTimer = this.context.timers.after(this.permits.delayMs(), () => {
        this.cancelTimer = undefined;
        this.signal();
      });
    }
    return woken;
  }

  snapshotState(): readonly IndexRangeSplit[] {
    const splits: IndexRangeSplit[] = [];
    const current = this.current;
    if (current !== undefined) {
      const next = this.batch?.next ?? current.next; // R1
      if (next < current.end) splits.push({ ...current, next });
    }
    return [...splits, ...this.waiting];
  }

  takeFinishedSplits(): readonly string[] {
    this.retireUsedUp();
    const finished = this.finished;
    this.finished = [];
    return finished;
  }

  close(): Promise<void> {
    this.closed = true;
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.signal();
    return Promise.resolve();
  }

  private retireUsedUp(): void {
    if (this.current === undefined || (this.batch?.next ?? this.current.next) < this.current.end) return;
    this.finished.push(this.current.splitId);
    this.current = undefined;
    this.batch = undefined;
  }

  private signal(): void {
    this.wake?.();
    this.wake = undefined;
    this.woken = undefined;
  }
}
