/**
 * Jobs drawn at random whose output, as a multiset, does not depend on how their subtasks interleave; next to each step the few lines of
 * array code that say what it must come to.
 */
import { DataGeneratorSource, type Sink } from '@weir/connector';
import {
  type Collector, type DataStream, defineJob, Duration, EventTimeSessionWindows, type JobProgram, jobProgram, KeyedCoProcessFunction,
  KeyedProcessFunction, type KeyedProcessContext, OutputTag, ProcessFunction, type ProcessContext, ProcessWindowFunction, type RuntimeContext,
  SlidingEventTimeWindows, stateDescriptor, type StreamExecutionEnvironment, TumblingEventTimeWindows, type ValueState, type MapState, type ListState, type WindowContext, WatermarkStrategy,
} from '@weir/datastream';
import type { SeededRandom } from '@weir/ports';
import type { Faults } from './faults.js';

/** `at` is the record's event time as well, while the stream is timed. */
export interface Item {
  readonly id: number;
  readonly key: string;
  readonly value: number;
  readonly at: number;
}

interface Step {
  readonly text: string;
  readonly build: (stream: DataStream<Item>, faults: Faults, uid: string) => DataStream<Item>;
  readonly apply: (items: readonly Item[]) => Item[];
}

const JITTER_MS = 50;
const STEP_MS = 10;

