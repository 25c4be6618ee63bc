/**
 * Keyed state on the heap: one key index per operator gives each key a dense slot, and each state is an array by slot. One look-up per
 * record, whatever number of states; numbers lie in typed arrays. Snapshots: ADR 0007.
 *
 * H1: a slot lives as long as at least one state of its key is set; reading a state of an unknown key makes no entry.
 * H2: a snapshot contains exactly the keys that are set, each under its key group.
 */
import { type ByteWriter, specialize } from '@weir/base';
import { canonicalKeyString } from '@weir/types';
import { DuplicateStateError, IncompatibleStateError, StateTooLargeError } from '../errors.js';
import type { KeyGroupRange } from '../key-groups.js';
import type {
  AggregatingStateDescriptor, ListStateDescriptor, MapStateDescriptor, ReducingStateDescriptor, ValueStateDescriptor,
} from '../state-descriptors.js';
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from '../state-handles.js';
import type { KeyContext, KeyedSnapshot, KeyedSnapshotRequest, KeyedStateBackend } from '../keyed-state-backend.js';
import { TtlFactory } from '../ttl/ttl-factory.js';
import { listBody, mapBody, type StateBody, valueBody } from '../state-body.js';
import type { HeapStateOptions } from './heap-backends.js';
import { HeapSweeper } from './heap-sweeper.js';
import { heapTablesFactory, type HeapTables, type StateTable } from './heap-tables.js';
import { keyIndexFactory, type KeyIndexConstructor } from './key-index.js';
import { forEachRestoredEntry, type KeyedSnapshotBytes, type KeyedSnapshotSource, type RestoredKeyedState, writeKeyedSnapshot } from './keyed-snapshot.js';
import { type CapturedState, SlotCapture } from './slot-capture.js';
import { SlotCaptureRun } from './slot-capture-run.js';
import { type HeapKeyContext, slotKeyContextFactory } from './slot-key-context.js';
import { type SlotSnapshot, SlotSnapshots } from './slot-snapshots.js';
import { rowsSnapshot } from './rows-snapshot.js';

interface Registration extends CapturedState {
  readonly handle: unknown;
}

