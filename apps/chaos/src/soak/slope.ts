/** How fast a figure rises: least squares over time, with its standard error. */
export interface Slope {
  readonly perHour: number;
  /** Of `perHour`; the true slope is within two of these, most likely. */
  readonly standardError: number;
  readonly points: number;
}

/** `points`: [milliseconds, value]. Undefined with fewer than five of them. */
export function slopeOf(points: readonly (readonly [number, number])[]): Slope | undefined {
  const n = points.length;
  if (n < 5) return undefined;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const sxx = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const sxy = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const slope = sxy / sxx;
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const hours = 3_600_000;
  return { perHour: slope * hours, standardError: Math.sqrt(rest / (n - 2) / sxx) * hours, points: n };
}

/** Medians of buckets of `bucketMs`: a garbage collection more or less does not count. */
export function medians(points: readonly (readonly [number, number])[], bucketMs: number): (readonly [number, number])[] {
  const buckets = new Map<number, number[]>();
  for (const [x, y] of points) {
    const bucket = Math.floor(x / bucketMs);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), y]);
  }
  return [...buckets].map(([bucket, values]) => [(bucket + 0.5) * bucketMs, values.sort((a, b) => a - b)[values.length >> 1]] as const);
}
