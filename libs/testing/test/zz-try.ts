import { CollectionSource, CollectSink, defineJob, WatermarkStrategy, type Collector, KeyedProcessFunction, type KeyedProcessContext, type RuntimeContext, type ValueState, stateDescriptor } from '@weir/datastream';
import { simulate } from '../src/index.js';
const lines = Array.from({ length: 40 }, (_, i) => `the ${i % 7} quick ${i % 3} fox`);
const job = defineJob('word count', (env) => {
  env.fromSource(new CollectionSource(lines), WatermarkStrategy.noWatermarks<string>(), 'lines').uid('lines')
    .flatMap((line: string, out: Collector<string>) => { for (const w of line.split(' ')) out.collect(w); }).name('words')
    .keyBy((w) => w).count().name('count').uid('count')
    .map(({ key, value }) => `${key} ${value}`)
    .sinkTo(new CollectSink<string>()).uid('out');
});
let counts: Record<string, number> = {};
class Bad extends KeyedProcessFunction<string, string, string> {
  override processElement(w: string, c: KeyedProcessContext<string>, out: Collector<string>): void {
    counts[w] = (counts[w] ?? 0) + 1;
    out.collect(`${w} ${counts[w]}`);
  }
}
const bad = defineJob('bad', (env) => {
  env.fromSource(new CollectionSource(lines), WatermarkStrategy.noWatermarks<string>(), 'lines').uid('lines')
    .flatMap((line: string, out: Collector<string>) => { for (const w of line.split(' ')) out.collect(w); }).name('words')
    .keyBy((w) => w).process(new Bad()).name('bad').uid('count')
    .sinkTo(new CollectSink<string>()).uid('out');
});
const t = performance.now();
const seeds = Number(process.argv[2] ?? 5), from = Number(process.argv[3] ?? 1);
const r = await simulate(process.argv[4] === 'bad' ? bad : job, { seeds, from, onFailure: 'collect', onRun: (x) => console.log(x.seed, x.problems.length, x.divergence?.operator, x.virtualMs | 0, x.steps, x.messages, 'lives', x.lives, 'restarts', x.restarts, 'cp', x.checkpoints, x.traceHash, JSON.stringify([...x.faults])) });
import { formatFailure } from '../src/index.js';
for (const f of r.failures) console.log(formatFailure(f));
console.log(r.faultsByClass, r.virtualMs, r.messages, r.notCompared, performance.now() - t);