const WHOLE_ENTRIES = 1000;
const SLICE_SLOTS = 512;
const INTERVALS = 255;

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
  private readonly snapshots = new SlotSnapshots();
  private readonly spare: ByteWriter[] = [];
  private running: SlotCaptureRun | undefined;
  private snapshotCount = 0;
  private readonly ttl: TtlFactory;

  constructor(
    operatorName: string,
    readonly keyGroupRange: KeyGroupRange,
    readonly maxParallelism: number,
    restored: ReadonlyMap<string, readonly RestoredKeyedState[]> = new Map(),
    private readonly options: HeapStateOptions = {},
    private readonly operatorId = '',
  ) {
    this.restored = new Map(restored);
    this.tables = specialize(heapTablesFactory, undefined, `heap-state-${operatorName}`);
    this.heapContext = new (specialize(slotKeyContextFactory, { KeyIndex: createKeyIndexClass(operatorName) }, `heap-keys-${operatorName}`))();
    this.ttl = new TtlFactory(this, options.clock, new HeapSweeper(this.heapContext, this.registrations, () => this.ttl));
  }

  get keyContext(): KeyContext {
    return this.heapContext;
  }

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    const { name, type, defaultValue, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.value(ttl, descriptor);
    const numeric = type !== undefined && ['int', 'long', 'double'].includes(type.typeName);
    const table = numeric ? new this.tables.NumberValueTable(this.heapContext, defaultValue as number | undefined) : new this.tables.ValueTable(this.heapContext, defaultValue);
    return this.register(name, table as StateTable & ValueState<T>, valueBody('value', name, type) as StateBody);
  }
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    const { name, type, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.list(ttl, descriptor);
    const table = new this.tables.ListTable(this.heapContext);
    return this.register(name, table as StateTable & ListState<T>, listBody(name, type) as StateBody);
  }
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    const { name, keyType, valueType, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.map(ttl, descriptor);
    const table = new this.tables.MapTable(this.heapContext);
    return this.register(name, table as StateTable & MapState<K, V>, mapBody(name, keyType, valueType) as StateBody);
  }
  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T> {
    const { name, type, reduce, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.reducing(ttl, descriptor);
    const table = new this.tables.ReducingTable(this.heapContext, reduce as (a: unknown, b: unknown) => unknown);
    return this.register(name, table as StateTable & ReducingState<T>, valueBody('reducing', name, type) as StateBody);
  }
  getAggregatingState<I, A, O>(descriptor: AggregatingStateDescriptor<I, A, O>): AggregatingState<I, O> {
    const { name, type, aggregate, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.aggregating(ttl, descriptor);
    const table = new this.tables.AggregatingTable(this.heapContext, aggregate as never);
    return this.register(name, table as StateTable & AggregatingState<I, O>, valueBody('aggregating', name, type) as StateBody);
  }

  snapshot(request: KeyedSnapshotRequest): KeyedSnapshot | Promise<KeyedSnapshot> {
    this.running?.finish();
    const { heapContext, options } = this;
    const unclaimed = [...this.restored.values()].flat();
    const whole = request.format === 'canonical' || heapContext.index.size <= (options.wholeEntries ?? WHOLE_ENTRIES);
    const own = whole ? [...this.registrations.values()].map((registration) => tableSource(heapContext, registration)) : [];
    const bytes = writeKeyedSnapshot([...own, ...request.sources], unclaimed, this.keyGroupRange, this.maxParallelism);
    if (!whole) return this.captureRows(request.checkpointId, bytes);
    this.snapshots.forget(); // N2
    return bytes === undefined ? {} : { bytes };
  }

  private captureRows(checkpointId: number, bytes: KeyedSnapshotBytes | undefined): Promise<KeyedSnapshot> {
    const { heapContext: context, snapshots, options } = this;
    const states = [...this.registrations.values()];
    for (const { table, body } of states) {
      body.prepare(function* () {
        for (let slot = 0; slot < context.index.end; slot++) if (table.isSet(slot)) yield table.getSlot(slot);
      });
    }
    if (context.interval === INTERVALS) this.renumber();
    const base = snapshots.base(context.touched, context.index.size);
    const snapshot: SlotSnapshot = { checkpointId, interval: context.interval++, files: undefined, wholeBytes: 0, laterBytes: 0 };
    snapshots.began(snapshot, base);
    context.touched = 0;
    const capture = new SlotCapture(context, states, base?.interval ?? -1, this.spare);
    context.watcher = capture;
    const run = new SlotCaptureRun(capture, options.sliceSlots ?? SLICE_SLOTS, () => {
      context.watcher = undefined;
      this.running = undefined;
    });
    this.running = run;
    const { clock, timers } = options;
    if (clock === undefined || timers === undefined) run.finish();
    else run.start({ clock, timers });
    const name = `rows-${++this.snapshotCount}`;
    const place = { name, scope: this.operatorId.slice(0, 12), keyGroups: this.keyGroupRange };
    return run.done.then(() => ({ ...(bytes === undefined ? {} : { bytes }), tables: rowsSnapshot(place, snapshot, base, capture.takeChunks(), this.spare) }));
  }

  /** Makes room for more intervals; the marks are a byte. */
  private renumber(): void {
    const { heapContext: context } = this;
    const by = this.snapshots.renumber();
    if (by === undefined) {
      context.marks.fill(0);
      context.interval = 1;
      return;
    }
    const { marks } = context;
    for (let slot = 0; slot < marks.length; slot++) marks[slot] = marks[slot] > by ? marks[slot] - by : 0;
    context.interval -= by;
  }

  checkpointComplete(checkpointId: number): void {
    this.snapshots.completed(checkpointId);
  }
  close(): Promise<void> {
    this.running?.abandon();
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
      if (known.body.kind !== kind) throw new DuplicateStateError(name, `${known.body.kind} and ${kind}`);
      return known.handle as H;
    }
    this.running?.finish(); // which captures the tables that there are
    this.heapContext.addTable(table);
    const { currentKey } = this.heapContext;
    for (const state of this.takeRestored(name, kind)) {
      const read = body.reader(state.meta.types);
      forEachRestoredEntry(state, (key, bytes) => {
        this.heapContext.setCurrentKey(key);
        table.setSlot(this.heapContext.slotForWrite(), read(bytes));
      });
    }
    if (currentKey !== undefined) this.heapContext.setCurrentKey(currentKey);
    this.registrations.set(name, { name, table, body, handle: table });
    return table;
  }
}

function tableSource(context: HeapKeyContext, { name, table, body }: CapturedState): KeyedSnapshotSource {
  const slots: number[] = [];
  return {
    entryCount: () => {
      for (let slot = 0; slot < context.index.end; slot++) if (table.isSet(slot)) slots.push(slot);
      body.prepare(function* () {
        for (const slot of slots) yield table.getSlot(slot);
      });
      return slots.length;
    },
    meta: () => ({ name, kind: body.kind, types: body.types() }),
    keyAt: (entry) => context.index.keyAt(slots[entry]),
    writeBody: (entry, out) => body.write(table.getSlot(slots[entry]), out),
  };
}
