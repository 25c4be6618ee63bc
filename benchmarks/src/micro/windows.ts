/** Event-time windows over 1000 keys with an aggregate of sum and count. */
import { Duration, EventTimeSessionWindows, SlidingEventTimeWindows, TumblingEventTimeWindows } from '@weir/datastream';
import { eventKey, type SumCount, sumAndCount } from '../loops/workloads.js';
import { jobRun, type MicroBenchmark } from './micro-benchmark.js';
import { events, makeEventOfFewKeys, makeVisit } from './records.js';

const mergeable = {
  ...sumAndCount,
  merge: (a: SumCount, b: SumCount): SumCount => {
    a.sum += b.sum;
    a.count += b.count;
    return a;
  },
};

export const windows: readonly MicroBenchmark[] = [
  {
    name: 'tumbling-window', note: 'of 10 s, 10^6 records each', recordsPerS: 15_000_000, flink: { main: 'WorkloadMain', workload: 'tumbling-window', recordsPerS: 4_000_000 },
    run: jobRun((env, records, sink) => {
      events(env, records, makeEventOfFewKeys).keyBy(eventKey).window(TumblingEventTimeWindows.of(Duration.seconds(10))).aggregate(mergeable).sinkTo(sink);
    }),
  },
  {
    name: 'sliding-window', note: 'of 10 s every second', recordsPerS: 10_000_000, flink: { main: 'WorkloadMain', workload: 'sliding-window', recordsPerS: 500_000 },
    run: jobRun((env, records, sink) => {
      events(env, records, makeEventOfFewKeys).keyBy(eventKey).window(SlidingEventTimeWindows.of(Duration.seconds(10), Duration.seconds(1))).aggregate(mergeable).sinkTo(sink);
    }),
  },
  {
    name: 'session-window', note: 'gap of 500 ms; a key is seen for a second', recordsPerS: 3_000_000, flink: { main: 'WorkloadMain', workload: 'session-window', recordsPerS: 700_000 },
    run: jobRun((env, records, sink) => {
      events(env, records, makeVisit).keyBy(eventKey).window(EventTimeSessionWindows.withGap(Duration.milliseconds(500))).aggregate(mergeable).sinkTo(sink);
    }),
  },
];
