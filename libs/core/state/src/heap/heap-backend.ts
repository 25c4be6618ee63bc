/**
 * Keyed state on the heap: one key index per operator gives each key a dense slot, and each state is an array by slot. One look-up per
 * record, whatever number of states; numbers lie in typed arrays.
 *
 * H1: a slot lives as long as at least one state of its key is set; reading a state of an unknown key makes no entry.
 * H2: a snapshot contains exactly the keys that are set, each under its key group.
 */
import type { ByteReader, ByteWriter } from '@weir/base';
import { specialize } from '@weir/base';
import { canonicalKeyString, type TypeDescription } from '@weir/types';
import { DuplicateStateError, IncompatibleStateError, StateTooLargeError } from '../errors.js';
import type { KeyGroupRange } from '../key-groups.js';
import type {
  AggregatingStateDescriptor, ListStateDescriptor, MapStateDescriptor, ReducingStateDescriptor, ValueStateDescriptor,
} from '../state-descriptors.js';
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from '../state-handles.js';
import { heapTablesFactory, type HeapTables, type KeyContext, type StateTable } from './heap-tables.js';
import { keyIndexFactory, type KeyIndexConstructor } from './key-index.js';
import { forEachRestoredEntry, type KeyedSnapshotSource, type RestoredKeyedState } from './keyed-snapshot.js';
import { StateSerializer } from './state-serializer.js';

interface Registration {
  readonly kind: string;
  readonly handle: unknown;
  readonly source: KeyedSnapshotSource;
}

/** A key index class with type feedback of its own. */
export function createKeyIndexClass(label: string): KeyIndexConstructor {
  return specialize(keyIndexFactory, { canonicalKeyString, tooManyKeys: (count) => new StateTooLargeError(count) }, `key-index-${label}`);
}

export class HeapKeyedStateBackend {
  /** The operator's key context: `setCurrentKey` before each record and timer. */
  readonly keyContext: KeyContext;
  private readonly tables: HeapTables;
  private readonly registrations = new Map<string, Registration>();

