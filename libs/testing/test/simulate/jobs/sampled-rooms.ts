/** Wrong: which readings are shown is drawn by lot; after a crash the lot falls on others than those that the count has seen. */
import {
  type Collector, CollectSink, DataGeneratorSource, defineJob, type KeyedProcessContext, KeyedProcessFunction, type RuntimeContext, stateDescriptor, type ValueState, WatermarkStrategy,
} from '@weir/datastream';

interface Reading { readonly room: string; readonly celsius: number }

const ROOMS = ['attic', 'cellar', 'kitchen', 'study'];
const SHARE = 0.25;

class Sample extends KeyedProcessFunction<string, Reading, string> {
  private shown!: ValueState<number>;

  override open(context: RuntimeContext): void {
    this.shown = context.getState(stateDescriptor.value<number>('shown'));
  }
  override processElement(it: Reading, context: KeyedProcessContext<string>, out: Collector<string>): void {
    if (Math.random() >= SHARE) return;
    const shown = (this.shown.value() ?? 0) + 1;
    this.shown.update(shown);
    out.collect(`${context.getCurrentKey()} sample ${shown}: ${it.celsius}`);
  }
}

export default defineJob('sampled rooms', (env) => {
  env.fromSource(new DataGeneratorSource((n): Reading => ({ room: ROOMS[n % 4], celsius: 18 + (n % 7) }), 80), WatermarkStrategy.noWatermarks<Reading>(), 'readings').uid('readings')
    .filter((it) => it.celsius > 18).name('heated')
    .keyBy((it) => it.room)
    .process(new Sample()).name('sample').uid('sample')
    .sinkTo(new CollectSink<string>()).name('results').uid('results');
});
