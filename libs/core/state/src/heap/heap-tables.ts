/**
 * Hot path (benchmark: loops/keyed-count). The arrays behind the state handles. A closed factory (see `specialize`): each operator
 * instance has its own copy, so that a handle's reads and writes are inlined into the user's function. What may change is touched first (M2).
 */
import type { StateAggregate } from '../state-descriptors.js';
import type { HeapKeyContext } from './slot-key-context.js';

/** One state's array. */
export interface StateTable {
  grow(capacity: number): void;
  isSet(slot: number): boolean;
  getSlot(slot: number): unknown;
  setSlot(slot: number, value: unknown): void;
}

export interface HeapTables {
  readonly ValueTable: new (context: HeapKeyContext, defaultValue: unknown) => StateTable;
  readonly NumberValueTable: new (context: HeapKeyContext, defaultValue: number | undefined) => StateTable;
  readonly ListTable: new (context: HeapKeyContext) => StateTable;
  readonly MapTable: new (context: HeapKeyContext) => StateTable;
  readonly ReducingTable: new (context: HeapKeyContext, reduce: (a: unknown, b: unknown) => unknown) => StateTable;
  readonly AggregatingTable: new (context: HeapKeyContext, aggregate: StateAggregate<unknown, unknown, unknown>) => StateTable;
}

export function heapTablesFactory(): HeapTables {
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
      const { context } = this;
      if (context.marks[slot] !== context.interval) context.touch(slot);
      if (this.slots[slot] === undefined) context.retain(slot);
      this.slots[slot] = value;
    }
    /** What the key at hand holds; it may be changed in place. */
    protected current(): unknown {
      const { context } = this;
      const slot = context.currentSlot;
      if (slot < 0) return undefined;
      const value = this.slots[slot];
      if (typeof value === 'object' && context.marks[slot] !== context.interval) context.touch(slot);
      return value;
    }
    clear(): void {
      const { context } = this;
      const slot = context.currentSlot;
      if (slot < 0 || this.slots[slot] === undefined) return;
      if (context.marks[slot] !== context.interval) context.touch(slot);
      this.slots[slot] = undefined;
      context.release(slot);
    }
  }

  class ValueTable extends ObjectTable {
    constructor(context: HeapKeyContext, private readonly defaultValue: unknown) {
      super(context);
    }
    value(): unknown {
      const value = this.current();
      return value === undefined ? this.defaultValue : value;
    }
    update(value: unknown): void {
      if (value === undefined) this.clear();
      else this.setSlot(this.context.slotForWrite(), value);
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
      const { context } = this;
      if (context.marks[slot] !== context.interval) context.touch(slot);
      if (this.present[slot] === 0) {
        this.present[slot] = 1;
        context.retain(slot);
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
      const { context } = this;
      const slot = context.slotForWrite();
      if (context.marks[slot] !== context.interval) context.touch(slot);
      if (this.present[slot] === 0) {
        this.present[slot] = 1;
        context.retain(slot);
      }
      this.values[slot] = value;
    }
    clear(): void {
      const { context } = this;
      const slot = context.currentSlot;
      if (slot < 0 || this.present[slot] === 0) return;
      if (context.marks[slot] !== context.interval) context.touch(slot);
      this.present[slot] = 0;
      context.release(slot);
    }
  }

  const NO_ELEMENTS: readonly unknown[] = Object.freeze([]);

  class ListTable extends ObjectTable {
    get(): readonly unknown[] {
      return (this.current() as unknown[] | undefined) ?? NO_ELEMENTS;
    }
    add(value: unknown): void {
      const list = this.current() as unknown[] | undefined;
      if (list === undefined) this.setSlot(this.context.slotForWrite(), [value]);
      else list.push(value);
    }
    update(values: readonly unknown[]): void {
      if (values.length === 0) this.clear();
      else this.setSlot(this.context.slotForWrite(), values.slice());
    }
  }

  class MapTable extends ObjectTable {
    private map(): Map<unknown, unknown> | undefined {
      return this.current() as Map<unknown, unknown> | undefined;
    }
    get(key: unknown): unknown {
      return this.map()?.get(key);
    }
    put(key: unknown, value: unknown): void {
      const map = this.map();
      if (map === undefined) this.setSlot(this.context.slotForWrite(), new Map([[key, value]]));
      else map.set(key, value);
    }
    has(key: unknown): boolean {
      return this.map()?.has(key) ?? false;
    }
    remove(key: unknown): void {
      const map = this.map();
      if (map === undefined || !map.has(key)) return;
      if (map.size === 1) this.clear();
      else map.delete(key);
    }
    entries(): IterableIterator<[unknown, unknown]> {
      return (this.map() ?? new Map()).entries();
    }
    keys(): IterableIterator<unknown> {
      return (this.map() ?? new Map()).keys();
    }
    values(): IterableIterator<unknown> {
      return (this.map() ?? new Map()).values();
    }
    isEmpty(): boolean {
      return this.map() === undefined;
    }
  }

  class ReducingTable extends ObjectTable {
    constructor(context: HeapKeyContext, private readonly reduce: (a: unknown, b: unknown) => unknown) {
      super(context);
    }
    get(): unknown {
      return this.current();
    }
    add(value: unknown): void {
      const before = this.current();
      const after = before === undefined ? value : this.reduce(before, value); // which may use other states of this key
      this.setSlot(this.context.slotForWrite(), after);
    }
  }

  class AggregatingTable extends ObjectTable {
    constructor(context: HeapKeyContext, private readonly aggregate: StateAggregate<unknown, unknown, unknown>) {
      super(context);
    }
    get(): unknown {
      const accumulator = this.current();
      return accumulator === undefined ? undefined : this.aggregate.getResult(accumulator);
    }
    add(value: unknown): void {
      const before = this.current();
      const after = this.aggregate.add(value, before === undefined ? this.aggregate.createAccumulator() : before);
      this.setSlot(this.context.slotForWrite(), after);
    }
  }

  return { ValueTable, NumberValueTable, ListTable, MapTable, ReducingTable, AggregatingTable };
}
