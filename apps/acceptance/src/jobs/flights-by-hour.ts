/** The small job that the test jobs vary: flights and their delay per airport and hour, and how many hours an airport has had so far. */
import {
  aggregates, KeyedProcessFunction, ProcessWindowFunction, stateDescriptor, TumblingEventTimeWindows, Duration, types, WatermarkStrategy,
  type Collector, type DataStream, type KeyedProcessContext, type RuntimeContext, type SingleOutputStreamOperator, type ValueState, type WindowContext,
} from '@weir/datastream';

export interface Flight {
  readonly date: number;
  readonly delay: number;
  readonly origin: string;
}

/** `date` in milliseconds since 1970 UTC, `delay` in minutes. */
export const flightType = types.row({ date: types.long, delay: types.int, origin: types.string });

export const byTheirDate = WatermarkStrategy.forBoundedOutOfOrderness<{ readonly date: number }>(Duration.minutes(30))
  .withTimestampAssigner((flight) => flight.date);

interface Totals {
  readonly flights: number;
  readonly delay: number;
}

interface Hour extends Totals {
  readonly origin: string;
  readonly start: number;
}

/** An airport's hour; `hours` counts those of this airport up to it. */
export interface NumberedHour extends Hour {
  readonly hours: number;
}

const totals = aggregates.all({
  flights: aggregates.count(),
  delay: aggregates.sum((flight: Flight) => flight.delay),
});

class WithAirportAndHour extends ProcessWindowFunction<Totals, Hour, string> {
  override process(origin: string, { window }: WindowContext, [sums]: readonly Totals[], out: Collector<Hour>): void {
    out.collect({ origin, start: window.start, ...sums });
  }
}

class NumberHours extends KeyedProcessFunction<string, Hour, NumberedHour> {
  private count!: ValueState<number>;

  override open(context: RuntimeContext): void {
    this.count = context.getState(stateDescriptor.value('hours', types.int));
  }

  override processElement(hour: Hour, _context: KeyedProcessContext<string>, out: Collector<NumberedHour>): void {
    const hours = (this.count.value() ?? 0) + 1;
    this.count.update(hours);
    out.collect({ ...hour, hours });
  }
}

/** With the uids that every job but the one without them has. */
export function numberedHours(flights: DataStream<Flight>, withUids = true): SingleOutputStreamOperator<NumberedHour> {
  const hours = flights.keyBy((it) => it.origin).window(TumblingEventTimeWindows.of(Duration.hours(1))).aggregate(totals, new WithAirportAndHour());
  const numbered = (withUids ? hours.uid('hours') : hours).keyBy((it) => it.origin).process(new NumberHours());
  return withUids ? numbered.uid('numbered') : numbered;
}
