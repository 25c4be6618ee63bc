/** A contiguous part of the positions of an indexed source, with the position to go on from. */
import type { SourceSplit } from '../source.js';

export interface IndexRangeSplit extends SourceSplit {
  /** Position of the next record to take. */
  readonly next: number;
  /** Exclusive. */
  readonly end: number;
  /** Place among the splits of the source; the reader `ordinal % parallelism` reads it. */
  readonly ordinal: number;
}

/** Cuts `[first, end)` into at most `parts` ranges whose lengths differ by one at most. None is empty. */
export function cutIndexRange(first: number, end: number, parts: number): IndexRangeSplit[] {
  const count = Math.max(0, end - first);
  const used = Math.min(parts, count);
  const base = used === 0 ? 0 : Math.floor(count / used);
  const longer = count - base * used;
  const splits: IndexRangeSplit[] = [];
  let next = first;
  for (let ordinal = 0; ordinal < used; ordinal++) {
    const splitEnd = next + base + (ordinal < longer ? 1 : 0);
    splits.push({ splitId: `range-${ordinal}`, next, end: splitEnd, ordinal });
    next = splitEnd;
  }
  return splits;
}
