/**
 * Keyed state on the heap: one key index per operator gives each key a dense slot, and each state is an array by slot. One look-up per
 * record, whatever number of states; numbers lie in typed arrays.
 *
 * H1: a slot lives as long as at least one state of its key is set; reading a state of an unknown key makes no entry.
 * H2: a snapshot contains exactly the keys that are set, each under its key group.
 */
import { specialize } from '@weir/base';
import { canonicalKeyString } from '@weir/types';
import { DuplicateStateError, IncompatibleStateError, StateTooLargeError } from '../errors.js';
import type { KeyGroupRange } from '../key-groups.js';
import type {
  AggregatingStateDescriptor, ListStateDescriptor, MapStateDescriptor, ReducingStateDescriptor, ValueStateDescriptor,
} from '../state-descriptors.js';
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from '../state-handles.js';
import type { KeyContext, KeyedSnapshot, KeyedSnapshotRequest, KeyedStateBackend } from '../keyed-state-backend.js';
import { listBody, mapBody, type StateBody, valueBody } from '../state-body.js';
import { type HeapKeyContext, heapTablesFactory, type HeapTables, type StateTable } from './heap-tables.js';
import { keyIndexFactory, type KeyIndexConstructor } from './key-index.js';
import { forEachRestoredEntry, type KeyedSnapshotSource, type RestoredKeyedState, writeKeyedSnapshot } from './keyed-snapshot.js';

interface Registration {
  readonly kind: string;
  readonly handle: unknown;
  readonly source: KeyedSnapshotSource;
}

/** A key index class with type feedback of its own. */
export function createKeyIndexClass(label: string): KeyIndexConstructor {
  return specialize(keyIndexFactory, { canonicalKeyString, tooManyKeys: (count) => new StateTooLargeError(count) }, `key-index-${label}`);
}

export class HeapKeyedStateBackend implements KeyedStateBackend {
  private readonly heapContext: HeapKeyContext;
  private readonly tables: HeapTables;
  /** States of the snapshot by name; what is not asked for is kept and written again (B3). */
  private readonly restored: Map<string, readonly RestoredKeyedState[]>;
  private readonly registrations = new Map<string, Registration>();

  constructor(
    operatorName: string,
    readonly keyGroupRange: KeyGroupRange,
    readonly maxParallelism: number,
    restored: ReadonlyMap<string, readonly RestoredKeyedState[]> = new Map(),
  ) {
    this.restored = new Map(restored);
    this.tables = specialize(heapTablesFactory, { KeyIndex: createKeyIndexClass(operatorName) }, `heap-state-${operatorName}`);
    this.heapContext = new this.tables.KeyContext();
  }

  get keyContext(): KeyContext {
    return this.heapContext;
  }

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    const { name, type, defaultValue } = descriptor;
    const numeric = type !== undefined && ['int', 'long', 'double'].includes(type.typeName);
    const table = numeric ? new this.tables.NumberValueTable(this.heapContext, defaultValue as number | undefined) : new this.tables.ValueTable(this.heapContext, defaultValue);
    return this.register(name, table as StateTable & ValueState<T>, valueBody('value', name, type) as StateBody);
  }
  getListState<T>({ name, type }: ListStateDescriptor<T>): ListState<T> {
    const table = new this.tables.ListTable(this.heapContext);
    return this.register(name, table as StateTable & ListState<T>, listBody(name, type) as StateBody);
  }
  getMapState<K, V>({ name, keyType, valueType }: MapStateDescriptor<K, V>): MapState<K, V> {
    const table = new this.tables.MapTable(this.heapContext);
    return this.register(name, table as StateTable & MapState<K, V>, mapBody(name, keyType, valueType) as StateBody);
  }
  getReducingState<T>({ name, type, reduce }: ReducingStateDescriptor<T>): ReducingState<T> {
    const table = new this.tables.ReducingTable(this.heapContext, reduce as (a: unknown, b: unknown) => unknown);
    return this.register(name, table as StateTable & ReducingState<T>, valueBody('reducing', name, type) as StateBody);
  }
  getAggregatingState<I, A, O>({ name, type, aggregate }: AggregatingStateDescriptor<I, A, O>): AggregatingState<I, O> {
    const table = new this.tables.AggregatingTable(this.heapContext, aggregate as never);
    return this.register(name, table as StateTable & AggregatingState<I, O>, valueBody('aggregating', name, type) as StateBody);
  }

  snapshot({ sources }: Pick<KeyedSnapshotRequest, 'sources'>): KeyedSnapshot {
    const own = [...this.registrations.values()].map((registration) => registration.source);
    const unclaimed = [...this.restored.values()].flat();
    const bytes = writeKeyedSnapshot([...own, ...sources], unclaimed, this.keyGroupRange, this.maxParallelism);
    return bytes === undefined ? {} : { bytes };
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  /** Takes a restored state that is kept elsewhere (timers, windows). */
  takeRestored(name: string, kind: string): readonly RestoredKeyedState[] {
    const states = this.restored.get(name) ?? [];
    for (const state of states) {
      if (state.meta.kind !== kind) throw new IncompatibleStateError(name, `the snapshot holds it as ${state.meta.kind}, it is ${kind} now`);
    }
    this.restored.delete(name);
    return states;
  }

  private register<H>(name: string, table: StateTable & H, body: StateBody): H {
    const { kind } = body;
    const known = this.registrations.get(name);
    if (known !== undefined) {
      if (known.kind !== kind) throw new DuplicateStateError(name, `${known.kind} and ${kind}`);
      return known.handle as H;
    }
    this.heapContext.addTable(table);
    for (const state of this.takeRestored(name, kind)) {
      const read = body.reader(state.meta.types);
      forEachRestoredEntry(state, (key, bytes) => {
        this.heapContext.setCurrentKey(key);
        table.setSlot(this.heapContext.slotForWrite(), read(bytes));
      });
    }
    this.registrations.set(name, { kind, handle: table, source: tableSource(name, this.heapContext, table, body) });
    return table;
  }
}

function tableSource(name: string, context: HeapKeyContext, table: StateTable, body: StateBody): KeyedSnapshotSource {
  let slots: number[] = [];
  let keys: unknown[] = [];
  return {
    entryCount: () => {
      slots = [];
      keys = [];
      context.index.forEach((key, slot) => {
        if (!table.isSet(slot)) return;
        slots.push(slot);
        keys.push(key);
      });
      body.prepare(function* () {
        for (const slot of slots) yield table.getSlot(slot);
      });
      return slots.length;
    },
    meta: () => ({ name, kind: body.kind, types: body.types() }),
    keyAt: (entry) => keys[entry],
    writeBody: (entry, out) => body.write(table.getSlot(slots[entry]), out),
  };
}
