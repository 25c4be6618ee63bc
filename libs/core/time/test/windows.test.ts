import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  Duration, EventTimeSessionWindows, InvalidWindowError, maxTimestamp, SlidingEventTimeWindows,
  TumblingEventTimeWindows, windowStart, WatermarkStrategy,
} from '../src/index.js';

const period = fc.integer({ min: 1, max: 100_000_000 });
const timestamp = fc.integer({ min: -(2 ** 45), max: 2 ** 45 });

describe('the start of a window', () => {
  it('is the one aligned start within a period behind every timestamp, also before 1970', () => {
    fc.assert(
      fc.property(timestamp, period, fc.nat(), (t, size, seed) => {
        const offset = (seed % (2 * size - 1)) - (size - 1);
        const start = windowStart(t, offset, size);
        expect(start <= t && t < start + size).toBe(true);
        expect(Math.abs((start - offset) % size)).toBe(0);
      }),
    );
  });
  it('is itself the start of its own window', () => {
    fc.assert(
      fc.property(timestamp, period, (t, size) => expect(windowStart(windowStart(t, 0, size), 0, size)).toBe(windowStart(t, 0, size))),
    );
  });
  it('of a full hour is that hour', () => expect(windowStart(7_200_000, 0, 3_600_000)).toBe(7_200_000));
  it('one millisecond before 1970 is an hour before', () => expect(windowStart(-1, 0, 3_600_000)).toBe(-3_600_000));
});

describe('window assigners', () => {
  it('hold sizes in milliseconds', () => {
    expect(TumblingEventTimeWindows.of(Duration.hours(1))).toEqual(
      { kind: 'tumbling', timeDomain: 'event-time', sizeMs: 3_600_000, offsetMs: 0 },
    );
  });
  it('refuse sizes, slides, gaps and offsets that make no sense', () => {
    const mistakes = [
      () => TumblingEventTimeWindows.of(Duration.milliseconds(0)),
      () => TumblingEventTimeWindows.of(Duration.milliseconds(1.5)),
      () => TumblingEventTimeWindows.of(Duration.seconds(1), Duration.seconds(1)),
      () => SlidingEventTimeWindows.of(Duration.seconds(2), Duration.seconds(-1)),
      () => EventTimeSessionWindows.withGap(Duration.seconds(0)),
    ];
    for (const mistake of mistakes) expect(mistake).toThrow(InvalidWindowError);
  });
  it('stamp results with the last millisecond of the window', () => expect(maxTimestamp({ start: 0, end: 1000 })).toBe(999));
});

describe('a watermark strategy', () => {
  it('is changed by copies only', () => {
    const plain = WatermarkStrategy.forMonotonousTimestamps<{ at: number }>();
    const changed = plain.withTimestampAssigner((value) => value.at).withIdleness(Duration.seconds(3));
    expect([plain.timestampAssigner, plain.idlenessMs, changed.idlenessMs]).toEqual([undefined, undefined, 3000]);
    expect(changed.timestampAssigner?.({ at: 7 }, 0)).toBe(7);
  });
});
