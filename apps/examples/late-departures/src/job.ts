/**
 * Late departures: how late flights leave, per airport and hour of event time, and which airports are in trouble for three hours in a row.
 *
 *   weir run apps/examples/late-departures/src/job.ts [-- --input FILE --output DIR]
 */
import { FileSink, FileSource } from '@weir/connector-file';
import { defineJob, Duration, param, TumblingEventTimeWindows, types, WatermarkStrategy } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { parquet } from '@weir/format-parquet';
import { flightsFile } from './flights-data.js';
import { delayLine, delayTotals, WithAirportAndHour, type DelayLine } from './hourly-delays.js';
import { summarize } from './summary.js';
import { TroubleDetector, type Alert } from './trouble-detector.js';

/** The columns that the job reads; `date` in milliseconds since 1970 UTC, `delay` in minutes. */
const flight = types.row({ date: types.long, delay: types.int, origin: types.string });

const params = {
  input: param.string({ default: '', description: 'Parquet file with the columns date, delay and origin; empty: the one of vega-datasets' }),
  output: param.string({ default: 'out/late-departures', description: 'directory for delays/ and alerts/' }),
};

export default defineJob('late departures', { params, summary: summarize }, (env, { input, output }) => {
  const byTheirDate = WatermarkStrategy.forBoundedOutOfOrderness(Duration.minutes(30)).withTimestampAssigner((it: { date: number }) => it.date);

  const delays = env
    .fromSource(FileSource.forBulkFormat(parquet({ columns: flight }), input || flightsFile()).build(), byTheirDate, 'flights').uid('flights')
    .keyBy((it) => it.origin)
    .window(TumblingEventTimeWindows.of(Duration.hours(1)))
    .aggregate(delayTotals, new WithAirportAndHour()).name('hourly delays').uid('hourly-delays');

  delays
    .map(delayLine)
    .sinkTo(FileSink.forRowFormat(`${output}/delays`, jsonLines<DelayLine>()).build()).name('delays').uid('delays');

  delays
    .keyBy((it) => it.origin)
    .process(new TroubleDetector()).name('trouble detector').uid('trouble-detector')
    .sinkTo(FileSink.forRowFormat(`${output}/alerts`, jsonLines<Alert>()).build()).name('alerts').uid('alerts');
});
