/** The way of a record from a source through a map to a sink. */
import { makeSmall } from '../loops/workloads.js';
import { jobRun, type MicroBenchmark } from './micro-benchmark.js';
import { untimed } from './records.js';

export const mapSink: readonly MicroBenchmark[] = [{
  name: 'map-sink', note: 'generator, map, sink in one chain', recordsPerS: 100_000_000, flink: { main: 'WorkloadMain', workload: 'map-sink', recordsPerS: 40_000_000 },
  run: jobRun((env, records, sink) => { untimed(env, records, makeSmall).map((e) => e.value * 2).sinkTo(sink); }),
}];
