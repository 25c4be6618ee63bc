/** What the API builds, told by the plans that come out of it. */
import { describe, expect, it } from '@jest/globals';
import { Configuration } from '@weir/base';
import { createJobGraph, describePlan, formatPlan, jobGraphOptions, type StreamGraph } from '@weir/graph';
import {
  aggregates, CoProcessFunction, Duration, EventTimeSessionWindows, KeyedProcessFunction, OutputTag, ProcessFunction,
  SlidingEventTimeWindows,
  StreamExecutionEnvironment, TumblingEventTimeWindows, types, WatermarkStrategy, type Collector,
  type KeyedProcessContext, type ProcessContext,
} from '../src/index.js';

interface Flight {
  readonly origin: string;
  readonly delay: number;
  readonly at: number;
}
const flight: Flight = { origin: 'TXL', delay: 5, at: 0 };

function environment(): StreamExecutionEnvironment {
  return new StreamExecutionEnvironment({ executor: 'none', writeLine: () => undefined });
}
function compiled(graph: StreamGraph, parallelism = 2) {
  return createJobGraph(graph, jobGraphOptions(graph, Configuration.of({ 'parallelism.default': String(parallelism) }, 'command line')));
}
function plan(env: StreamExecutionEnvironment, parallelism = 2): string {
  return formatPlan(describePlan(compiled(env.getStreamGraph('story'), parallelism)));
}

class Detector extends KeyedProcessFunction<string, Flight, string> {
  override processElement(value: Flight, context: KeyedProcessContext<string>, out: Collector<string>): void {
    out.collect(`${context.getCurrentKey()} ${value.delay}`);
  }
}
class Splitter extends ProcessFunction<Flight, Flight> {
  override processElement(value: Flight, _context: ProcessContext, out: Collector<Flight>): void {
    out.collect(value);
  }
}
class Joiner extends CoProcessFunction<Flight, string, string> {
  override processElement1(value: Flight, _context: ProcessContext, out: Collector<string>): void {
    out.collect(value.origin);
  }
  override processElement2(value: string, _context: ProcessContext, out: Collector<string>): void {
    out.collect(value);
  }
}

describe('the plan of', () => {
  it('a windowed job with late data', () => {
    const env = environment();
    const late = new OutputTag<Flight>('late');
    const delays = env
      .fromCollection([flight])
      .assignTimestampsAndWatermarks(
        WatermarkStrategy.forBoundedOutOfOrderness<Flight>(Duration.minutes(30)).withTimestampAssigner((f) => f.at),
      )
      .filter((f) => f.delay > 0)
      .keyBy((f) => f.origin)
      .window(TumblingEventTimeWindows.of(Duration.hours(1)))
      .allowedLateness(Duration.minutes(5))
      .sideOutputLateData(late)
      .aggregate(aggregates.mean((f: Flight) => f.delay))
      .uid('mean-delay');
    delays.print('delay').name('out').uid('out');
    delays.getSideOutput(late).print('late').setParallelism(1);
    expect(plan(env)).toMatchInlineSnapshot(`
"story
[1] parallelism 2
    Source: Collection Source
    └─ Timestamps/Watermarks
       └─ Filter
[2] parallelism 2
    <- HASH from [1] Filter
    Window(TumblingEventTimeWindows(3600000)) #mean-delay
    └─ out #out
[3] parallelism 1
    <- REBALANCE from [2] Window(TumblingEventTimeWindows(3600000)) (side output late)
    Sink: Print to Std. Out
"
`);
  });

  it('unions, partitioners and chain control', () => {
    const env = environment();
    const a = env.fromSequence(1, 10).name('a');
    const b = env.fromSequence(1, 10).name('b').setParallelism(1);
    a.union(b.broadcast()).map((n) => n + 1).startNewChain().flatMap(
      (n: number, out: Collector<number>) => out.collect(n),
    ).disableChaining()
      .rescale().map((n) => n).setParallelism(4).slotSharingGroup('heavy').shuffle().map((n) => n).global().print();
    expect(plan(env)).toMatchInlineSnapshot(`
"story
[1] parallelism 2
    a
[2] parallelism 1
    b
[3] parallelism 2
    <- FORWARD from [1] a
    <- BROADCAST from [2] b
    Map
[4] parallelism 2
    <- FORWARD from [3] Map
    Flat Map
[5] parallelism 4, slots heavy
    <- RESCALE from [4] Flat Map
    Map
[6] parallelism 2, slots heavy
    <- SHUFFLE from [5] Map
    Map
[7] parallelism 2, slots heavy
    <- GLOBAL from [6] Map
    Sink: Print to Std. Out
"
`);
  });

  it('connected streams, keyed and not', () => {
    const env = environment();
    const flights = env.fromElements(flight);
    const words = env.fromElements('word');
    flights.connect(words).process(new Joiner()).print();
    flights.connect(words).keyBy((f) => f.origin, (w) => w).map((f) => f.origin, (w) => w).print();
    flights.keyBy((f) => f.origin).connect(words.keyBy((w) => w)).process(new Joiner()).uid('join').print();
    expect(plan(env, 1)).toMatchInlineSnapshot(`
"story
[1] parallelism 1
    Source: Collection Source
[2] parallelism 1
    Source: Collection Source
[3] parallelism 1
    <- FORWARD from [1] Source: Collection Source input 1
    <- FORWARD from [2] Source: Collection Source input 2
    Co-Process
    └─ Sink: Print to Std. Out
[4] parallelism 1
    <- HASH from [1] Source: Collection Source input 1
    <- HASH from [2] Source: Collection Source input 2
    Co-Map
    └─ Sink: Print to Std. Out
[5] parallelism 1
    <- HASH from [1] Source: Collection Source input 1
    <- HASH from [2] Source: Collection Source input 2
    Co-Keyed-Process #join
    └─ Sink: Print to Std. Out
"
`);
  });

  it('rolling aggregates', () => {
    const env = environment();
    const keyed = env.fromElements(flight).keyBy((f) => f.origin);
    keyed.process(new Detector());
    keyed.reduce((a) => a);
    keyed.sum('delay');
    keyed.max((f) => f.delay);
    keyed.window(SlidingEventTimeWindows.of(Duration.hours(2), Duration.hours(1))).count();
    keyed.window(EventTimeSessionWindows.withGap(Duration.minutes(1))).sum('delay');
    expect(describePlan(compiled(env.getStreamGraph('j'))).nodes.map((node) => node.name)).toMatchInlineSnapshot(`
[
  "Source: Collection Source -> Local Window(SlidingEventTimeWindows(7200000, 3600000))",
  "KeyedProcess",
  "Keyed Reduce",
  "Keyed Reduce",
  "Keyed Aggregation",
  "Window(SlidingEventTimeWindows(7200000, 3600000))",
  "Window(EventTimeSessionWindows)",
]
`);
  });
});

