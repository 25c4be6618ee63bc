/**
 * Hands each reader its index ranges as soon as it registers, and tells it at once that no more follow: all ranges are known from the
 * start.
 *
 * N1: a split is either pending here or with a reader, never both. N2: which reader gets a split depends only on the split's ordinal and
 * the parallelism, never on the order in which readers register.
 */
import type { EnumeratorContext, SplitEnumerator } from '../source.js';
import type { IndexRangeSplit } from './index-range-split.js';

export interface IndexRangeEnumeratorState {
  readonly pending: readonly IndexRangeSplit[];
}

export class IndexRangeEnumerator implements SplitEnumerator<IndexRangeSplit, IndexRangeEnumeratorState> {
  private pending: readonly IndexRangeSplit[];

  constructor(private readonly context: EnumeratorContext<IndexRangeSplit>, splits: readonly IndexRangeSplit[]) {
    this.pending = splits;
  }

  start(): void {
    for (const subtaskIndex of this.context.registeredReaders()) this.addReader(subtaskIndex);
  }

  addReader(subtaskIndex: number): void {
    // N2
    const own = this.pending.filter((split) => split.ordinal % this.context.parallelism === subtaskIndex);
    if (own.length > 0) {
      this.pending = this.pending.filter((split) => !own.includes(split)); // N1
      this.context.assignSplits(new Map([[subtaskIndex, own]]));
    }
    this.context.signalNoMoreSplits(subtaskIndex);
  }

  /** Readers of this source do not ask; one that does gets the same answer as at its registration. */
  handleSplitRequest(subtaskIndex: number): void {
    this.addReader(subtaskIndex);
  }

  addSplitsBack(splits: readonly IndexRangeSplit[]): void {
    this.pending = [...splits, ...this.pending];
  }

  snapshotState(): IndexRangeEnumeratorState {
    return { pending: this.pending };
  }

  close(): void {
    this.pending = [];
  }
}
