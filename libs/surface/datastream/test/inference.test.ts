/** Types are inferred from source to sink. The claims are checked by the compiler; running the file only shows that they build. */
import { expect, test } from '@jest/globals';
import {
  aggregates, CollectSink, DataGeneratorSource, defineJob, Duration, OutputTag, param, ProcessWindowFunction, StreamExecutionEnvironment,
  TumblingEventTimeWindows, WatermarkStrategy, type Collector, type DataStream, type KeyedNumber, type KeyedStream,
  type WindowContext, type WindowedNumber,
} from '../src/index.js';

interface Flight {
  readonly origin: string;
  readonly delay: number;
}
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type ElementOf<S> = S extends DataStream<infer T> ? T : never;
/** Compiles only when the stream's element type is exactly `T`. */
function expectElements<T>() {
  return <S extends DataStream<T>>(_stream: S, _proof: Equal<ElementOf<S>, T>): void => undefined;
}
class Labelled extends ProcessWindowFunction<number, { readonly key: string; readonly mean: number }, string> {
  override process(
    key: string, _context: WindowContext, [mean]: readonly number[], out: Collector<{ readonly key: string; readonly mean: number }>,
  ): void {
    out.collect({ key, mean });
  }
}

test('types flow from the source to the sink', () => {
  const env = new StreamExecutionEnvironment({ executor: 'none' });
  const flights = env.fromSource(
    new DataGeneratorSource((i): Flight => ({ origin: `A${i % 3}`, delay: i }), 10),
    WatermarkStrategy.forBoundedOutOfOrderness(Duration.minutes(1)).withTimestampAssigner((f: Flight) => f.delay),
    'flights',
  );
  expectElements<Flight>()(flights, true);
  expectElements<number>()(flights.map((f) => f.delay), true);
  expectElements<string>()(flights.flatMap((f, out: Collector<string>) => out.collect(f.origin)), true);
  expectElements<number>()(flights.map({ open: () => undefined, map: (f: Flight) => f.delay }), true);
  const keyed: KeyedStream<Flight, string> = flights.keyBy((f) => f.origin);
  const hours = keyed.window(TumblingEventTimeWindows.of(Duration.hours(1)));
  expectElements<number>()(hours.aggregate(aggregates.mean((f: Flight) => f.delay)), true);
  expectElements<{ readonly key: string; readonly mean: number }>()(
    hours.aggregate(aggregates.mean((f: Flight) => f.delay), new Labelled()), true,
  );
  expectElements<{ readonly trips: number; readonly worst: number }>()(
    hours.aggregate(aggregates.all({ trips: aggregates.count(), worst: aggregates.max((f: Flight) => f.delay) })), true,
  );
  expectElements<WindowedNumber<string>>()(hours.count(), true);
  expectElements<Flight>()(hours.sum('delay'), true);
  expectElements<KeyedNumber<string>>()(keyed.sum((f) => f.delay), true);
  // @ts-expect-error: `origin` holds no number
  keyed.sum('origin');
  // @ts-expect-error: a sink of strings takes no flights
  flights.sinkTo(new CollectSink<string>());
  expectElements<Error>()(flights.getSideOutput(new OutputTag<Error>('errors')), true);
  expectElements<number | string>()(flights.connect(env.fromElements('a')).map<number | string>((f) => f.delay, (s) => s), true);
  const isLong = (f: Flight): f is Flight & { readonly delay: 9 } => f.delay === 9;
  expectElements<Flight & { readonly delay: 9 }>()(flights.filter(isLong), true);
  expectElements<Flight>()(flights.filter((f) => f.delay > 1), true);
  const job = defineJob('typed', { params: { limit: param.integer({ default: 1 }), mode: param.oneOf(['a', 'b']) } }, (_env, params) => {
    const limit: number = params.limit;
    const mode: 'a' | 'b' = params.mode;
    // @ts-expect-error: not declared
    void [limit, mode, params.other];
  });
  expect(job.readParameters({ mode: 'b' })).toEqual({ limit: 1, mode: 'b' });
});
