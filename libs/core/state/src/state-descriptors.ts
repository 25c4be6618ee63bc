/** What a function says about a piece of state: its kind, its name (unique in the operator) and the type that outlives the job. */
import type { TypeInformation } from '@weir/types';
import type { StateTtlConfig } from './ttl/state-ttl-config.js';

export interface StateDescriptorBase {
  readonly name: string;
  /** See `enableTimeToLive`. Default: it lives until it is cleared. */
  readonly ttl?: StateTtlConfig;
}
/** One value per key. Undefined when unset, unless a default is given. */
export interface ValueStateDescriptor<T> extends StateDescriptorBase {
  readonly kind: 'value';
  readonly type: TypeInformation<T> | undefined;
  readonly defaultValue: T | undefined;
}
export interface ListStateDescriptor<T> extends StateDescriptorBase {
  readonly kind: 'list';
  readonly type: TypeInformation<T> | undefined;
}
export interface MapStateDescriptor<K, V> extends StateDescriptorBase {
  readonly kind: 'map';
  readonly keyType: TypeInformation<K> | undefined;
  readonly valueType: TypeInformation<V> | undefined;
}
export interface ReducingStateDescriptor<T> extends StateDescriptorBase {
  readonly kind: 'reducing';
  readonly type: TypeInformation<T> | undefined;
  readonly reduce: (a: T, b: T) => T;
}
export interface AggregatingStateDescriptor<I, A, O> extends StateDescriptorBase {
  readonly kind: 'aggregating';
  readonly type: TypeInformation<A> | undefined;
  readonly aggregate: StateAggregate<I, A, O>;
}
/** The part of an AggregateFunction that state needs. */
export interface StateAggregate<I, A, O> {
  createAccumulator(): A;
  add(value: I, accumulator: A): A;
  getResult(accumulator: A): O;
}

export type KeyedStateDescriptor =
  | ValueStateDescriptor<never> | ListStateDescriptor<never> | MapStateDescriptor<never, never>
  | ReducingStateDescriptor<never> | AggregatingStateDescriptor<never, never, never>;

/**
 * Makers of descriptors. Without a type the state is stored in the self-describing fallback encoding (counted, slower); declare one for
 * state that outlives a deployment.
 */
export const stateDescriptor = {
  value: <T>(name: string, type?: TypeInformation<T>, defaultValue?: T): ValueStateDescriptor<T> => ({ kind: 'value', name, type, defaultValue }),
  list: <T>(name: string, type?: TypeInformation<T>): ListStateDescriptor<T> => ({ kind: 'list', name, type }),
  map: <K, V>(name: string, keyType?: TypeInformation<K>, valueType?: TypeInformation<V>): MapStateDescriptor<K, V> => ({ kind: 'map', name, keyType, valueType }),
  reducing: <T>(name: string, reduce: (a: T, b: T) => T, type?: TypeInformation<T>): ReducingStateDescriptor<T> => ({ kind: 'reducing', name, reduce, type }),
  aggregating: <I, A, O>(name: string, aggregate: StateAggregate<I, A, O>, type?: TypeInformation<A>): AggregatingStateDescriptor<I, A, O> => ({
    kind: 'aggregating', name, aggregate, type,
  }),
};
