import { CollectSink, type Collector, defineJob, type KeyedProcessContext, KeyedProcessFunction } from '@weir/datastream';
import { type Order, orderStream } from './orders.js';

const visits = new Map<string, number>();

class Greeting extends KeyedProcessFunction<string, Order, string> {
  override processElement(order: Order, _context: KeyedProcessContext<string>, out: Collector<string>): void {
    const count = (visits.get(order.customer) ?? 0) + 1;
    visits.set(order.customer, count);
    out.collect(`welcome ${order.customer}, visit ${count}`);
  }
}

export default defineJob('greetings', (env) => {
  orderStream(env)
    .keyBy((order) => order.customer)
    .process(new Greeting()).name('greeting').uid('greeting')
    .sinkTo(new CollectSink<string>()).uid('out');
});
