/**
 * The keyed tumbling window of the loops suite, as a module that threads can load. With `exchange` records always go through channels to the window, as
 * they do in Flink; without, one subtask of everything is one chain.
 */
import { DataGeneratorSource, defineJob, Duration, param, TumblingEventTimeWindows, WatermarkStrategy } from '@weir/datastream';
import { interleaved } from '../interleaved.js';
import { eventKey, eventTime, type Event, makeEvent, sumAndCount, WINDOW_MS } from '../loops/workloads.js';
import { TotalSink } from './total-sink.js';

const params = { records: param.integer({ min: 1 }), results: param.string(), exchange: param.boolean(), slots: param.integer({ min: 1 }) };

export default defineJob('scaling: window', { params }, (env, { records, results, exchange, slots }) => {
  const windows = env.fromSource(new DataGeneratorSource(interleaved(makeEvent, records, slots), records), WatermarkStrategy.forMonotonousTimestamps<Event>().withTimestampAssigner(eventTime), 'generator').uid('generator')
    .keyBy(eventKey).window(TumblingEventTimeWindows.of(Duration.milliseconds(WINDOW_MS))).aggregate(sumAndCount).uid('window');
  (exchange ? windows.startNewChain() : windows)
    .sinkTo(new TotalSink<number>(results, (value) => value)).uid('total');
});