  constructor(
    operatorName: string,
    readonly keyGroupRange: KeyGroupRange,
    readonly maxParallelism: number,
    /** States of the snapshot by name; what is not asked for is kept and written again. */
    private readonly restored: Map<string, RestoredKeyedState[]> = new Map(),
  ) {
    this.tables = specialize(heapTablesFactory, { KeyIndex: createKeyIndexClass(operatorName) }, `heap-state-${operatorName}`);
    this.keyContext = new this.tables.KeyContext();
  }

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    const numeric = descriptor.type !== undefined && ['int', 'long', 'double'].includes(descriptor.type.typeName);
    const serializer = new StateSerializer<T>(descriptor.name, descriptor.type);
    const table = numeric
      ? new this.tables.NumberValueTable(this.keyContext, descriptor.defaultValue as number | undefined)
      : new this.tables.ValueTable(this.keyContext, descriptor.defaultValue);
    return this.register(descriptor.name, 'value', table as StateTable & ValueState<T>, [serializer], {
      prepare: (samples) => serializer.prepare(samples as () => Iterable<T>),
      write: (slot, out) => serializer.write(table.getSlot(slot) as T, out),
      reader: (types) => serializer.readerOf(types[0] ?? null),
    });
  }

  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    const serializer = new StateSerializer<T>(descriptor.name, descriptor.type);
    const table = new this.tables.ListTable(this.keyContext);
    return this.register(descriptor.name, 'list', table as StateTable & ListState<T>, [serializer], {
      prepare: (samples) => serializer.prepare(() => flatten(samples() as Iterable<T[]>)),
      write: (slot, out) => writeList(table.getSlot(slot) as T[], serializer, out),
      reader: (types) => {
        const read = serializer.readerOf(types[0] ?? null);
        return (body) => Array.from({ length: body.varint() }, () => read(body));
      },
    });
  }

  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    const keys = new StateSerializer<K>(descriptor.name, descriptor.keyType);
    const values = new StateSerializer<V>(descriptor.name, descriptor.valueType);
    const table = new this.tables.MapTable(this.keyContext);
    return this.register(descriptor.name, 'map', table as StateTable & MapState<K, V>, [keys, values], {
      prepare: (samples) => {
        const maps = samples as () => Iterable<Map<K, V>>;
        keys.prepare(() => flatten(mapEach(maps(), (m) => m.keys())));
        values.prepare(() => flatten(mapEach(maps(), (m) => m.values())));
      },
      write: (slot, out) => {
        const map = table.getSlot(slot) as Map<K, V>;
        out.varint(map.size);
        for (const [key, value] of map) {
          keys.write(key, out);
          values.write(value, out);
        }
      },
      reader: (types) => {
        const readKey = keys.readerOf(types[0] ?? null);
        const readValue = values.readerOf(types[1] ?? null);
        return (body) => {
          const map = new Map<K, V>();
          for (let left = body.varint(); left > 0; left--) map.set(readKey(body), readValue(body));
          return map;
        };
      },
    });
  }

  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T> {
    const serializer = new StateSerializer<T>(descriptor.name, descriptor.type);
    const table = new this.tables.ReducingTable(this.keyContext, descriptor.reduce as (a: unknown, b: unknown) => unknown);
    return this.register(descriptor.name, 'reducing', table as StateTable & ReducingState<T>, [serializer], {
      prepare: (samples) => serializer.prepare(samples as () => Iterable<T>),
      write: (slot, out) => serializer.write(table.getSlot(slot) as T, out),
      reader: (types) => serializer.readerOf(types[0] ?? null),
    });
  }

  getAggregatingState<I, A, O>(descriptor: AggregatingStateDescriptor<I, A, O>): AggregatingState<I, O> {
    const serializer = new StateSerializer<A>(descriptor.name, descriptor.type);
    const table = new this.tables.AggregatingTable(this.keyContext, descriptor.aggregate as never);
    return this.register(descriptor.name, 'aggregating', table as StateTable & AggregatingState<I, O>, [serializer], {
      prepare: (samples) => serializer.prepare(samples as () => Iterable<A>),
      write: (slot, out) => serializer.write(table.getSlot(slot) as A, out),
      reader: (types) => serializer.readerOf(types[0] ?? null),
    });
  }

  /** What a snapshot is made of, besides timers and windows. */
  snapshotSources(): KeyedSnapshotSource[] {
    return [...this.registrations.values()].map((registration) => registration.source);
  }
  /** Restored states that nobody asked for. */
  unclaimed(): RestoredKeyedState[] {
    return [...this.restored.values()].flat();
  }
  /** Takes a restored state that is kept elsewhere (timers, windows). */
  takeRestored(name: string, kind: string): RestoredKeyedState[] {
    const states = this.restored.get(name) ?? [];
    this.restored.delete(name);
    for (const state of states) {
      if (state.meta.kind !== kind) throw new IncompatibleStateError(name, `the snapshot holds it as ${state.meta.kind}, it is ${kind} now`);
    }
    return states;
  }

  private register<H>(name: string, kind: string, table: StateTable & H, serializers: readonly StateSerializer<never>[] | readonly StateSerializer<unknown>[],
    body: StateBody): H {
    const known = this.registrations.get(name);
    if (known !== undefined) {
      if (known.kind !== kind) throw new DuplicateStateError(name, `${known.kind} and ${kind}`);
      return known.handle as H;
    }
    this.keyContext.addTable(table);
    for (const state of this.takeRestored(name, kind)) {
      const read = body.reader(state.meta.types);
      forEachRestoredEntry(state, (key, bytes) => {
        this.keyContext.setCurrentKey(key);
        table.setSlot(this.keyContext.slotForWrite(), read(bytes));
      });
    }
    this.registrations.set(name, { kind, handle: table, source: tableSource(name, kind, this.keyContext, table, serializers, body) });
    return table;
  }
}

interface StateBody {
  readonly prepare: (samples: () => Iterable<unknown>) => void;
  readonly write: (slot: number, out: ByteWriter) => void;
  readonly reader: (types: readonly (TypeDescription | null)[]) => (body: ByteReader) => unknown;
}

function tableSource(name: string, kind: string, context: KeyContext, table: StateTable, serializers: readonly StateSerializer<never>[] | readonly StateSerializer<unknown>[],
  body: StateBody): KeyedSnapshotSource {
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
      body.prepare(() => mapEach(slots, (slot) => table.getSlot(slot)));
      return slots.length;
    },
    meta: () => ({ name, kind, types: serializers.map((serializer) => serializer.describe()) }),
    keyAt: (entry) => keys[entry],
    writeBody: (entry, out) => body.write(slots[entry], out),
  };
}

function writeList<T>(values: readonly T[], serializer: StateSerializer<T>, out: ByteWriter): void {
  out.varint(values.length);
  for (const value of values) serializer.write(value, out);
}
function* mapEach<A, B>(items: Iterable<A>, f: (item: A) => B): Generator<B> {
  for (const item of items) yield f(item);
}
function* flatten<T>(lists: Iterable<Iterable<T>>): Generator<T> {
  for (const list of lists) yield* list;
}
