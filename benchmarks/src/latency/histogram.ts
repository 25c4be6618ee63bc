/**
 * Counts of durations by size, at most 1.6 % off: each power of two of microseconds is cut into 64 parts. Recording allocates nothing; histograms of
 * several threads are added up.
 */
const PARTS_BITS = 6;
const PARTS = 1 << PARTS_BITS;
const BUCKETS = (32 - PARTS_BITS) * PARTS;

export class Histogram {
  constructor(readonly counts: Float64Array = new Float64Array(BUCKETS)) {}

  /** Hot path. Negative ones count as 0. */
  record(ms: number): void {
    this.counts[bucketOf(ms <= 0 ? 0 : Math.min(0x7fff_ffff, Math.round(ms * 1000)))]++;
  }

  add(counts: ArrayLike<number>): void {
    for (let i = 0; i < BUCKETS; i++) this.counts[i] += counts[i];
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Milliseconds, the middle of the bucket; NaN when nothing was recorded. */
  quantile(share: number): number {
    let left = Math.max(1, Math.ceil(this.total * share));
    for (let i = 0; i < BUCKETS; i++) {
      left -= this.counts[i];
      if (left <= 0) return (lowest(i) + lowest(i + 1)) / 2000;
    }
    return Number.NaN;
  }
}

/** Below two times PARTS a bucket is one microsecond. */
function bucketOf(micros: number): number {
  const shift = Math.max(0, 31 - Math.clz32(micros | 1) - PARTS_BITS);
  return shift * PARTS + (micros >>> shift);
}

function lowest(bucket: number): number {
  const shift = Math.max(0, (bucket >> PARTS_BITS) - 1);
  return (bucket - shift * PARTS) * 2 ** shift;
}
