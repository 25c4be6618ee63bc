/** Numbers that look random and come again with the seed, which every test prints. `WEIR_SEED` sets it. */
export class SeededNumbers {
  readonly seed: number;
  private state: number;

  constructor(seed = Number(process.env.WEIR_SEED ?? Date.now() % 1_000_000_007)) {
    this.seed = seed;
    this.state = seed >>> 0;
  }

  /** From `low` to `high`, as mulberry32 draws it. */
  between(low: number, high: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return low + (high - low) * (((x ^ (x >>> 14)) >>> 0) / 2 ** 32);
  }
}
