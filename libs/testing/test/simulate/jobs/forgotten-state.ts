/** Wrong: the total of a customer is kept in a field; after a restart a new object begins with nothing. */
import { CollectSink, defineJob, type Collector, KeyedProcessFunction, type KeyedProcessContext } from '@weir/datastream';
import { type Order, orderStream } from './orders.js';

class Totals extends KeyedProcessFunction<string, Order, string> {
  private readonly totals = new Map<string, number>();

  override processElement(order: Order, context: KeyedProcessContext<string>, out: Collector<string>): void {
    const total = (this.totals.get(context.getCurrentKey()) ?? 0) + order.cents;
    this.totals.set(context.getCurrentKey(), total);
    out.collect(`${order.customer} ${total}`);
  }
}

export default defineJob('customer totals', (env) => {
  orderStream(env)
    .keyBy((order) => order.customer)
    .process(new Totals()).name('totals').uid('totals')
    .sinkTo(new CollectSink<string>()).uid('out');
});
