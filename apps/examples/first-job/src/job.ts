import { FileSink } from '@weir/connector-file';
import {
  DataGeneratorSource, defineJob, Duration, param, TumblingEventTimeWindows, WatermarkStrategy, type WindowedNumber,
} from '@weir/datastream';
import { jsonLines } from '@weir/format-json';

interface Reading { readonly room: string; readonly celsius: number; readonly at: number }

const ROOMS = ['attic', 'cellar', 'kitchen', 'study'];

/** Reading `n`: the rooms in turn, one reading a second of event time. */
function reading(n: number): Reading {
  return { room: ROOMS[n % 4], celsius: 20 + (n % 4) + Math.round(50 * Math.sin(n / 5000)) / 10, at: Date.UTC(2026, 0, 1) + n * 1000 };
}

const params = {
  readings: param.integer({ default: 60_000, description: 'how many to make' }),
  perSecond: param.integer({ default: 2_000, description: 'how many a second' }),
  output: param.string({ default: 'out/rooms', description: 'directory of the result' }),
};

export default defineJob('rooms', { params }, (env, { readings, perSecond, output }) => {
  const source = new DataGeneratorSource(reading, readings, { recordsPerSecond: perSecond });
  const time = WatermarkStrategy.forBoundedOutOfOrderness<Reading>(Duration.seconds(30)).withTimestampAssigner((it) => it.at);

  env.fromSource(source, time, 'readings').uid('readings')
    .keyBy((it) => it.room)
    .window(TumblingEventTimeWindows.of(Duration.hours(1)))
    .max((it) => it.celsius).name('warmest of the hour').uid('warmest')
    .sinkTo(FileSink.forRowFormat(output, jsonLines<WindowedNumber<string>>()).build()).name('results').uid('results');
});