function mix(n: number): number {
  let x = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

export interface SourceDraw {
  readonly count: number;
  readonly parallelism: number;
  readonly recordsPerSecond: number;
  readonly firstMs: number;
  readonly keys: number;
  readonly salt: number;
}

function itemAt(draw: SourceDraw, i: number): Item {
  const noise = mix(i * 7919 + draw.salt);
  return { id: i, key: `k${noise % draw.keys}`, value: (noise >>> 8) % 100, at: draw.firstMs + i * STEP_MS + (noise >>> 16) % JITTER_MS };
}

function openSource(env: StreamExecutionEnvironment, draw: SourceDraw, faults: Faults, name: string, parallelism: number, forgetful: boolean): DataStream<Item> {
  const source = new DataGeneratorSource<Item>((i) => {
    faults.at('generate');
    return itemAt(draw, i);
  }, draw.count, { recordsPerSecond: draw.recordsPerSecond });
  // Planted: a snapshot that names the position one record too early.
  if (forgetful) {
    const createReader = source.createReader.bind(source);
    source.createReader = (context) => {
      const reader = createReader(context);
      const snapshotState = reader.snapshotState.bind(reader);
      reader.snapshotState = () => snapshotState().map((split) => (split.next > 0 ? { ...split, next: split.next - 1 } : split));
      return reader;
    };
  }
  const watermarks = WatermarkStrategy.forBoundedOutOfOrderness<Item>(Duration.milliseconds(JITTER_MS)).withTimestampAssigner((item: Item) => item.at);
  return env.fromSource(source, watermarks, name).uid(name).setParallelism(parallelism);
}

// ---- steps

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
const sum = (items: readonly Item[]): number => items.reduce((total, { value }) => total + value, 0);

class SumWindow extends ProcessWindowFunction<Item, Item, string> {
  constructor(private readonly faults: Faults) {
    super();
  }
  override open(): void {
    this.faults.at('open');
  }
  override process(key: string, context: WindowContext, elements: readonly Item[], out: Collector<Item>): void {
    this.faults.at('window');
    out.collect({ id: elements.length, key, value: sum(elements), at: context.window.end - 1 });
  }
  override close(): void {
    this.faults.at('close');
  }
}

class BucketSums extends KeyedProcessFunction<string, Item, Item> {
  private buckets!: MapState<number, number>;
  constructor(private readonly faults: Faults, private readonly sizeMs: number) {
    super();
  }
  override async open(context: RuntimeContext): Promise<void> {
    await Promise.resolve();
    this.faults.at('open');
    this.buckets = context.getMapState(stateDescriptor.map<number, number>('buckets'));
  }
  override processElement(item: Item, context: KeyedProcessContext<string>): void {
    this.faults.at('process');
    const end = (Math.floor(item.at / this.sizeMs) + 1) * this.sizeMs - 1;
    this.buckets.put(end, (this.buckets.get(end) ?? 0) + item.value);
    context.timerService().registerEventTimeTimer(end);
  }
  override onTimer(timestamp: number, context: KeyedProcessContext<string>, out: Collector<Item>): void {
    this.faults.at('timer');
    out.collect({ id: 0, key: context.getCurrentKey(), value: this.buckets.get(timestamp) ?? -1, at: timestamp });
    this.buckets.remove(timestamp);
  }
  override close(): void {
    this.faults.at('close');
  }
}

class Numbered extends KeyedProcessFunction<string, Item, Item> {
  private count!: ValueState<number>;
  constructor(private readonly faults: Faults) {
    super();
  }
  override open(context: RuntimeContext): void {
    this.faults.at('open');
    this.count = context.getState(stateDescriptor.value<number>('count'));
  }
  override processElement(item: Item, _context: KeyedProcessContext<string>, out: Collector<Item>): void {
    this.faults.at('process');
    const n = (this.count.value() ?? 0) + 1;
    this.count.update(n);
    out.collect({ id: n, key: item.key, value: 0, at: 0 });
  }
}

class Pairs extends KeyedCoProcessFunction<string, Item, Item, Item> {
  private left!: ListState<Item>;
  private right!: ListState<Item>;
  constructor(private readonly faults: Faults) {
    super();
  }
  override open(context: RuntimeContext): void {
    this.faults.at('open');
    this.left = context.getListState(stateDescriptor.list<Item>('left'));
    this.right = context.getListState(stateDescriptor.list<Item>('right'));
  }
  override processElement1(item: Item, _context: KeyedProcessContext<string>, out: Collector<Item>): void {
    this.faults.at('process');
    this.left.add(item);
    for (const other of this.right.get()) out.collect(pair(item, other));
  }
  override processElement2(item: Item, _context: KeyedProcessContext<string>, out: Collector<Item>): void {
    this.left.get().forEach((other) => out.collect(pair(other, item)));
    this.right.add(item);
  }
}
const pair = (a: Item, b: Item): Item => ({ id: a.id * 10_000 + b.id, key: a.key, value: a.value * 100 + b.value, at: 0 });

const ODD = new OutputTag<Item>('odd');
class SplitOdd extends ProcessFunction<Item, Item> {
  constructor(private readonly faults: Faults) {
    super();
  }
  override processElement(item: Item, context: ProcessContext, out: Collector<Item>): void {
    this.faults.at('process');
    if (item.value % 2 === 1) context.output(ODD, item);
    else out.collect(item);
  }
}

const byKey = (item: Item): string => item.key;

function drawStep(random: SeededRandom, parallelism: () => number): Step {
  const sizeMs = random.pick([70, 200, 500]);
  const slideMs = random.pick([30, 100]);
  const p = parallelism();
  const tumblingApply = (items: readonly Item[], counted: boolean): Item[] =>
    groupBy(items, (item) => `${item.key}/${Math.floor(item.at / sizeMs)}`).map((group) => ({
      id: counted ? group.length : 0, key: group[0].key, value: sum(group), at: (Math.floor(group[0].at / sizeMs) + 1) * sizeMs - 1,
    }));
  const steps: Step[] = [
    {
      text: 'map', build: (stream, faults) => stream.map((item) => { faults.at('map'); return { ...item, value: item.value * 3 + 1 }; }),
      apply: (items) => items.map((item) => ({ ...item, value: item.value * 3 + 1 })),
    },
    { text: 'filter', build: (stream) => stream.filter((item) => item.value % 3 !== 0), apply: (items) => items.filter((item) => item.value % 3 !== 0) },
    {
      text: 'flatMap',
      build: (stream) => stream.flatMap((item: Item, out: Collector<Item>) => {
        out.collect(item);
        if (item.value % 4 === 0) out.collect({ ...item, id: -item.id });
      }),
      apply: (items) => items.flatMap((item) => (item.value % 4 === 0 ? [item, { ...item, id: -item.id }] : [item])),
    },
    { text: `rebalance.map/${p}`, build: (stream) => stream.rebalance().map((item) => item).setParallelism(p), apply: (items) => [...items] },
    { text: `rescale.map/${p}`, build: (stream) => stream.rescale().map((item) => item).setParallelism(p), apply: (items) => [...items] },
    { text: `shuffle.map/${p}`, build: (stream) => stream.shuffle().map((item) => item).setParallelism(p), apply: (items) => [...items] },
    { text: 'global.map', build: (stream) => stream.global().map((item) => item), apply: (items) => [...items] },
    {
      text: `buckets(${sizeMs})/${p}`, build: (stream, faults, uid) => stream.keyBy(byKey).process(new BucketSums(faults, sizeMs)).uid(uid).setParallelism(p),
      apply: (items) => tumblingApply(items, false),
    },
    {
      text: `tumbling(${sizeMs}).process/${p}`,
      build: (stream, faults, uid) => stream.keyBy(byKey).window(TumblingEventTimeWindows.of(Duration.milliseconds(sizeMs))).process(new SumWindow(faults)).uid(uid).setParallelism(p),
      apply: (items) => tumblingApply(items, true),
    },
    {
      text: `sliding(${sizeMs},${slideMs}).aggregate/${p}`,
      build: (stream, faults, uid) => stream.keyBy(byKey).window(SlidingEventTimeWindows.of(Duration.milliseconds(sizeMs), Duration.milliseconds(slideMs)))
        .aggregate({
          createAccumulator: () => ({ count: 0, sum: 0, key: '' }),
          add: (item: Item, a: { count: number; sum: number; key: string }) => { a.count++; a.sum += item.value; a.key = item.key; return a; },
          getResult: (a) => { faults.at('window'); return { id: a.count, key: a.key, value: a.sum }; },
        }, new WithWindowEnd()).uid(uid).setParallelism(p),
      apply: (items) => groupBy(items.flatMap((item) => {
        const windows: { readonly end: number; readonly item: Item }[] = [];
        for (let start = Math.floor(item.at / slideMs) * slideMs; start > item.at - sizeMs; start -= slideMs) windows.push({ end: start + sizeMs, item });
        return windows;
      }), ({ end, item }) => `${item.key}/${end}`).map((group) => ({
        id: group.length, key: group[0].item.key, value: sum(group.map(({ item }) => item)), at: group[0].end - 1,
      })),
    },
    {
      text: `session(${slideMs}).reduce/${p}`,
      build: (stream, _faults, uid) => stream.keyBy(byKey).window(EventTimeSessionWindows.withGap(Duration.milliseconds(slideMs)))
        .reduce((a, b) => ({ id: Math.max(a.id, b.id), key: a.key, value: a.value + b.value, at: Math.max(a.at, b.at) }), new WithWindowEnd()).uid(uid).setParallelism(p),
      apply: (items) => groupBy(items, byKey).flatMap((group) => {
        const sessions: { end: number; item: Item }[] = [];
        for (const item of [...group].sort((a, b) => a.at - b.at)) {
          const last = sessions.at(-1);
          if (last !== undefined && item.at <= last.end) {
            last.item = { id: Math.max(last.item.id, item.id), key: item.key, value: last.item.value + item.value, at: item.at };
            last.end = item.at + slideMs;
          } else sessions.push({ end: item.at + slideMs, item });
        }
        return sessions.map(({ end, item }) => ({ ...item, at: end - 1 }));
      }),
    },
  ];
  return random.pick(steps);
}

class WithWindowEnd extends ProcessWindowFunction<{ id: number; key: string; value: number }, Item, string> {
  override process(key: string, context: WindowContext, elements: readonly { id: number; key: string; value: number }[], out: Collector<Item>): void {
    out.collect({ id: elements[0].id, key, value: elements[0].value, at: context.window.end - 1 });
  }
}

/** How two branches, or the two outputs of a split, end. */
type Shape = 'single' | 'union' | 'pairs' | 'numbered' | 'side-output' | 'two-sinks';

export class RandomPipeline {
  readonly text: string;
  private readonly shape: Shape;
  private readonly sources: SourceDraw[];
  private readonly branches: Step[][];

  constructor(random: SeededRandom) {
    const parallelism = (): number => random.pick([1, 1, 2, 2, 3, 4]);
    this.shape = random.pick<Shape>(['single', 'union', 'pairs', 'numbered', 'side-output', 'two-sinks']);
    const branches = this.shape === 'union' || this.shape === 'pairs' ? 2 : 1;
    this.sources = Array.from({ length: branches }, () => {
      const count = 15 + random.nextInt(45);
      return {
        count, parallelism: parallelism(), recordsPerSecond: Math.ceil(count / (0.15 + random.next() * 0.4)), firstMs: random.pick([-700, 0, 1_700_000_000_000]),
        keys: random.pick([1, 3, 17]), salt: random.nextInt(1 << 30),
      };
    });
    this.branches = this.sources.map(() => Array.from({ length: random.nextInt(4) }, () => drawStep(random, parallelism)));
    this.text = `${this.shape}: ${this.sources.map(({ count, parallelism: p, keys }, i) => `${count}x${keys}/${p} ${this.branches[i].map(({ text }) => text).join(' ')}`).join(' | ')}`;
  }

  /** What must be visible in the end. */
  expected(): string[] {
    const [first, second] = this.branches.map((steps, i) => {
      const { count } = this.sources[i];
      return steps.reduce<Item[]>((items, step) => step.apply(items), Array.from({ length: count }, (_, index) => itemAt(this.sources[i], index)));
    });
    const all = (): Item[] => {
      switch (this.shape) {
        case 'single': case 'side-output': return first;
        case 'two-sinks': return [...first, ...first];
        case 'union': return [...first, ...second];
        case 'pairs': return first.flatMap((a) => second.filter((b) => b.key === a.key).map((b) => pair(a, b)));
        case 'numbered': return groupBy(first, byKey).flatMap((group) => group.map((item, i) => ({ id: i + 1, key: item.key, value: 0, at: 0 })));
      }
    };
    return all().map(formatItem).sort();
  }

  /** `shift` moves the sources' parallelism, as a rescaled resubmission would. */
  program(faults: Faults, createSink: () => Sink<unknown, unknown>, shift = 0, forgetful = false): JobProgram {
    return jobProgram(defineJob('random pipeline', (env) => {
      env.setMaxParallelism(16);
      env.setParallelism(1 + ((this.sources[0].parallelism - 1 + shift) % 4));
      const [first, second] = this.branches.map((steps, branch) => {
        const source = openSource(env, this.sources[branch], faults, `source-${branch}`, 1 + ((this.sources[branch].parallelism - 1 + shift) % 4), forgetful);
        return steps.reduce<DataStream<Item>>((stream, step, i) => step.build(stream, faults, `step-${branch}-${i}`), source);
      });
      const sinkOf = (stream: DataStream<Item>, uid: string): void => void stream.sinkTo(createSink()).uid(uid);
      switch (this.shape) {
        case 'single': sinkOf(first, 'sink'); break;
        case 'two-sinks': sinkOf(first, 'sink'); sinkOf(first, 'sink-2'); break;
        case 'union': sinkOf(first.union(second), 'sink'); break;
        case 'pairs': sinkOf(first.connect(second).keyBy(byKey, byKey).process(new Pairs(faults)).uid('pairs'), 'sink'); break;
        case 'numbered': sinkOf(first.keyBy(byKey).process(new Numbered(faults)).uid('numbered'), 'sink'); break;
        case 'side-output': {
          const split = first.process(new SplitOdd(faults)).uid('split');
          sinkOf(split, 'sink');
          sinkOf(split.getSideOutput(ODD), 'sink-odd');
        }
      }
    }), {});
  }
}

export function formatItem(value: unknown): string {
  const { id, key, value: number, at } = value as Item;
  return `${key} ${id} ${number} ${at}`;
}
