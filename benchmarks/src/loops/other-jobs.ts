/** Eight unlike jobs that run in the process before anything is measured, so that V8's type feedback is as shared as in production. */
import {
  aggregates, DataGeneratorSource, defineJob, Duration, EventTimeSessionWindows, type JobDefinition, KeyedProcessFunction, type Collector, type KeyedProcessContext,
  SlidingEventTimeWindows, type StreamExecutionEnvironment, TumblingEventTimeWindows, WatermarkStrategy,
} from '@weir/datastream';
import { runJob } from '../run-job.js';
import { SumSink } from '../sum-sink.js';

const RECORDS = 200_000;
type Env = StreamExecutionEnvironment;

class EchoLength extends KeyedProcessFunction<string, { name: string }, number> {
  processElement(value: { name: string }, _context: KeyedProcessContext<string>, out: Collector<number>): void {
    out.collect(value.name.length);
  }
}

const generated = <T>(env: Env, make: (i: number) => T) => env.fromSource(new DataGeneratorSource(make, RECORDS), WatermarkStrategy.noWatermarks<T>(), 'generator');
const timed = <T extends { t: number }>(env: Env, make: (i: number) => T) =>
  env.fromSource(new DataGeneratorSource(make, RECORDS), WatermarkStrategy.forMonotonousTimestamps<T>().withTimestampAssigner((v) => v.t), 'generator');

const builds: readonly ((env: Env, sink: SumSink) => void)[] = [
  (env, sink) => { generated(env, (i) => `line ${i}`).map((text) => text.length).sinkTo(sink); },
  (env, sink) => { generated(env, (i) => [i, i + 1]).flatMap<number>((pair, out) => { out.collect(pair[0]); out.collect(pair[1]); }).sinkTo(sink); },
  (env, sink) => { generated(env, (i) => ({ a: i, b: { c: `${i % 7}` } })).filter((v) => v.a % 3 === 0).map((v) => v.b.c.length).sinkTo(sink); },
  (env, sink) => { generated(env, (i) => ({ name: `name ${i % 50}` })).keyBy((v) => v.name).process(new EchoLength()).sinkTo(sink); },
  (env, sink) => { generated(env, (i) => ({ k: `k${i % 20}`, n: i })).keyBy((v) => v.k).reduce((x, y) => ({ k: x.k, n: x.n + y.n })).map((v) => v.n).sinkTo(sink); },
  (env, sink) => {
    timed(env, (i) => ({ t: i, user: `u${i % 100}`, bytes: i % 1500 })).keyBy((v) => v.user)
      .window(TumblingEventTimeWindows.of(Duration.seconds(5))).aggregate(aggregates.sum((v: { bytes: number }) => v.bytes)).sinkTo(sink);
  },
  (env, sink) => {
    timed(env, (i) => ({ t: i, sensor: i % 30, celsius: i % 40 })).keyBy((v) => v.sensor)
      .window(SlidingEventTimeWindows.of(Duration.seconds(4), Duration.seconds(2))).aggregate(aggregates.count()).sinkTo(sink);
  },
  (env, sink) => {
    timed(env, (i) => ({ t: i * 3, visitor: `v${i % 500}` })).keyBy((v) => v.visitor)
      .window(EventTimeSessionWindows.withGap(Duration.seconds(1))).aggregate(aggregates.count()).sinkTo(sink);
  },
];

export async function runOtherJobs(): Promise<number> {
  for (const [i, build] of builds.entries()) {
    const job = defineJob(`other job ${i + 1}`, (env) => build(env, new SumSink({ sum: 0 }))) as JobDefinition<unknown>;
    await runJob(job, { 'execution.checkpointing.interval': '10 s' });
  }
  return builds.length;
}
