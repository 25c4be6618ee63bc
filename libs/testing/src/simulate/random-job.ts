/**
 * Jobs drawn at random, of 2 to 8 operators: sources with splits, partitioners, chains, windows, timers, keyed state, two inputs, side
 * outputs, sinks. What they mean is not said here: the interpreter says it. Some of their operators depend on the order of records.
 */
import { CollectSink, DataGeneratorSource } from '@weir/connector';
import {
  aggregates, type Collector, type DataStream, defineJob, Duration, EventTimeSessionWindows, type JobDefinition, KeyedCoProcessFunction, type KeyedProcessContext,
  KeyedProcessFunction, type ListState, type MapState, type OnTimerContext, OutputTag, type ProcessContext, ProcessFunction, ProcessWindowFunction, type RuntimeContext,
  type SingleOutputStreamOperator, SlidingEventTimeWindows, stateDescriptor, type StreamExecutionEnvironment, TumblingEventTimeWindows, type ValueState, WatermarkStrategy, type WindowContext,
} from '@weir/datastream';
import { murmurInt } from '@weir/base';
import type { SeededRandom } from '@weir/ports';

interface Item {
  readonly id: number;
  readonly key: string;
  readonly value: number;
  /** The event time of the source's records. */
  readonly at: number;
  readonly blob?: string;
}
interface Step {
  readonly text: string;
  /** `uid` is free for this step. */
  readonly build: (stream: DataStream<Item>, uid: string) => DataStream<Item>;
}
interface Branch {
  readonly text: string;
  readonly build: (env: StreamExecutionEnvironment, uid: string) => DataStream<Item>;
}

const JITTER_MS = 50;
const RECORD_MS = 10;
/** More than a frame, and than state that a checkpoint holds inline. */
const LARGE_CHARACTERS = 40_000;
const byKey = (item: Item): string => item.key;

/** A job of this seed's own; its text says what was drawn. */
export function randomJob(random: SeededRandom): { readonly job: JobDefinition; readonly text: string } {
  const [first, second] = [drawBranch(random.stream('first')), drawBranch(random.stream('second'))];
  const rest = Array.from({ length: random.nextInt(3) }, () => drawStep(random));
  const join = random.pick(['none', 'none', 'union', 'pairs', 'latest'] as const);
  const ending = random.pick(['sink', 'sink', 'two sinks', 'side output'] as const);
  const parallelism = random.pick([undefined, undefined, 1, 2, 3, 4, 5, 6]);
  const job = defineJob('random job', (env) => {
    if (parallelism !== undefined) env.setParallelism(parallelism);
    let stream = first.build(env, 'first');
    if (join === 'union') stream = stream.union(second.build(env, 'second'));
    else if (join !== 'none') {
      const pairing = join === 'pairs' ? new Pairs() : new Latest();
      stream = stream.connect(second.build(env, 'second')).keyBy(byKey, byKey).process(pairing).name(join).uid('join');
    }
    rest.forEach((step, i) => { stream = step.build(stream, `rest-${i}`); });
    if (ending === 'side output') {
      const split = stream.process(new SplitOdd()).name('split odd').uid('split');
      split.sinkTo(new CollectSink<Item>()).uid('sink');
      split.getSideOutput(ODD).sinkTo(new CollectSink<Item>()).uid('odd-sink');
      return;
    }
    stream.sinkTo(new CollectSink<Item>()).uid('sink');
    if (ending === 'two sinks') stream.map((item) => item).name('copy').sinkTo(new CollectSink<Item>()).uid('sink-2');
  });
  const text = `${first.text}${join === 'none' ? '' : ` ${join} (${second.text})`} ${rest.map((step) => step.text).join(' ')} ${ending}, parallelism ${parallelism ?? 'drawn'}`;
  return { job, text: text.replace(/ {2,}/g, ' ') };
}

function drawBranch(random: SeededRandom): Branch {
  const count = 10 + random.nextInt(50);
  const keys = random.pick([1, 3, 17]);
  const salt = random.nextInt(1 << 30);
  const firstMs = random.pick([-700, 0, 1_700_000_000_000]);
  const parallelism = drawParallelism(random);
  const at = (i: number): Item => {
    const noise = murmurInt(i * 7919 + salt) >>> 0;
    return { id: i, key: `k${noise % keys}`, value: (noise >>> 8) % 100, at: firstMs + i * RECORD_MS + ((noise >>> 16) % JITTER_MS) };
  };
  const steps = Array.from({ length: random.nextInt(4) }, () => drawStep(random));
  return {
    text: [`${count} records of ${keys} keys`, ...steps.map((step) => step.text)].join(' '),
    build: (env, uid) => {
      const watermarks = WatermarkStrategy.forBoundedOutOfOrderness<Item>(Duration.milliseconds(JITTER_MS)).withTimestampAssigner((item: Item) => item.at);
      const source = env.fromSource(new DataGeneratorSource<Item>(at, count), watermarks, uid).uid(uid);
      if (parallelism !== undefined) source.setParallelism(parallelism);
      return steps.reduce<DataStream<Item>>((stream, step, i) => step.build(stream, `${uid}-${i}`), source);
    },
  };
}

