/** What an airport's departures of one hour amount to. */
import { aggregates, ProcessWindowFunction, type Collector, type WindowContext } from '@weir/datastream';

/** One departure; `date` in milliseconds since 1970 UTC, `delay` in minutes (negative: early). */
export interface Flight {
  readonly date: number;
  readonly delay: number;
  readonly origin: string;
}

/** A departure counts as late when it left more than this many minutes after its time. */
const LATE_AFTER_MINUTES = 15;

/** Totals over departures, in minutes. */
export const delayTotals = aggregates.all({
  flights: aggregates.count(),
  delaySum: aggregates.sum((flight: Flight) => flight.delay),
  maxDelay: aggregates.max((flight: Flight) => flight.delay),
  late: aggregates.sum((flight: Flight) => (flight.delay > LATE_AFTER_MINUTES ? 1 : 0)),
});

export interface DelayTotals {
  readonly flights: number;
  readonly delaySum: number;
  readonly maxDelay: number;
  readonly late: number;
}

/** The totals of one airport in the hour that begins at `windowStart`. */
export interface AirportHour extends DelayTotals {
  readonly origin: string;
  readonly windowStart: number;
}

/** Adds airport and hour to the totals. */
export class WithAirportAndHour extends ProcessWindowFunction<DelayTotals, AirportHour, string> {
  override process(origin: string, { window }: WindowContext, [totals]: readonly DelayTotals[], out: Collector<AirportHour>): void {
    out.collect({ origin, windowStart: window.start, ...totals });
  }
}

/** A line of `delays/`. */
export interface DelayLine {
  readonly origin: string;
  readonly window_start: string;
  readonly flights: number;
  readonly mean_delay: number;
  readonly max_delay: number;
  readonly late_share: number;
}

export function delayLine(hour: AirportHour): DelayLine {
  return {
    origin: hour.origin,
    window_start: hourText(hour.windowStart),
    flights: hour.flights,
    mean_delay: hour.delaySum / hour.flights,
    max_delay: hour.maxDelay,
    late_share: hour.late / hour.flights,
  };
}

/** `2001-01-01T05:00:00Z`. */
export function hourText(timestamp: number): string {
  return new Date(timestamp).toISOString().replace('.000Z', 'Z');
}
