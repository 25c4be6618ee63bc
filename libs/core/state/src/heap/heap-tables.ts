/**
 * Hot path (benchmark: loops/keyed-count). The arrays behind the state handles. A closed factory (see `specialize`): each operator
 * instance has its own copy, so that a handle's reads and writes are inlined into the user's function.
 */
import type { StateAggregate } from '../state-descriptors.js';
import type { KeyContext } from '../keyed-state-backend.js';
import type { KeyIndex, KeyIndexConstructor } from './key-index.js';

/** Whose state is at hand. */
export interface HeapKeyContext extends KeyContext {
  readonly index: KeyIndex;
  /** Slot of the current key, or -1 while it has no state. */
  currentSlot: number;
  /** Slot of the current key, made if needed. */
  slotForWrite(): number;
  addTable(table: StateTable): void;
  /** A state of this slot was set that was not. */
  retain(slot: number): void;
  /** A state of this slot was cleared; the last one releases the slot (H1). */
  release(slot: number): void;
}

/** One state's array. */
export interface StateTable {
  grow(capacity: number): void;
  isSet(slot: number): boolean;
  getSlot(slot: number): unknown;
  setSlot(slot: number, value: unknown): void;
}

export interface HeapTables {
  readonly KeyContext: new () => HeapKeyContext;
  readonly ValueTable: new (context: HeapKeyContext, defaultValue: unknown) => StateTable;
  readonly NumberValueTable: new (context: HeapKeyContext, defaultValue: number | undefined) => StateTable;
  readonly ListTable: new (context: HeapKeyContext) => StateTable;
  readonly MapTable: new (context: HeapKeyContext) => StateTable;
  readonly ReducingTable: new (context: HeapKeyContext, reduce: (a: unknown, b: unknown) => unknown) => StateTable;
  readonly AggregatingTable: new (context: HeapKeyContext, aggregate: StateAggregate<unknown, unknown, unknown>) => StateTable;
}

