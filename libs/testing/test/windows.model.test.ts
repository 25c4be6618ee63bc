/**
 * Strategy: random records, watermarks and restores (parallelism 1 to 4) against windows kept as plain lists.
 * Invariants: the same results as multisets in each step; a record is late exactly when all of its windows are gone.
 */
import { describe, it } from '@jest/globals';
import {
  type Collector, type DataStream, Duration, EventTimeSessionWindows, OutputTag, ProcessWindowFunction, SlidingEventTimeWindows, type SingleOutputStreamOperator,
  type WindowContext, type WindowAssigner,
} from '@weir/datastream';
import fc from 'fast-check';
import { OperatorHarness } from '../src/index.js';

interface Item { readonly key: string | number; readonly value: number }
const LATE = new OutputTag<Item>('late');

type Action =
  | { readonly kind: 'record'; readonly item: Item; readonly at: number }
  | { readonly kind: 'watermark'; readonly by: number }
  | { readonly kind: 'restore'; readonly parallelism: number };

const key = fc.oneof(fc.constantFrom<string | number>('a', 'b', ''), fc.integer({ min: -1, max: 4 }));
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('record' as const), item: fc.record({ key, value: fc.integer({ min: 0, max: 9 }) }), at: fc.integer({ min: -40, max: 60 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('watermark' as const), by: fc.integer({ min: 1, max: 25 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), parallelism: fc.integer({ min: 1, max: 4 }) }) },
);

class Listing extends ProcessWindowFunction<Item, string, string | number> {
  override process(of: string | number, context: WindowContext, elements: readonly Item[], out: Collector<string>): void {
    out.collect(text(of, context.window.start, context.window.end, elements.map(({ value }) => value)));
  }
}
class Labelled extends ProcessWindowFunction<readonly number[], string, string | number> {
  override process(of: string | number, context: WindowContext, [values]: readonly (readonly number[])[], out: Collector<string>): void {
    out.collect(text(of, context.window.start, context.window.end, values));
  }
}
class LabelledReduce extends ProcessWindowFunction<Item & { readonly all?: readonly number[] }, string, string | number> {
  override process(of: string | number, context: WindowContext, [item]: readonly (Item & { readonly all?: readonly number[] })[], out: Collector<string>): void {
    out.collect(text(of, context.window.start, context.window.end, item.all ?? [item.value]));
  }
}
type Reduced = Item & { readonly all?: readonly number[] };
const valuesOf = (item: Reduced): readonly number[] => item.all ?? [item.value];
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const text = (of: string | number, start: number, end: number, values: readonly number[]): string => `${JSON.stringify(of)} [${start},${end}) ${sorted(values).join('+')}`;

type Evaluation = 'process' | 'aggregate' | 'reduce';
function program(assigner: WindowAssigner<unknown>, lateness: number, evaluation: Evaluation) {
  return (items: DataStream<Item>): SingleOutputStreamOperator<string> => {
    const windows = items.keyBy((item) => item.key).window(assigner).allowedLateness(Duration.milliseconds(lateness)).sideOutputLateData(LATE);
    switch (evaluation) {
      case 'process': return windows.process(new Listing());
      case 'aggregate': return windows.aggregate({
        createAccumulator: (): number[] => [], add: (item: Item, list: number[]) => { list.push(item.value); return list; }, getResult: (list: number[]) => list.slice(),
        merge: (a: number[], b: number[]) => [...a, ...b],
      }, new Labelled());
      case 'reduce': return windows.reduce((a: Reduced, b: Reduced) => ({ key: a.key, value: 0, all: [...valuesOf(a), ...valuesOf(b)] }), new LabelledReduce());
    }
  };
}

interface Model {
  record(item: Item, at: number): string[];
  watermark(time: number): string[];
}
interface ModelWindow { readonly key: string | number; start: number; end: number; values: number[]; fired: boolean }
const shown = (window: ModelWindow): string => `${JSON.stringify(text(window.key, window.start, window.end, window.values))} @${window.end - 1}`;
const lateText = (item: Item, at: number): string => `late: ${JSON.stringify(item)} @${at}`;

