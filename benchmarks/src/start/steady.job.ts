/** A job that does little and never ends: a source, a keyed exchange, a count. */
import { DataGeneratorSource, defineJob, WatermarkStrategy } from '@weir/datastream';
import { LatencySink, ORIGIN, type Stamped } from '../latency/latency-sink.js';

export default defineJob('steady', (env) => {
  const source = new DataGeneratorSource<Stamped>((i) => ({ key: i % 1000, at: 0, origin: ORIGIN }), undefined, { recordsPerSecond: 1000 });
  env.fromSource(source, WatermarkStrategy.noWatermarks<Stamped>(), 'generator').uid('generator')
    .keyBy(({ key }) => key).reduce((_, latest) => latest).uid('latest')
    .sinkTo(new LatencySink('', 0)).uid('sink');
});
