/** What an oracle holds against an output. */
export type FindingKind =
  | 'lost' | 'doubled' | 'reordered' | 'torn' | 'foreign'
  /** A result for the wrong time: a window or timer that is not due, a record in a window it does not belong to. */
  | 'late'
  /** The right record with the wrong state. */
  | 'wrong';

export interface Finding {
  readonly kind: FindingKind;
  /** With file or key: enough to look it up. */
  readonly text: string;
}

const KEPT = 20;

/** Findings, of which the first of each kind are kept and the rest are counted. */
export class Findings {
  private readonly kept: Finding[] = [];
  readonly counts = new Map<FindingKind, number>();

  add(kind: FindingKind, text: string): void {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (count <= KEPT) this.kept.push({ kind, text });
  }

  get total(): number {
    return [...this.counts.values()].reduce((a, b) => a + b, 0);
  }

  list(): readonly Finding[] {
    const more = [...this.counts].filter(([, count]) => count > KEPT).map(([kind, count]) => ({ kind, text: `${count - KEPT} more of this kind` }));
    return [...this.kept, ...more];
  }
}
