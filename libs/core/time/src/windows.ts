/** Windows of event or processing time and the assigners that name them. */
import { WeirError } from '@weir/base';
import type { DurationMs } from './duration.js';

/** `[start, end)` in milliseconds since 1970. */
export interface TimeWindow {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** The last millisecond that belongs to the window; the timestamp of its results. */
export function maxTimestamp(window: TimeWindow): number {
  return window.end - 1;
}

/** Start of the window of `sizeMs` (shifted by `offsetMs`) that holds `timestamp`. Exact for negative timestamps too. */
export function windowStart(timestamp: number, offsetMs: number, sizeMs: number): number {
  const remainder = (timestamp - offsetMs) % sizeMs;
  return remainder < 0 ? timestamp - (remainder + sizeMs) : timestamp - remainder;
}

export type TimeDomain = 'event-time' | 'processing-time';

export type WindowAssigner<T> =
  | { readonly kind: 'tumbling'; readonly timeDomain: TimeDomain; readonly sizeMs: number; readonly offsetMs: number }
  | { readonly kind: 'sliding'; readonly timeDomain: TimeDomain; readonly sizeMs: number; readonly slideMs: number; readonly offsetMs: number }
  | { readonly kind: 'session'; readonly timeDomain: TimeDomain; readonly gapMs: (value: T) => number };

/** A window's size, slide, gap or offset makes no sense. */
export class InvalidWindowError extends WeirError {
  constructor(message: string) {
    super({
      code: 'WEIR_WINDOW_INVALID', domain: 'user', retry: 'never', message,
      hint: 'Sizes, slides and gaps are whole milliseconds above 0, and an offset is smaller than the size or slide.',
    });
  }
}

function checkSpan(name: string, ms: number): number {
  if (!Number.isSafeInteger(ms) || ms <= 0) throw new InvalidWindowError(`${name} of ${ms} ms`);
  return ms;
}
function checkOffset(ms: number, below: number): number {
  if (!Number.isSafeInteger(ms) || Math.abs(ms) >= below) throw new InvalidWindowError(`offset of ${ms} ms with a period of ${below} ms`);
  return ms;
}

function tumbling(timeDomain: TimeDomain) {
  return {
    /** Windows of `size`, aligned to 1970 UTC and shifted by `offset`. */
    of: (size: DurationMs, offset = 0 as DurationMs): WindowAssigner<unknown> => ({
      kind: 'tumbling', timeDomain, sizeMs: checkSpan('window size', size), offsetMs: checkOffset(offset, size),
    }),
  };
}
function sliding(timeDomain: TimeDomain) {
  return {
    /** Windows of `size` that start every `slide`; each record is in ceil(size / slide) of them at most. */
    of: (size: DurationMs, slide: DurationMs, offset = 0 as DurationMs): WindowAssigner<unknown> => ({
      kind: 'sliding', timeDomain, sizeMs: checkSpan('window size', size), slideMs: checkSpan('window slide', slide), offsetMs: checkOffset(offset, slide),
    }),
  };
}
function session(timeDomain: TimeDomain) {
  return {
    /** Windows that end when no record of the key arrived for `gap`. */
    withGap: (gap: DurationMs): WindowAssigner<unknown> => {
      const gapMs = checkSpan('session gap', gap);
      return { kind: 'session', timeDomain, gapMs: () => gapMs };
    },
    /** As `withGap`, with a gap per record (milliseconds, above 0). */
    withDynamicGap: <T>(gapMs: (value: T) => number): WindowAssigner<T> => ({ kind: 'session', timeDomain, gapMs }),
  };
}

export const TumblingEventTimeWindows = tumbling('event-time');
export const TumblingProcessingTimeWindows = tumbling('processing-time');
export const SlidingEventTimeWindows = sliding('event-time');
export const SlidingProcessingTimeWindows = sliding('processing-time');
export const EventTimeSessionWindows = session('event-time');
export const ProcessingTimeSessionWindows = session('processing-time');
