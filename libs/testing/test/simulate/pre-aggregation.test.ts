/**
 * Windows with and without local parts (docs/adr/0006), through crashes, at parallelism 1 to 4: both commit what the interpreter says.
 * Strategy: jobs drawn by seed; one job in two has `execution.local-aggregation.enabled` off; integer aggregates, so that equal means equal.
 */
import { describe, expect, it } from '@jest/globals';
import { CollectSink, DataGeneratorSource } from '@weir/connector';
import {
  aggregates, associative, type DataStream, defineJob, Duration, type JobDefinition, SlidingEventTimeWindows, TumblingEventTimeWindows, WatermarkStrategy,
  type WindowedStream,
} from '@weir/datastream';
import { murmurInt } from '@weir/base';
import { SeededRandom } from '@weir/ports';
import { formatFailure, simulate } from '../../src/index.js';

const SEEDS = Number(process.env['WEIR_SEEDS'] ?? 12);
const FIRST = Number(process.env['WEIR_SEED'] ?? 1);
const TIME_LIMIT_MS = 600_000;
const JITTER_MS = 50;

interface Item {
  readonly key: string | number;
  readonly value: number;
  readonly at: number;
}
type Windows = WindowedStream<Item, string | number>;

const text = <R>(results: DataStream<R>): DataStream<string> => results.map((result) => JSON.stringify(result));
/** Accumulators that are numbers, that are objects, that grow, and that are records. */
const EVALUATIONS: Readonly<Record<string, (windows: Windows) => DataStream<string>>> = {
  count: (windows) => text(windows.count()),
  all: (windows) => text(windows.aggregate(aggregates.all({
    n: aggregates.count(), least: aggregates.min((item: Item) => item.value), most: aggregates.max((item: Item) => item.value), mean: aggregates.mean((item: Item) => item.value),
  }))),
  list: (windows) => text(windows.aggregate({
    createAccumulator: (): number[] => [], add: (item: Item, list: number[]) => [...list, item.value], merge: (a: number[], b: number[]) => [...a, ...b],
    getResult: (list: number[]) => [...list].sort((a, b) => a - b).join(' '),
  })),
  reduce: (windows) => text(windows.reduce(associative((a, b) => ({ key: a.key, value: a.value + b.value, at: Math.max(a.at, b.at) })))),
  sum: (windows) => text(windows.sum((item: Item) => item.value)),
};

function drawJob(random: SeededRandom): { readonly job: JobDefinition; readonly text: string } {
  const [name, evaluate] = random.pick(Object.entries(EVALUATIONS));
  const enabled = random.pick([true, true, false]);
  const [count, keys, salt] = [20 + random.nextInt(60), random.pick([1, 3, 17]), random.nextInt(1 << 30)];
  const [size, slide] = random.pick([[200, 200], [200, 100], [150, 100], [70, 70]] as const);
  const [sources, windows] = [random.pick([1, 2, 3, 4]), random.pick([1, 2, 3, 4])];
  const unites = random.pick([false, false, true]);
  const at = (i: number): Item => {
    const noise = murmurInt(i * 7919 + salt) >>> 0;
    const key = noise % keys;
    return { key: noise % 2 === 0 ? key : `k${key}`, value: (noise >>> 8) % 100, at: i * 10 + ((noise >>> 16) % JITTER_MS) };
  };
  const job = defineJob('windows in two parts', (env) => {
    env.configure('execution.local-aggregation.enabled', String(enabled));
    const open = (uid: string): DataStream<Item> => env.fromSource(
      new DataGeneratorSource<Item>(at, count), WatermarkStrategy.forBoundedOutOfOrderness<Item>(Duration.milliseconds(JITTER_MS)).withTimestampAssigner((item) => item.at), uid,
    ).uid(uid).setParallelism(sources);
    const items = unites ? open('first').union(open('second').filter((item) => item.value > 20)) : open('first');
    const assigner = slide === size ? TumblingEventTimeWindows.of(Duration.milliseconds(size)) : SlidingEventTimeWindows.of(Duration.milliseconds(size), Duration.milliseconds(slide));
    const results = evaluate(items.keyBy((item) => item.key).window(assigner));
    results.sinkTo(new CollectSink<string>()).uid('sink').setParallelism(windows);
  });
  return { job, text: `${count} records of ${keys} keys, ${sources} sources${unites ? ' twice' : ''}, ${name} over ${size}/${slide} ms, local parts ${enabled ? 'on' : 'off'}` };
}

describe('windows with and without local parts', () => {
  it('given crashes / then they commit the same', async () => {
    let recoveries = 0;
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const { job, text } = drawJob(new SeededRandom(`${seed}/windows`));
      const result = await simulate(job, { from: seed, seeds: 1, onFailure: 'collect', shrinkMs: 0 });
      if (result.failures.length > 0) throw new Error(`${text}\n${formatFailure(result.failures[0])}`);
      expect(result.notCompared).toEqual([]);
      recoveries += result.recoveries;
    }
    if (SEEDS > 1) expect(recoveries).toBeGreaterThan(SEEDS / 2);
  }, TIME_LIMIT_MS);
});
