import { describe, expect, it } from '@jest/globals';
import type { KeyedProcessContext, RuntimeContext, ValueState } from '@weir/datastream';
import { hourText, type AirportHour } from '../src/hourly-delays.js';
import { TroubleDetector, type Alert } from '../src/trouble-detector.js';

const MIDNIGHT = Date.UTC(2001, 0, 1);

/** Hours of one airport as text: `1:5x61` = at 1 o'clock 5 flights of 61 minutes each. Alerts as `since-at:mean`. */
function alertsFor(hours: string): string[] {
  let value: unknown;
  const state: ValueState<unknown> = { value: () => value, update: (next) => (value = next), clear: () => (value = undefined) };
  const detector = new TroubleDetector();
  detector.open({ getState: () => state } as unknown as RuntimeContext);
  const alerts: Alert[] = [];
  for (const hour of hours.split(' ')) {
    const [, at, flights, delay] = /^(\d+):(\d+)x(\d+)$/.exec(hour) ?? [];
    const line: AirportHour = {
      origin: 'SFO', windowStart: MIDNIGHT + Number(at) * 3_600_000, flights: Number(flights), delaySum: Number(flights) * Number(delay), maxDelay: Number(delay), late: 0,
    };
    detector.processElement(line, {} as KeyedProcessContext<string>, { collect: (alert) => alerts.push(alert) });
  }
  return alerts.map((it) => `${it.since.slice(11, 13)}-${it.at.slice(11, 13)}:${it.mean_delay}`);
}

describe('an airport in trouble', () => {
  it('raises one alert in the third hour in a row, and none while the trouble goes on', () => {
    expect(alertsFor('1:5x61 2:5x61')).toEqual([]);
    expect(alertsFor('1:5x61 2:5x61 3:5x61 4:9x99 5:9x99 6:9x99 7:9x99')).toEqual(['01-03:61']);
  });

  it('has the mean over the flights of the three hours, not over the hours', () => {
    expect(alertsFor('1:10x70 2:5x100 3:5x100')).toEqual(['01-03:85']);
  });

  it('needs 5 flights and more than 60 minutes', () => {
    expect(alertsFor('1:5x61 2:5x60 3:5x61')).toEqual([]);
    expect(alertsFor('1:5x61 2:4x500 3:5x61')).toEqual([]);
  });

  it('is over after an hour without trouble or without flights, and may raise again', () => {
    expect(alertsFor('1:5x61 2:5x61 4:5x61 5:5x61')).toEqual([]);
    expect(alertsFor('1:5x61 2:5x61 3:5x61 4:5x10 5:5x61 6:5x61 7:5x62')).toEqual(['01-03:61', '05-07:61.333333333333336']);
    expect(alertsFor('1:5x61 2:5x61 3:5x61 5:5x61 6:5x61 7:5x61')).toEqual(['01-03:61', '05-07:61']);
  });
});

describe('an hour as text', () => {
  it('has no milliseconds', () => {
    expect(hourText(MIDNIGHT + 5 * 3_600_000)).toBe('2001-01-01T05:00:00Z');
  });
});