export function heapTablesFactory({ KeyIndex }: { readonly KeyIndex: KeyIndexConstructor }): HeapTables {
  class SlotKeyContext implements HeapKeyContext {
    readonly index = new KeyIndex();
    currentKey: unknown = undefined;
    currentSlot = -1;
    private readonly tables: StateTable[] = [];
    /** States set per slot. */
    private references = new Uint16Array(16);

    setCurrentKey(key: unknown): void {
      this.currentKey = key;
      this.currentSlot = this.index.find(key);
    }
    slotForWrite(): number {
      const slot = this.currentSlot;
      return slot >= 0 ? slot : this.newSlot();
    }
    private newSlot(): number {
      const slot = this.index.insert(this.currentKey);
      if (this.index.capacity > this.references.length) {
        const references = new Uint16Array(this.index.capacity);
        references.set(this.references);
        this.references = references;
        for (const table of this.tables) table.grow(this.index.capacity);
      }
      this.currentSlot = slot;
      return slot;
    }
    addTable(table: StateTable): void {
      table.grow(this.index.capacity);
      this.tables.push(table);
    }
    retain(slot: number): void {
      this.references[slot]++;
    }
    release(slot: number): void {
      if (--this.references[slot] > 0) return;
      this.index.remove(this.currentKey, slot);
      this.currentSlot = -1;
    }
  }

  /** Values of any type; undefined = unset. */
  class ObjectTable implements StateTable {
    protected slots: unknown[] = [];
    constructor(protected readonly context: HeapKeyContext) {}
    grow(capacity: number): void {
      while (this.slots.length < capacity) this.slots.push(undefined);
    }
    isSet(slot: number): boolean {
      return this.slots[slot] !== undefined;
    }
    getSlot(slot: number): unknown {
      return this.slots[slot];
    }
    setSlot(slot: number, value: unknown): void {
      if (this.slots[slot] === undefined) this.context.retain(slot);
      this.slots[slot] = value;
    }
    clear(): void {
      const slot = this.context.currentSlot;
      if (slot < 0 || this.slots[slot] === undefined) return;
      this.slots[slot] = undefined;
      this.context.release(slot);
    }
  }

  class ValueTable extends ObjectTable {
    constructor(context: HeapKeyContext, private readonly defaultValue: unknown) {
      super(context);
    }
    value(): unknown {
      const slot = this.context.currentSlot;
      if (slot < 0) return this.defaultValue;
      const value = this.slots[slot];
      return value === undefined ? this.defaultValue : value;
    }
    update(value: unknown): void {
      if (value === undefined) {
        this.clear();
        return;
      }
      const slot = this.context.slotForWrite();
      const slots = this.slots;
      if (slots[slot] === undefined) this.context.retain(slot);
      slots[slot] = value;
    }
  }

  class NumberValueTable implements StateTable {
    private values = new Float64Array(0);
    private present = new Uint8Array(0);
    constructor(private readonly context: HeapKeyContext, private readonly defaultValue: number | undefined) {}
    grow(capacity: number): void {
      const values = new Float64Array(capacity);
      values.set(this.values);
      this.values = values;
      const present = new Uint8Array(capacity);
      present.set(this.present);
      this.present = present;
    }
    isSet(slot: number): boolean {
      return this.present[slot] === 1;
    }
    getSlot(slot: number): unknown {
      return this.values[slot];
    }
    setSlot(slot: number, value: unknown): void {
      if (this.present[slot] === 0) {
        this.present[slot] = 1;
        this.context.retain(slot);
      }
      this.values[slot] = value as number;
    }
    value(): number | undefined {
      const slot = this.context.currentSlot;
      if (slot < 0 || this.present[slot] === 0) return this.defaultValue;
      return this.values[slot];
    }
    update(value: number | undefined): void {
      if (typeof value !== 'number') {
        if (value !== undefined) throw new TypeError(`a number state was given a ${typeof value}`);
        this.clear();
        return;
      }
      const slot = this.context.slotForWrite();
      if (this.present[slot] === 0) {
        this.present[slot] = 1;
        this.context.retain(slot);
      }
      this.values[slot] = value;
    }
    clear(): void {
      const slot = this.context.currentSlot;
      if (slot < 0 || this.present[slot] === 0) return;
      this.present[slot] = 0;
      this.context.release(slot);
    }
  }

  const NO_ELEMENTS: readonly unknown[] = Object.freeze([]);

  class ListTable extends ObjectTable {
    get(): readonly unknown[] {
      const slot = this.context.currentSlot;
      return slot < 0 ? NO_ELEMENTS : ((this.slots[slot] as unknown[] | undefined) ?? NO_ELEMENTS);
    }
    add(value: unknown): void {
      const slot = this.context.slotForWrite();
      const list = this.slots[slot] as unknown[] | undefined;
      if (list === undefined) this.setSlot(slot, [value]);
      else list.push(value);
    }
    update(values: readonly unknown[]): void {
      if (values.length === 0) this.clear();
      else this.setSlot(this.context.slotForWrite(), values.slice());
    }
  }

  class MapTable extends ObjectTable {
    private current(): Map<unknown, unknown> | undefined {
      const slot = this.context.currentSlot;
      return slot < 0 ? undefined : (this.slots[slot] as Map<unknown, unknown> | undefined);
    }
    get(key: unknown): unknown {
      return this.current()?.get(key);
    }
    put(key: unknown, value: unknown): void {
      const slot = this.context.slotForWrite();
      let map = this.slots[slot] as Map<unknown, unknown> | undefined;
      if (map === undefined) {
        map = new Map();
        this.setSlot(slot, map);
      }
      map.set(key, value);
    }
    has(key: unknown): boolean {
      return this.current()?.has(key) ?? false;
    }
    remove(key: unknown): void {
      const map = this.current();
      if (map === undefined) return;
      map.delete(key);
      if (map.size === 0) this.clear();
    }
    entries(): IterableIterator<[unknown, unknown]> {
      return (this.current() ?? new Map()).entries();
    }
    keys(): IterableIterator<unknown> {
      return (this.current() ?? new Map()).keys();
    }
    values(): IterableIterator<unknown> {
      return (this.current() ?? new Map()).values();
    }
    isEmpty(): boolean {
      return this.current() === undefined;
    }
  }

  class ReducingTable extends ObjectTable {
    constructor(context: HeapKeyContext, private readonly reduce: (a: unknown, b: unknown) => unknown) {
      super(context);
    }
    get(): unknown {
      const slot = this.context.currentSlot;
      return slot < 0 ? undefined : this.slots[slot];
    }
    add(value: unknown): void {
      const slot = this.context.slotForWrite();
      const before = this.slots[slot];
      if (before === undefined) this.setSlot(slot, value);
      else this.slots[slot] = this.reduce(before, value);
    }
  }

  class AggregatingTable extends ObjectTable {
    constructor(context: HeapKeyContext, private readonly aggregate: StateAggregate<unknown, unknown, unknown>) {
      super(context);
    }
    get(): unknown {
      const slot = this.context.currentSlot;
      const accumulator = slot < 0 ? undefined : this.slots[slot];
      return accumulator === undefined ? undefined : this.aggregate.getResult(accumulator);
    }
    add(value: unknown): void {
      const slot = this.context.slotForWrite();
      const before = this.slots[slot];
      if (before === undefined) this.setSlot(slot, this.aggregate.add(value, this.aggregate.createAccumulator()));
      else this.slots[slot] = this.aggregate.add(value, before);
    }
  }

  return { KeyContext: SlotKeyContext, ValueTable, NumberValueTable, ListTable, MapTable, ReducingTable, AggregatingTable };
}
