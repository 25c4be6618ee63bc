/** Wrong: a reminder of event time is set by the wall clock; when it comes, and with what, depends on when the job happens to run. */
import {
  CollectSink, defineJob, type Collector, KeyedProcessFunction, type KeyedProcessContext, type OnTimerContext, type RuntimeContext, stateDescriptor, type ValueState,
} from '@weir/datastream';
import { type Order, orderStream } from './orders.js';

class Reminders extends KeyedProcessFunction<string, Order, string> {
  private last!: ValueState<Order>;

  override open(context: RuntimeContext): void {
    this.last = context.getState(stateDescriptor.value<Order>('last'));
  }
  override processElement(order: Order, context: KeyedProcessContext<string>): void {
    this.last.update(order);
    context.timerService().registerEventTimeTimer(Date.now() + 5000);
  }
  override onTimer(timestamp: number, context: OnTimerContext<string>, out: Collector<string>): void {
    out.collect(`${context.getCurrentKey()} has been quiet since order ${this.last.value()?.id} at ${timestamp}`);
  }
}

export default defineJob('reminders', (env) => {
  orderStream(env)
    .keyBy((order) => order.customer)
    .process(new Reminders()).name('reminders').uid('reminders')
    .sinkTo(new CollectSink<string>()).uid('out');
});
