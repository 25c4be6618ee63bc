/** Wrong: the key of the first record of a subtask is kept in a closure, to spare a look-up, and signs the reports of all rooms. */
import {
  type Collector, CollectSink, DataGeneratorSource, defineJob, Duration, type KeyedProcessContext, KeyedProcessFunction, type OnTimerContext, param, type RuntimeContext,
  stateDescriptor, type ValueState, WatermarkStrategy,
} from '@weir/datastream';

interface Reading { readonly room: string; readonly celsius: number; readonly at: number }

const ROOMS = ['attic', 'cellar', 'kitchen', 'study'];
const HOUR_MS = 3_600_000;

const reading = (n: number): Reading => ({ room: ROOMS[n % 4], celsius: 18 + (n % 7), at: Date.UTC(2026, 0, 1) + n * 240_000 });

function reports(): KeyedProcessFunction<string, Reading, string> {
  let room: string | undefined;
  class Reports extends KeyedProcessFunction<string, Reading, string> {
    private warmest!: ValueState<number>;
    override open(context: RuntimeContext): void {
      this.warmest = context.getState(stateDescriptor.value<number>('warmest'));
    }
    override processElement(it: Reading, context: KeyedProcessContext<string>): void {
      room ??= context.getCurrentKey();
      this.warmest.update(Math.max(it.celsius, this.warmest.value() ?? -Infinity));
      context.timerService().registerEventTimeTimer((Math.floor(it.at / HOUR_MS) + 1) * HOUR_MS - 1);
    }
    override onTimer(timestamp: number, _context: OnTimerContext<string>, out: Collector<string>): void {
      out.collect(`${room}: ${this.warmest.value()} degrees up to ${new Date(timestamp).toISOString()}`);
      this.warmest.clear();
    }
  }
  return new Reports();
}

export default defineJob('warm rooms', { params: { readings: param.integer({ default: 60 }) } }, (env, { readings }) => {
  const time = WatermarkStrategy.forBoundedOutOfOrderness<Reading>(Duration.seconds(30)).withTimestampAssigner((it) => it.at);
  env.fromSource(new DataGeneratorSource(reading, readings), time, 'readings').uid('readings')
    .keyBy((it) => it.room)
    .process(reports()).name('reports').uid('reports')
    .sinkTo(new CollectSink<string>()).name('results').uid('results');
});
