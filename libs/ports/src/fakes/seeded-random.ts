/** Reproducible randomness: xoshiro128** (Blackman and Vigna 2018), its state derived from the text of the seed. */
import { assert, murmurString } from '@weir/base';
import type { Random } from '../random.js';

export class SeededRandom implements Random {
  /** Text of the seed, with the names of the streams that led here. */
  readonly seed: string;
  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;

  constructor(seed: number | string) {
    this.seed = String(seed);
    this.s0 = murmurString(`${this.seed}#0`);
    this.s1 = murmurString(`${this.seed}#1`);
    this.s2 = murmurString(`${this.seed}#2`);
    this.s3 = murmurString(`${this.seed}#3`) | 1; // never all zero
  }

  next(): number {
    return this.nextUint32() / 0x1_0000_0000;
  }

  nextInt(bound: number): number {
    assert(Number.isSafeInteger(bound) && bound >= 1, `a bound is a whole number from 1, not ${bound}`);
    return Math.floor(this.next() * bound);
  }

  hex(bytes: number): string {
    let text = '';
    for (let i = 0; i < bytes; i++) text += (this.nextUint32() >>> 24).toString(16).padStart(2, '0');
    return text;
  }

  stream(name: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${name}`);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.nextInt(items.length)];
  }

  private nextUint32(): number {
    const product = Math.imul(this.s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= t;
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
    return result;
  }
}
