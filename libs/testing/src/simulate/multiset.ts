/** Records counted by side output and text. */
import { recordText } from './record-text.js';

interface Counted {
  readonly side: string | undefined;
  readonly value: unknown;
  readonly timestamp: number;
}

export class Multiset {
  private readonly counts = new Map<string, number>();

  /** Records with their event time: what reaches an operator. Without, two runs may differ in which of two records came last. */
  static ofTimed(records: Iterable<Counted>): Multiset {
    const multiset = new Multiset();
    for (const { side, value, timestamp } of records) multiset.add(`${timestamp} ${textOf(side, recordText(value))}`);
    return multiset;
  }

  static of(records: Iterable<Counted>): Multiset {
    const multiset = new Multiset();
    for (const { side, value } of records) multiset.add(textOf(side, recordText(value)));
    return multiset;
  }

  add(text: string, count = 1): void {
    this.counts.set(text, this.count(text) + count);
  }
  count(text: string): number {
    return this.counts.get(text) ?? 0;
  }
  equals(other: Multiset): boolean {
    return this.minus(other).length === 0 && other.minus(this).length === 0;
  }
  /** What this has more of than `other`, in the order of adding. */
  minus(other: Multiset): { readonly text: string; readonly count: number }[] {
    const more: { text: string; count: number }[] = [];
    for (const [text, count] of this.counts) if (count > other.count(text)) more.push({ text, count: count - other.count(text) });
    return more;
  }
}

/** How a record of an output is named in comparisons. */
export function textOf(side: string | undefined, text: string): string {
  return side === undefined ? text : `(${side}) ${text}`;
}
