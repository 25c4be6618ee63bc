import {
  CollectSink, type Collector, defineJob, type KeyedProcessContext, KeyedProcessFunction, type RuntimeContext, stateDescriptor, type ValueState,
} from '@weir/datastream';
import { type Order, orderStream } from './orders.js';

class Greeting extends KeyedProcessFunction<string, Order, string> {
  private visits!: ValueState<number>;

  override open(context: RuntimeContext): void {
    this.visits = context.getState(stateDescriptor.value<number>('visits'));
  }
  override processElement(order: Order, _context: KeyedProcessContext<string>, out: Collector<string>): void {
    const count = (this.visits.value() ?? 0) + 1;
    this.visits.update(count);
    out.collect(`welcome ${order.customer}, visit ${count}`);
  }
}

export default defineJob('greetings', (env) => {
  orderStream(env)
    .keyBy((order) => order.customer)
    .process(new Greeting()).name('greeting').uid('greeting')
    .sinkTo(new CollectSink<string>()).uid('out');
});
