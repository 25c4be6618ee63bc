/** Makes states with a time to live of a backend's own states, and sweeps them. */
import { assert } from '@weir/base';
import type { Clock } from '@weir/ports';
import type { KeyedStateBackend } from '../keyed-state-backend.js';
import { DuplicateStateError } from '../errors.js';
import type { AggregatingStateDescriptor, ListStateDescriptor, MapStateDescriptor, ReducingStateDescriptor, ValueStateDescriptor } from '../state-descriptors.js';
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from '../state-handles.js';
import { type Stamped, Stamps, stampedType } from './stamps.js';
import type { StateTtlConfig } from './state-ttl-config.js';
import { type Expiring, TtlAggregatingState, TtlListState, TtlMapState, TtlReducingState, TtlValueState } from './ttl-states.js';

/** How a backend finds what nobody reads. */
export interface Sweeper {
  /** A state was accessed: looks at some keys in passing. Not called from within itself. */
  sweep(keys: number): void;
}

/** Gets the states in which stamped values lie. */
type Inner = Pick<KeyedStateBackend, 'getState' | 'getListState' | 'getMapState' | 'getReducingState' | 'getAggregatingState'>;

export class TtlFactory {
  private readonly made = new Map<string, { readonly kind: string; readonly state: Expiring }>();
  private sweeping = false;

  constructor(private readonly inner: Inner, private readonly clock: Clock | undefined, private readonly sweeper: Sweeper) {}

  /** The state of this name, if it has a time to live. */
  find(name: string): Expiring | undefined {
    return this.made.get(name)?.state;
  }
  get size(): number {
    return this.made.size;
  }

  value<T>(ttl: StateTtlConfig, { name, type, defaultValue }: ValueStateDescriptor<T>): ValueState<T> {
    return this.make(name, 'value', ttl, (stamps, accessed) => {
      const state = this.inner.getState<Stamped<T>>({ kind: 'value', name, type: stampedType(type), defaultValue: undefined });
      return new TtlValueState<T>(stamps, { get: () => state.value(), put: (stamped) => state.update(stamped), clear: () => state.clear() }, accessed, defaultValue);
    });
  }
  list<T>(ttl: StateTtlConfig, { name, type }: ListStateDescriptor<T>): ListState<T> {
    return this.make(name, 'list', ttl, (stamps, accessed) => new TtlListState<T>(stamps, this.inner.getListState({ kind: 'list', name, type: stampedType(type) }), accessed));
  }
  map<K, V>(ttl: StateTtlConfig, { name, keyType, valueType }: MapStateDescriptor<K, V>): MapState<K, V> {
    return this.make(name, 'map', ttl, (stamps, accessed) =>
      new TtlMapState<K, V>(stamps, this.inner.getMapState({ kind: 'map', name, keyType, valueType: stampedType(valueType) }), accessed));
  }
  reducing<T>(ttl: StateTtlConfig, { name, type, reduce }: ReducingStateDescriptor<T>): ReducingState<T> {
    return this.make(name, 'reducing', ttl, (stamps, accessed) => {
      const state = this.inner.getReducingState<Stamped<T>>({ kind: 'reducing', name, type: stampedType(type), reduce: (_, last) => last });
      return new TtlReducingState<T>(stamps, { get: () => state.get(), put: (stamped) => state.add(stamped), clear: () => state.clear() }, accessed, reduce);
    });
  }
  aggregating<I, A, O>(ttl: StateTtlConfig, { name, type, aggregate }: AggregatingStateDescriptor<I, A, O>): AggregatingState<I, O> {
    return this.make(name, 'aggregating', ttl, (stamps, accessed) => {
      const last = { createAccumulator: (): Stamped<A> => ({ since: 0, value: undefined as A }), add: (value: Stamped<A>) => value, getResult: (value: Stamped<A>) => value };
      const state = this.inner.getAggregatingState<Stamped<A>, Stamped<A>, Stamped<A>>({ kind: 'aggregating', name, type: stampedType(type), aggregate: last });
      return new TtlAggregatingState<I, A, O>(stamps, { get: () => state.get(), put: (stamped) => state.add(stamped), clear: () => state.clear() }, accessed, aggregate);
    });
  }

  private make<S extends Expiring>(name: string, kind: string, config: StateTtlConfig, create: (stamps: Stamps, accessed: () => void) => S): S {
    const known = this.made.get(name);
    if (known !== undefined) {
      if (known.kind !== kind) throw new DuplicateStateError(name, `${known.kind} and ${kind}`);
      return known.state as S;
    }
    assert(this.clock !== undefined, `state "${name}" has a time to live, and its backend has no clock`);
    const { cleanupKeysPerAccess } = config;
    const state = create(new Stamps(config, this.clock), () => {
      if (cleanupKeysPerAccess === 0 || this.sweeping) return;
      this.sweeping = true;
      try {
        this.sweeper.sweep(cleanupKeysPerAccess);
      } finally {
        this.sweeping = false;
      }
    });
    this.made.set(name, { kind, state });
    return state;
  }
}
