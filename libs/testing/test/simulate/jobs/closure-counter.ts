/** Wrong: lines are numbered by a counter beside the stream; every restart, and every subtask, counts anew. */
import { CollectSink, defineJob } from '@weir/datastream';
import { orderStream } from './orders.js';

export default defineJob('numbered invoices', (env) => {
  let invoices = 0;
  orderStream(env)
    .filter((order) => order.cents > 200).name('worth an invoice')
    .map((order) => ({ invoice: ++invoices, order: order.id })).name('numbering')
    .sinkTo(new CollectSink()).uid('out');
});
