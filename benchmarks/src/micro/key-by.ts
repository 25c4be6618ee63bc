/** Keyed exchange: every record is routed by its key and goes through a channel. */
import { type Collector, type KeyedProcessContext, KeyedProcessFunction } from '@weir/datastream';
import { type Keyed, makeKeyedOf } from '../loops/workloads.js';
import { jobRun, type MicroBenchmark } from './micro-benchmark.js';
import { KEYS, untimed } from './records.js';

class ValueOnly extends KeyedProcessFunction<number, Keyed, number> {
  processElement(record: Keyed, _context: KeyedProcessContext<number>, out: Collector<number>): void {
    out.collect(record.value);
  }
}

export const keyBy: readonly MicroBenchmark[] = [{
  name: 'key-by', note: `${KEYS} integer keys, shuffled to a function without state, in one thread`, recordsPerS: 8_000_000,
  flink: { main: 'WorkloadMain', workload: 'key-by', recordsPerS: 5_000_000 },
  run: jobRun((env, records, sink) => {
    untimed(env, records, makeKeyedOf(KEYS)).keyBy((e) => e.key).process(new ValueOnly()).startNewChain().sinkTo(sink);
  }),
}];
