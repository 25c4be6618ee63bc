/** The input of the jobs beside: orders of a few customers. */
import { CollectionSource, type DataStream, type StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';

export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly cents: number;
  readonly at: number;
}

const orders = Array.from({ length: 60 }, (_, id): Order => ({
  id, customer: ['ada', 'bob', 'cy', 'dee'][(id * 7) % 4], cents: 100 + ((id * 37) % 900), at: 1000 * id,
}));

export function orderStream(env: StreamExecutionEnvironment): DataStream<Order> {
  const byTheirTime = WatermarkStrategy.forMonotonousTimestamps<Order>().withTimestampAssigner((order: Order) => order.at);
  return env.fromSource(new CollectionSource(orders), byTheirTime, 'orders').uid('orders');
}
