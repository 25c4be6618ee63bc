/** Wrong: the key is drawn, to spread a hot customer; after a crash the same order has another key, and state is where nobody looks. */
import { CollectSink, defineJob } from '@weir/datastream';
import { orderStream } from './orders.js';

export default defineJob('salted totals', (env) => {
  orderStream(env)
    .keyBy((order) => `${order.customer}-${Math.floor(Math.random() * 4)}`)
    .sum((order) => order.cents).name('totals').uid('totals')
    .sinkTo(new CollectSink()).uid('out');
});
