/** Summaries of numbers. */
import type { AggregatedValue, StatsSummaryDto } from '../generated/schemas.js';

/** The value below which `part` (0..1) of the sorted numbers lie, between neighbours in proportion. NaN for none. */
export function quantile(sorted: readonly number[], part: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * part;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const last = (sorted: readonly number[]): number => sorted.at(-1) ?? 0;

export function summaryOf(values: readonly number[]): StatsSummaryDto {
  const sorted = ascending(values);
  return {
    min: Math.round(sorted[0] ?? 0), max: Math.round(last(sorted)), avg: sorted.length === 0 ? 0 : Math.round(sum(sorted) / sorted.length),
    p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99), p999: quantile(sorted, 0.999),
  };
}

export function aggregatedValue(values: readonly number[]): AggregatedValue {
  const sorted = ascending(values);
  const at = (part: number): number => (sorted.length === 0 ? 0 : Math.round(quantile(sorted, part)));
  return {
    min: Math.round(sorted[0] ?? 0), max: Math.round(last(sorted)), avg: sorted.length === 0 ? 0 : Math.round(sum(sorted) / sorted.length),
    sum: Math.round(sum(sorted)), median: at(0.5), p25: at(0.25), p75: at(0.75), p95: at(0.95),
  };
}

/** How unevenly a load is spread, in percent: 0 for equal shares; mean absolute deviation over the mean, capped at 100 (Flink's DoubleDataSkew). */
export function skewPercent(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = sum(values) / values.length;
  if (mean === 0) return 0;
  const deviation = sum(values.map((value) => Math.abs(value - mean))) / values.length;
  return Math.min(100, (deviation / mean) * 100);
}
