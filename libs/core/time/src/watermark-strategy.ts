/** How a stream gets its event time: who reads the timestamp off a record, how watermarks follow from it, and when a silent input counts as idle. */
import type { DurationMs } from './duration.js';

/** Event time of a record, milliseconds since 1970. `recordTimestamp` is what the source attached, or NO_TIMESTAMP. Pure; hot path. */
export type TimestampAssigner<T> = (value: T, recordTimestamp: number) => number;

/** A user's own rule. One instance per split, or per subtask behind an operator. */
export interface WatermarkGenerator<T> {
  /** Called per record, after the timestamp was assigned. A returned number is emitted as watermark at once; undefined emits nothing. */
  onEvent(value: T, timestamp: number): number | undefined;
  /** Called each `pipeline.auto-watermark-interval`. The watermark now, or undefined. */
  onPeriodicEmit(): number | undefined;
}

export type WatermarkGeneratorSpec<T> =
  | { readonly kind: 'none' }
  /** Watermark = largest timestamp so far - `maxOutOfOrdernessMs` - 1. */
  | { readonly kind: 'bounded-out-of-orderness'; readonly maxOutOfOrdernessMs: number }
  | { readonly kind: 'custom'; readonly create: () => WatermarkGenerator<T> };

/** Immutable; the `with…` methods return changed copies. */
export class WatermarkStrategy<T> {
  private constructor(
    readonly generator: WatermarkGeneratorSpec<T>,
    readonly timestampAssigner: TimestampAssigner<T> | undefined,
    /** An input without records for this long does not hold back the watermark. Undefined: never idle. */
    readonly idlenessMs: number | undefined,
  ) {}

  /** Records arrive in the order of their timestamps. */
  static forMonotonousTimestamps<T>(): WatermarkStrategy<T> {
    return WatermarkStrategy.forBoundedOutOfOrderness<T>(0 as DurationMs);
  }
  /** Records are at most `max` behind the largest timestamp before them. */
  static forBoundedOutOfOrderness<T>(max: DurationMs): WatermarkStrategy<T> {
    return new WatermarkStrategy<T>({ kind: 'bounded-out-of-orderness', maxOutOfOrdernessMs: max }, undefined, undefined);
  }
  static forGenerator<T>(create: () => WatermarkGenerator<T>): WatermarkStrategy<T> {
    return new WatermarkStrategy<T>({ kind: 'custom', create }, undefined, undefined);
  }
  /** No event time: processing time only. */
  static noWatermarks<T>(): WatermarkStrategy<T> {
    return new WatermarkStrategy<T>({ kind: 'none' }, undefined, undefined);
  }
  /** Reads the event time off each record. An annotated parameter fixes the record type: `.withTimestampAssigner((f: Flight) => f.departure)`. */
  withTimestampAssigner<U extends T = T>(assigner: TimestampAssigner<U>): WatermarkStrategy<U> {
    return new WatermarkStrategy<U>(this.generator, assigner, this.idlenessMs);
  }
  withIdleness(timeout: DurationMs): WatermarkStrategy<T> {
    return new WatermarkStrategy<T>(this.generator, this.timestampAssigner, timeout);
  }
}