abstract class WindowModel implements Model {
  protected windows: ModelWindow[] = [];
  protected now = -Infinity;
  constructor(protected readonly lateness: number) {}
  abstract record(item: Item, at: number): string[];
  protected isGone(end: number): boolean {
    return end - 1 + this.lateness <= this.now;
  }
  watermark(time: number): string[] {
    this.now = time;
    const due = this.windows.filter((window) => !window.fired && window.end - 1 <= time);
    for (const window of due) window.fired = true;
    this.windows = this.windows.filter(({ end }) => !this.isGone(end));
    return due.map(shown);
  }
}
class SlidingModel extends WindowModel {
  constructor(private readonly size: number, private readonly slide: number, private readonly offset: number, lateness: number) {
    super(lateness);
  }
  record(item: Item, at: number): string[] {
    const out: string[] = [];
    let taken = false;
    for (let n = -200; n < 200; n++) {
      const start = n * this.slide + this.offset;
      const end = start + this.size;
      if (at < start || at >= end || this.isGone(end)) continue;
      taken = true;
      let window = this.windows.find((w) => w.key === item.key && w.start === start);
      if (window === undefined) this.windows.push(window = { key: item.key, start, end, values: [], fired: end - 1 <= this.now });
      window.values.push(item.value);
      if (window.fired) out.push(shown(window));
    }
    // A slide longer than the size leaves gaps between windows: what falls there is in no window, as late as can be.
    return taken ? out : [lateText(item, at)];
  }
}
class SessionModel extends WindowModel {
  constructor(private readonly gap: number, lateness: number) {
    super(lateness);
  }
  record(item: Item, at: number): string[] {
    const touching = this.windows.filter((w) => w.key === item.key && w.start <= at + this.gap && at <= w.end);
    const merged: ModelWindow = {
      key: item.key, start: Math.min(at, ...touching.map(({ start }) => start)), end: Math.max(at + this.gap, ...touching.map(({ end }) => end)),
      values: [...touching.flatMap(({ values }) => values), item.value], fired: false,
    };
    if (this.isGone(merged.end)) return [lateText(item, at)];
    merged.fired = merged.end - 1 <= this.now;
    this.windows = [...this.windows.filter((w) => !touching.includes(w)), merged];
    return merged.fired ? [shown(merged)] : [];
  }
}

async function agrees(assigner: WindowAssigner<unknown>, lateness: number, evaluation: Evaluation, model: Model, actions: readonly Action[]): Promise<void> {
  let harness = await OperatorHarness.open<Item>(program(assigner, lateness, evaluation), { sideOutputs: [LATE] });
  let watermark = -45;
  const check = (step: string, expected: string[]): void => {
    const actual = harness.takeLines().filter((line) => !line.startsWith('watermark')).sort();
    if (JSON.stringify(actual) !== JSON.stringify(expected.sort())) throw new Error(`${step}:\n  expected ${expected.join('; ')}\n  got      ${actual.join('; ')}`);
  };
  for (const step of [...actions, { kind: 'watermark' as const, by: Infinity }]) {
    switch (step.kind) {
      case 'record':
        harness.record(step.item, step.at);
        check(JSON.stringify(step), model.record(step.item, step.at));
        break;
      case 'watermark':
        watermark += step.by;
        harness.watermark(watermark);
        check(`watermark ${watermark}`, model.watermark(watermark));
        break;
      case 'restore': {
        const snapshot = await harness.snapshot();
        await harness.close();
        harness = await harness.restored(snapshot, step.parallelism);
        check('restore', []);
      }
    }
  }
  await harness.close();
}

const evaluation = fc.constantFrom<Evaluation>('process', 'aggregate', 'reduce');
const lateness = fc.constantFrom(0, 0, 7, 30);

describe('given random records, watermarks and restores', () => {
  it('when windows are sliding, tumbling or apart, with any offset, then results and late records are those of the model', async () => {
    const shape = fc.record({ size: fc.integer({ min: 1, max: 20 }), slide: fc.integer({ min: 3, max: 20 }), offset: fc.integer({ min: -2, max: 2 }) });
    await fc.assert(fc.asyncProperty(shape, lateness, evaluation, fc.array(action, { maxLength: 30 }), async ({ size, slide, offset }, late, how, actions) => {
      const assigner = SlidingEventTimeWindows.of(Duration.milliseconds(size), Duration.milliseconds(slide), Duration.milliseconds(offset));
      await agrees(assigner, late, how, new SlidingModel(size, slide, offset, late), actions);
    }), { numRuns: 150 });
  });

  it('when windows are sessions, then they grow, merge and fire as in the model', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 15 }), lateness, evaluation, fc.array(action, { maxLength: 30 }), async (gap, late, how, actions) => {
      await agrees(EventTimeSessionWindows.withGap(Duration.milliseconds(gap)), late, how, new SessionModel(gap, late), actions);
    }), { numRuns: 150 });
  });
});
