import type { Branded } from '@weir/base';

/** A span of time in milliseconds. Made by {@link Duration}. */
export type DurationMs = Branded<number, 'DurationMs'>;

/** Makers of spans of time. */
export const Duration = {
  milliseconds: (n: number): DurationMs => n as DurationMs,
  seconds: (n: number): DurationMs => (n * 1000) as DurationMs,
  minutes: (n: number): DurationMs => (n * 60_000) as DurationMs,
  hours: (n: number): DurationMs => (n * 3_600_000) as DurationMs,
  days: (n: number): DurationMs => (n * 86_400_000) as DurationMs,
};
