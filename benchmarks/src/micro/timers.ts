/** Event-time timers over 1000 keys. */
import { type Collector, type KeyedProcessContext, KeyedProcessFunction, type OnTimerContext } from '@weir/datastream';
import { type Event, eventKey } from '../loops/workloads.js';
import { jobRun, type MicroBenchmark } from './micro-benchmark.js';
import { events, makeEventOfFewKeys } from './records.js';

const MINUTE_MS = 60_000;

class Timers extends KeyedProcessFunction<number, Event, number> {
  constructor(private readonly timeFor: (event: Event) => number) {
    super();
  }
  processElement(event: Event, context: KeyedProcessContext<number>): void {
    context.timerService().registerEventTimeTimer(this.timeFor(event));
  }
  override onTimer(_timestamp: number, _context: OnTimerContext<number>, out: Collector<number>): void {
    out.collect(1);
  }
}

const timersAt = (timeFor: (event: Event) => number): MicroBenchmark['run'] =>
  jobRun((env, records, sink) => { events(env, records, makeEventOfFewKeys).keyBy(eventKey).process(new Timers(timeFor)).sinkTo(sink); });

export const timers: readonly MicroBenchmark[] = [
  {
    name: 'timers-register', note: 'each record asks for the timer at the end of its minute, which is mostly there already', recordsPerS: 5_000_000,
    flink: { main: 'WorkloadMain', workload: 'timers-register', recordsPerS: 2_000_000 }, run: timersAt((event) => event.time - (event.time % MINUTE_MS) + MINUTE_MS - 1),
  },
  {
    name: 'timers-fire', note: 'each record asks for a timer a second ahead; all fire', recordsPerS: 1_000_000,
    flink: { main: 'WorkloadMain', workload: 'timers-fire', recordsPerS: 600_000 }, run: timersAt((event) => event.time + 1000),
  },
];
