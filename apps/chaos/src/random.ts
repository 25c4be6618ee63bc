/** Seeded draws (mulberry32): a run can be repeated with the same choices, not with the same timing. */
export class Draws {
  constructor(private state: number) {}

  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  of<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('there is nothing to draw from');
    return items[this.below(items.length)];
  }

  /** A stream of its own, so that a new user does not shift the others. */
  fork(name: string): Draws {
    let h = this.state;
    for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 16777619);
    return new Draws(h);
  }
}
