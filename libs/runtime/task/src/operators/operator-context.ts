/** What an operator is built with, and the RuntimeContext that its functions see. */
import type { OperatorId } from '@weir/base';
import type { RestoredOperatorValues } from '../chain/restored-values.js';
import type { ConnectorServices } from '@weir/connector';
import type { RuntimeContext } from '@weir/functions';
import type { Clock, MetricGroup } from '@weir/ports';
import {
  type KeyedStateBackend, type ListState, type ListStateDescriptor, StateNotKeyedError,
} from '@weir/state';
import type { ProcessingTimeService } from '../time/processing-time.js';
import type { RecordContext } from './operator.js';
import type { OperatorListStates } from './operator-list-states.js';
import type { SideOutputs } from './side-outputs.js';

export interface OperatorContext {
  readonly operatorId: OperatorId;
  readonly name: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** Restarts before this attempt. */
  readonly attemptNumber: number;
  /** `<epoch>.<attempt>`. */
  readonly attempt: string;
  readonly record: RecordContext;
  readonly services: ConnectorServices;
  readonly clock: Clock;
  readonly metrics: MetricGroup;
  readonly processingTime: ProcessingTimeService;
  readonly sideOutputs: SideOutputs;
  /** Undefined for operators without keys. */
  readonly keyed: KeyedStateBackend | undefined;
  readonly lists: OperatorListStates;
  readonly restored: RestoredOperatorValues;
}

/** The user's view of an operator's context. */
export function runtimeContext(context: OperatorContext): RuntimeContext {
  const keyed = (descriptor: { readonly name: string }): KeyedStateBackend => {
    if (context.keyed === undefined) throw new StateNotKeyedError(descriptor.name, context.name);
    return context.keyed;
  };
  return {
    jobName: context.jobName,
    operatorName: context.name,
    subtaskIndex: context.subtaskIndex,
    parallelism: context.parallelism,
    maxParallelism: context.maxParallelism,
    attemptNumber: context.attemptNumber,
    metricGroup: context.metrics,
    logger: context.services.logger,
    getState: (descriptor) => keyed(descriptor).getState(descriptor),
    getListState: (descriptor) => keyed(descriptor).getListState(descriptor),
    getMapState: (descriptor) => keyed(descriptor).getMapState(descriptor),
    getReducingState: (descriptor) => keyed(descriptor).getReducingState(descriptor),
    getAggregatingState: (descriptor) => keyed(descriptor).getAggregatingState(descriptor),
    getOperatorListState: <T>(descriptor: ListStateDescriptor<T>): ListState<T> => context.lists.list(descriptor, 'split'),
    getUnionListState: <T>(descriptor: ListStateDescriptor<T>): ListState<T> => context.lists.list(descriptor, 'union'),
  };
}
