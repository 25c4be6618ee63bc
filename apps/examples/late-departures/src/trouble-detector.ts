/** Airports in trouble for three hours in a row. */
import {
  KeyedProcessFunction, stateDescriptor, types, type Collector, type Infer, type KeyedProcessContext, type RuntimeContext, type ValueState,
} from '@weir/datastream';
import { hourText, type AirportHour } from './hourly-delays.js';

const HOUR_MS = 3_600_000;
const HOURS_UNTIL_ALERT = 3;

/** In trouble: at least 5 departures in the hour, more than 60 minutes late on average. */
export function isInTrouble({ flights, delaySum }: AirportHour): boolean {
  return flights >= 5 && delaySum / flights > 60;
}

/** A line of `alerts/`: the hours from `since` to `at` were in trouble, with this mean delay over all their flights. */
export interface Alert {
  readonly origin: string;
  readonly since: string;
  readonly at: string;
  readonly mean_delay: number;
}

/** Hours in trouble without a break, up to now. Declared, for it outlives the process in checkpoints. */
const runType = types.row({ since: types.long, last: types.long, hours: types.int, flights: types.int, delaySum: types.double });
type Run = Infer<typeof runType>;

/**
 * Keyed by airport; takes its hours in order of time. The third hour of a run raises one alert; there is no other until the run is broken,
 * by an hour that is not in trouble or by one without any departure.
 */
export class TroubleDetector extends KeyedProcessFunction<string, AirportHour, Alert> {
  private run!: ValueState<Run>;

  override open(context: RuntimeContext): void {
    this.run = context.getState(stateDescriptor.value('run', runType));
  }

  override processElement(hour: AirportHour, _context: KeyedProcessContext<string>, out: Collector<Alert>): void {
    if (!isInTrouble(hour)) return this.run.clear();
    const run = extended(this.run.value(), hour);
    if (run.hours === HOURS_UNTIL_ALERT) {
      out.collect({ origin: hour.origin, since: hourText(run.since), at: hourText(run.last), mean_delay: run.delaySum / run.flights });
    }
    this.run.update(run);
  }
}

function extended(run: Run | undefined, { windowStart, flights, delaySum }: AirportHour): Run {
  if (run === undefined || windowStart - run.last !== HOUR_MS) return { since: windowStart, last: windowStart, hours: 1, flights, delaySum };
  return { since: run.since, last: windowStart, hours: run.hours + 1, flights: run.flights + flights, delaySum: run.delaySum + delaySum };
}
