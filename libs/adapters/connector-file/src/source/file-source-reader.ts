/**
 * The reader of one subtask: one split is read, the next one is read ahead.
 *
 * R1: splits are read whole and in the order of their arrival.
 * R2: the next split is asked for when the last one that is held begins, so that its first bytes are there when it is needed; at most one
 * request is open.
 */
import type { PollResult, SourceReader, SourceSplit } from '@weir/connector';
import type { SplitReader } from './split-reader.js';

interface HeldSplit<T, S> {
  readonly splitId: string;
  readonly reader: SplitReader<T, S>;
}

export class FileSourceReader<T, S extends SourceSplit> implements SourceReader<T, S> {
  private current: HeldSplit<T, S> | undefined;
  private readonly queue: HeldSplit<T, S>[] = [];
  private finished: string[] = [];
  private started = false;
  private requested = false;
  private noMore = false;
  private closed = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly open: (split: S) => SplitReader<T, S>,
    private readonly sendSplitRequest: () => void,
  ) {}

  start(): void {
    this.started = true;
    this.requestNext();
  }

  addSplits(splits: readonly S[]): void {
    for (const split of splits) this.queue.push({ splitId: split.splitId, reader: this.open(split) });
    this.requested = false;
    this.advance();
    this.wake?.();
  }

  notifyNoMoreSplits(): void {
    this.noMore = true;
    this.wake?.();
  }

  poll(): PollResult<T> {
    for (;;) {
      if (this.current === undefined) return this.noMore ? 'end' : 'nothing';
      const result = this.current.reader.poll();
      if (result !== 'end') return result;
      this.finished.push(this.current.splitId);
      this.current = undefined;
      this.advance();
    }
  }

  available(): Promise<void> {
    if (this.current !== undefined) return this.current.reader.available();
    if (this.noMore || this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  snapshotState(): readonly S[] {
    const held = this.current === undefined ? this.queue : [this.current, ...this.queue];
    return held.map(({ reader }) => reader.position());
  }

  takeFinishedSplits(): readonly string[] {
    const taken = this.finished;
    this.finished = [];
    return taken;
  }

  close(): Promise<void> {
    this.closed = true;
    this.wake?.();
    return Promise.resolve();
  }

  private advance(): void {
    this.current ??= this.queue.shift();
    this.queue[0]?.reader.prefetch();
    this.requestNext();
  }

  /** R2 */
  private requestNext(): void {
    if (!this.started || this.requested || this.noMore || this.queue.length > 0) return;
    this.requested = true;
    this.sendSplitRequest();
  }
}
