/** What a user's function can ask of the runtime in `open` and later. One context per operator and subtask. */
import type { Logger, MetricGroup } from '@weir/ports';
import type {
  AggregatingState, AggregatingStateDescriptor, ListState, ListStateDescriptor, MapState, MapStateDescriptor, ReducingState,
  ReducingStateDescriptor, ValueState, ValueStateDescriptor,
} from '@weir/state';

export interface RuntimeContext {
  readonly jobName: string;
  readonly operatorName: string;
  /** 0-based. */
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** Restarts before this attempt. From 0. */
  readonly attemptNumber: number;
  readonly metricGroup: MetricGroup;
  readonly logger: Logger;
  /** Keyed state: only in functions behind `keyBy`; elsewhere `WEIR_STATE_NOT_KEYED`. Ask for it in `open`. */
  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;
  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T>;
  getAggregatingState<I, A, O>(descriptor: AggregatingStateDescriptor<I, A, O>): AggregatingState<I, O>;
  /** Operator state: a list per subtask; its elements are spread over the subtasks again when the parallelism changes. */
  getOperatorListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  /** As `getOperatorListState`, but after a restore each subtask gets the elements of all. */
  getUnionListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
}
