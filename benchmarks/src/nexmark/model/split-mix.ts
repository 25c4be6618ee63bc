/**
 * SplitMix64 (Steele, Lea and Flood 2014; Java's SplittableRandom) on two 32-bit halves: BigInt would be some forty times slower.
 * One object is reseeded for each event, so that an event follows from its number alone.
 */
const GAMMA_HIGH = 0x9e3779b9 | 0;
const GAMMA_LOW = 0x7f4a7c15 | 0;
const SIGN = 0x80000000 | 0;

/** High half of the last product; the low half is what {@link multiply} returns. Module state: a pair costs an allocation a draw. */
let productHigh = 0;

function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const a0 = aLow & 0xffff, a1 = aLow >>> 16, b0 = bLow & 0xffff, b1 = bLow >>> 16;
  const p01 = Math.imul(a0, b1), p10 = Math.imul(a1, b0); // unsigned: taken apart by >>> and & only
  const middle = (Math.imul(a0, b0) >>> 16) + (p01 & 0xffff) + (p10 & 0xffff);
  productHigh = (Math.imul(a1, b1) + (p01 >>> 16) + (p10 >>> 16) + (middle >>> 16) + Math.imul(aLow, bHigh) + Math.imul(aHigh, bLow)) | 0;
  return Math.imul(aLow, bLow);
}

export class SplitMix {
  private high = 0;
  private low = 0;

  /** State as halves of 64 bits. */
  seed(high: number, low: number): void {
    this.high = high | 0;
    this.low = low | 0;
  }

  private step(): void {
    const low = (this.low + GAMMA_LOW) | 0;
    // The carry: the sum is smaller than an addend, both unsigned (their order with the sign bit flipped).
    this.high = (this.high + GAMMA_HIGH + ((low ^ SIGN) < (GAMMA_LOW ^ SIGN) ? 1 : 0)) | 0;
    this.low = low;
  }

  /** Signed 32 bits. */
  nextInt(): number {
    this.step();
    let { high, low } = this;
    low ^= high >>> 1;
    low = multiply(high, low, 0x62a9d9ed, 0x799705f5);
    high = productHigh;
    low ^= (low >>> 28) | (high << 4);
    high ^= high >>> 28;
    multiply(high, low, 0xcb24d0a5 | 0, 0xc88c35b3 | 0);
    return productHigh;
  }

  /** Uniform in [0, bound), bound >= 1. */
  below(bound: number): number {
    const draw = this.nextInt();
    if ((bound & (bound - 1)) === 0) return draw & (bound - 1);
    let bits = draw >>> 1;
    let value = bits % bound;
    while (bits + (bound - 1) - value > 0x7fffffff) {
      bits = this.nextInt() >>> 1;
      value = bits % bound;
    }
    return value;
  }

  /** Uniform in [0, 1), 53 bits. */
  unit(): number {
    this.step();
    let { high, low } = this;
    low ^= (low >>> 30) | (high << 2);
    high ^= high >>> 30;
    low = multiply(high, low, 0xbf58476d | 0, 0x1ce4e5b9);
    high = productHigh;
    low ^= (low >>> 27) | (high << 5);
    high ^= high >>> 27;
    low = multiply(high, low, 0x94d049bb | 0, 0x133111eb);
    high = productHigh;
    low ^= (low >>> 31) | (high << 1);
    high ^= high >>> 31;
    return ((high >>> 0) * 2097152 + (low >>> 11)) / 9007199254740992;
  }
}

/** Halves of the initial state `seed * gamma + offset` (mod 2^64), or of its complement. */
export function initialState(seed: number, offset: number, complement = false): { readonly high: number; readonly low: number } {
  const gamma = (BigInt(GAMMA_HIGH >>> 0) << 32n) | BigInt(GAMMA_LOW >>> 0);
  const product = BigInt(seed) * gamma;
  const state = BigInt.asUintN(64, (complement ? ~product : product) + BigInt(offset));
  return { high: Number(state >> 32n) | 0, low: Number(state & 0xffffffffn) | 0 };
}