function drawParallelism(random: SeededRandom): number | undefined {
  return random.pick([undefined, undefined, undefined, 1, 2, 3, 4]);
}

function drawStep(random: SeededRandom): Step {
  const sizeMs = random.pick([70, 200, 500]);
  const size = Duration.milliseconds(sizeMs);
  const slideMs = random.pick([30, 100]);
  const slide = Duration.milliseconds(slideMs);
  const parallelism = drawParallelism(random);
  const tuned = (text: string, build: (stream: DataStream<Item>) => SingleOutputStreamOperator<Item>): Step => ({
    text: parallelism === undefined ? text : `${text}/${parallelism}`,
    build: (stream, uid) => {
      const built = build(stream).name(text).uid(uid);
      return parallelism === undefined ? built : built.setParallelism(parallelism);
    },
  });
  const same = (item: Item): Item => ({ ...item });
  return random.pick<Step>([
    tuned('map', (stream) => stream.map((item) => ({ ...item, value: item.value * 3 + 1 }))),
    tuned('filter', (stream) => stream.filter((item) => item.value % 3 !== 0)),
    tuned('flat map', (stream) => stream.flatMap((item: Item, out: Collector<Item>) => {
      out.collect(item);
      if (item.value % 4 === 0) out.collect({ ...item, id: -item.id });
    })),
    tuned('large values', (stream) => stream.map((item) => (item.id % 7 === 0 ? { ...item, blob: 'x'.repeat(LARGE_CHARACTERS + item.value) } : item))),
    tuned('rebalance', (stream) => stream.rebalance().map(same)),
    tuned('rescale', (stream) => stream.rescale().map(same)),
    tuned('shuffle', (stream) => stream.shuffle().map(same)),
    tuned('global', (stream) => stream.global().map(same)),
    tuned('broadcast', (stream) => stream.broadcast().filter((item) => item.id % 5 === 0)),
    tuned('rolling reduce', (stream) => stream.keyBy(byKey).reduce((a, b) => ({ id: Math.max(a.id, b.id), key: a.key, value: (a.value * 31 + b.value) % 1009, at: b.at }))),
    tuned(`buckets(${sizeMs})`, (stream) => stream.keyBy(byKey).process(new BucketSums(sizeMs))),
    tuned('numbered', (stream) => stream.keyBy(byKey).process(new Numbered())),
    tuned('quiet for 100', (stream) => stream.keyBy(byKey).process(new QuietFor(100))),
    tuned(`tumbling(${sizeMs})`, (stream) => stream.keyBy(byKey).window(TumblingEventTimeWindows.of(size)).process(new SumWindow())),
    tuned(`sliding(${sizeMs}, ${slideMs})`, (stream) => stream.keyBy(byKey).window(SlidingEventTimeWindows.of(size, slide))
      .aggregate(aggregates.all({ id: aggregates.count(), value: aggregates.sum((item: Item) => item.value) }), new WithWindowEnd())),
    tuned(`session(${slideMs})`, (stream) => stream.keyBy(byKey).window(EventTimeSessionWindows.withGap(slide))
      .reduce((a, b) => ({ id: Math.max(a.id, b.id), key: a.key, value: a.value + b.value, at: Math.max(a.at, b.at) }))),
  ]);
}

class SumWindow extends ProcessWindowFunction<Item, Item, string> {
  override process(key: string, context: WindowContext, elements: readonly Item[], out: Collector<Item>): void {
    out.collect({ id: elements.length, key, value: elements.reduce((sum, { value }) => sum + value, 0), at: context.window.end - 1 });
  }
}
class WithWindowEnd extends ProcessWindowFunction<{ id: number; value: number }, Item, string> {
  override process(key: string, context: WindowContext, [{ id, value }]: readonly { id: number; value: number }[], out: Collector<Item>): void {
    out.collect({ id, key, value, at: context.window.end - 1 });
  }
}

