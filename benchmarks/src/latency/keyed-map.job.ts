/** Records that know when they were made, through a keyed exchange and a function to a sink that looks at the clock. */
import { DataGeneratorSource, defineJob, param, WatermarkStrategy } from '@weir/datastream';
import { LatencySink, ORIGIN, type Stamped } from './latency-sink.js';
import { machineNow } from './machine-clock.js';

const KEYS = 100_000;
const params = {
  records: param.integer({ min: 1 }), rate: param.integer({ min: 0, description: 'records per second in all; 0: as many as possible' }),
  results: param.string(), warmUpMs: param.integer({ min: 0 }),
};

export default defineJob('latency: keyed map', { params }, (env, { records, rate, results, warmUpMs }) => {
  const make = (i: number): Stamped => ({ key: (Math.imul(i, 0x9e3779b1) >>> 4) % KEYS, at: machineNow(), origin: ORIGIN });
  env.fromSource(new DataGeneratorSource(make, records, rate === 0 ? {} : { recordsPerSecond: rate }), WatermarkStrategy.noWatermarks<Stamped>(), 'generator').uid('generator')
    .keyBy(({ key }) => key).map(({ key, at, origin }) => ({ key: key + 1, at, origin })).uid('map')
    .sinkTo(new LatencySink(results, warmUpMs)).uid('latency');
});
