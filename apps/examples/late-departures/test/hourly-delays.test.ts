import { describe, expect, it } from '@jest/globals';
import type { WindowContext } from '@weir/datastream';
import { delayLine, delayTotals, WithAirportAndHour, type AirportHour, type Flight } from '../src/hourly-delays.js';
import { longestTroubles } from '../src/summary.js';

const flight = (delay: number): Flight => ({ date: 0, delay, origin: 'SFO' });

describe('the delays of an airport in an hour', () => {
  it('are counted, averaged, and compared with 15 minutes', () => {
    const totals = [-5, 15, 16, 100].reduce((sum, delay) => delayTotals.add(flight(delay), sum), delayTotals.createAccumulator());
    const hours: AirportHour[] = [];
    const window = { start: Date.UTC(2001, 0, 1, 5), end: Date.UTC(2001, 0, 1, 6) };
    new WithAirportAndHour().process('SFO', { window } as WindowContext, [delayTotals.getResult(totals)], { collect: (hour) => hours.push(hour) });
    expect(hours.map(delayLine)).toEqual([
      { origin: 'SFO', window_start: '2001-01-01T05:00:00Z', flights: 4, mean_delay: 31.5, max_delay: 100, late_share: 0.5 },
    ]);
    expect(Object.keys(delayLine(hours[0]))).toEqual(['origin', 'window_start', 'flights', 'mean_delay', 'max_delay', 'late_share']);
  });
});

describe('the longest troubles', () => {
  it('are hours that follow each other at one airport', () => {
    const line = (origin: string, hour: number) => ({ origin, window_start: `2001-01-01T0${hour}:00:00Z`, flights: 5, mean_delay: 61, max_delay: 61, late_share: 1 });
    expect(longestTroubles([line('A', 3), line('A', 1), line('A', 2), line('B', 4), line('A', 5)])).toMatchObject([
      { origin: 'A', since: '2001-01-01T01:00:00Z', hours: 3 },
      { origin: 'B', hours: 1 },
      { origin: 'A', since: '2001-01-01T05:00:00Z', hours: 1 },
    ]);
  });
});