/** Sums per key and span of event time, told by a timer at its end. */
class BucketSums extends KeyedProcessFunction<string, Item, Item> {
  private buckets!: MapState<number, number>;
  constructor(private readonly sizeMs: number) {
    super();
  }
  override async open(context: RuntimeContext): Promise<void> {
    await Promise.resolve();
    this.buckets = context.getMapState(stateDescriptor.map<number, number>('buckets'));
  }
  override processElement(item: Item, context: KeyedProcessContext<string>): void {
    const end = (Math.floor(item.at / this.sizeMs) + 1) * this.sizeMs - 1;
    this.buckets.put(end, (this.buckets.get(end) ?? 0) + item.value);
    context.timerService().registerEventTimeTimer(end);
  }
  override onTimer(timestamp: number, context: OnTimerContext<string>, out: Collector<Item>): void {
    out.collect({ id: 0, key: context.getCurrentKey(), value: this.buckets.get(timestamp) ?? -1, at: timestamp });
    this.buckets.remove(timestamp);
  }
}

/** The running number of each record of a key: any order is right, but no gap. */
class Numbered extends KeyedProcessFunction<string, Item, Item> {
  private count!: ValueState<number>;
  override open(context: RuntimeContext): void {
    this.count = context.getState(stateDescriptor.value<number>('count'));
  }
  override processElement(item: Item, _context: KeyedProcessContext<string>, out: Collector<Item>): void {
    const id = (this.count.value() ?? 0) + 1;
    this.count.update(id);
    out.collect({ ...item, id });
  }
}

/** A key's last record once nothing came for a while: timers are set and taken back, and the result depends on the order of records. */
class QuietFor extends KeyedProcessFunction<string, Item, Item> {
  private last!: ValueState<Item>;
  private due!: ValueState<number>;
  constructor(private readonly ms: number) {
    super();
  }
  override open(context: RuntimeContext): void {
    this.last = context.getState(stateDescriptor.value<Item>('last'));
    this.due = context.getState(stateDescriptor.value<number>('due'));
  }
  override processElement(item: Item, context: KeyedProcessContext<string>): void {
    const before = this.due.value();
    if (before !== undefined) context.timerService().deleteEventTimeTimer(before);
    const due = context.timestamp() + this.ms;
    if (Number.isFinite(due)) context.timerService().registerEventTimeTimer(due);
    this.due.update(due);
    this.last.update(item);
  }
  override onTimer(timestamp: number, _context: OnTimerContext<string>, out: Collector<Item>): void {
    const last = this.last.value();
    if (last !== undefined) out.collect({ ...last, at: timestamp });
    this.due.clear();
  }
}

/** Every pair of records of a key. */
class Pairs extends KeyedCoProcessFunction<string, Item, Item, Item> {
  private left!: ListState<Item>;
  private right!: ListState<Item>;
  override open(context: RuntimeContext): void {
    this.left = context.getListState(stateDescriptor.list<Item>('left'));
    this.right = context.getListState(stateDescriptor.list<Item>('right'));
  }
  override processElement1(item: Item, _context: KeyedProcessContext<string>, out: Collector<Item>): void {
    this.left.add(item);
    for (const other of this.right.get()) out.collect(pair(item, other));
  }
  override processElement2(item: Item, _context: KeyedProcessContext<string>, out: Collector<Item>): void {
    this.right.add(item);
    for (const other of this.left.get()) out.collect(pair(other, item));
  }
}
function pair(a: Item, b: Item): Item {
  return { id: a.id * 1000 + b.id, key: a.key, value: (a.value * 100 + b.value) % 1009, at: Math.max(a.at, b.at) };
}

/** Each record of the left with the latest of the right: depends on the order of records. */
class Latest extends KeyedCoProcessFunction<string, Item, Item, Item> {
  private latest!: ValueState<Item>;
  override open(context: RuntimeContext): void {
    this.latest = context.getState(stateDescriptor.value<Item>('latest'));
  }
  override processElement1(item: Item, _context: KeyedProcessContext<string>, out: Collector<Item>): void {
    const latest = this.latest.value();
    out.collect(latest === undefined ? item : pair(item, latest));
  }
  override processElement2(item: Item): void {
    this.latest.update(item);
  }
}

const ODD = new OutputTag<Item>('odd');
class SplitOdd extends ProcessFunction<Item, Item> {
  override processElement(item: Item, context: ProcessContext, out: Collector<Item>): void {
    if (item.value % 2 === 1) context.output(ODD, item);
    else out.collect(item);
  }
}
