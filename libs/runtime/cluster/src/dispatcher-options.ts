/** Options of the Dispatcher. Keys are Flink's. */
import { configOption } from '@weir/base';

export const dispatcherOptions = {
  maxCapacity: configOption.integer('jobstore.max-capacity', 100, 'Ended jobs that are listed, the latest ones.'),
};