describe('the graph', () => {
  it('has key selectors on both inputs of a keyed operator and on rich functions behind keyBy, but not on plain ones', () => {
    const env = environment();
    const flights = env.fromElements(flight);
    flights.keyBy((f) => f.origin).map((f) => f.delay);
    flights.keyBy((f) => f.origin).map({ open: () => undefined, map: (f: Flight) => f.delay });
    flights.connect(env.fromElements('x')).keyBy((f) => f.origin, (w) => w).process(new Joiner());
    expect(env.getStreamGraph().nodes.map((node) => node.keySelectors.length)).toEqual([0, 0, 1, 0, 2]);
  });

  it('carries declared types through filters, timestamps and side outputs', () => {
    const type = types.row({ origin: types.string, delay: types.int, at: types.long });
    const env = environment();
    const stream = env.fromCollection([flight], type).filter((f) => f.delay > 0);
    expect(stream.node.outputType).toBe(type);
    expect(stream.map((f) => f.delay).returns(types.int).node.outputType?.typeName).toBe(types.int.typeName);
    const tag = new OutputTag<string>('errors', types.string);
    expect(stream.process(new Splitter()).getSideOutput(tag).type).toBe(tag.type);
  });

  it('takes parallelism, max parallelism and chaining from the environment where operators set none', () => {
    const env = environment().setParallelism(3).setMaxParallelism(64).disableOperatorChaining();
    env.fromSequence(1, 2).print().setParallelism(1);
    const { vertices } = compiled(env.getStreamGraph()).graph;
    expect(vertices.map((v) => [v.name, v.parallelism, v.maxParallelism])).toEqual([
      ['Source: Sequence Source', 3, 64], ['Sink: Print to Std. Out', 1, 64],
    ]);
  });

  it('inherits a slot-sharing group that all inputs share', () => {
    const env = environment();
    const a = env.fromSequence(1, 2).slotSharingGroup('io');
    const b = env.fromSequence(1, 2);
    a.map((n) => n).union(b).map((n) => n);
    expect(env.getStreamGraph().nodes.map((node) => node.slotSharingGroup)).toEqual(['io', 'default', 'io', 'default']);
  });

  it('carries the configuration that the program set', () => {
    const env = environment().enableCheckpointing(500).configure('state.backend.type', 'leveldb');
    env.fromSequence(1, 2).print();
    expect(env.getStreamGraph().configuration).toEqual({ 'execution.checkpointing.interval': '500 ms', 'state.backend.type': 'leveldb' });
  });

  it('refuses settings that make no sense where they are made', () => {
    const env = environment();
    const stream = env.fromSequence(1, 2);
    const mistakes = [
      () => stream.setParallelism(0), () => stream.uid(''), () => stream.name(''),
      () => stream.setMaxParallelism(40_000), () => env.enableCheckpointing(1),
      () => stream.connect(environment().fromSequence(1, 2)).map((n) => n, (n) => n),
    ];
    for (const mistake of mistakes) expect(mistake).toThrow(expect.objectContaining({ code: 'WEIR_JOB_INVALID' }));
  });
});
