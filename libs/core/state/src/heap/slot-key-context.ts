/**
 * Hot path (benchmark: loops/keyed-count). Whose state is at hand, as a slot; and which slots were touched since the last snapshot (ADR 0007).
 * A closed factory (see `specialize`).
 *
 *  M1  `marks[slot]` is the interval in which the slot was touched last; intervals are cut by snapshots. Zero: longer ago than any base.
 *  M2  A slot is touched before it changes, before its key is released, and before an object of it is handed out, which may be changed in place.
 */
import type { KeyContext } from '../keyed-state-backend.js';
import type { KeyIndex, KeyIndexConstructor } from './key-index.js';
import type { StateTable } from './heap-tables.js';

/** Told of slots of a snapshot that is being captured. */
export interface SlotWatcher {
  /** The slot still is as it was when the interval began. */
  beforeTouch(slot: number): void;
}

export interface HeapKeyContext extends KeyContext {
  readonly index: KeyIndex;
  readonly tables: readonly StateTable[];
  /** Slot of the current key, or -1 while it has no state. */
  currentSlot: number;
  /** M1. Replaced when it grows. */
  marks: Uint8Array;
  interval: number;
  /** Slots touched in this interval. */
  touched: number;
  watcher: SlotWatcher | undefined;
  /** Slot of the current key, made if needed. */
  slotForWrite(): number;
  addTable(table: StateTable): void;
  /** M2, where `marks[slot] !== interval`. */
  touch(slot: number): void;
  /** A state of this slot was set that was not. */
  retain(slot: number): void;
  /** A state of this slot was cleared; the last one releases the slot (H1). */
  release(slot: number): void;
}

export function slotKeyContextFactory({ KeyIndex }: { readonly KeyIndex: KeyIndexConstructor }): new () => HeapKeyContext {
  return class SlotKeyContext implements HeapKeyContext {
    readonly index = new KeyIndex();
    readonly tables: StateTable[] = [];
    currentKey: unknown = undefined;
    currentSlot = -1;
    marks = new Uint8Array(16);
    interval = 1;
    touched = 0;
    watcher: SlotWatcher | undefined = undefined;
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
      const { capacity } = this.index;
      if (capacity > this.references.length) {
        const references = new Uint16Array(capacity);
        references.set(this.references);
        this.references = references;
        const marks = new Uint8Array(capacity);
        marks.set(this.marks);
        this.marks = marks;
        for (const table of this.tables) table.grow(capacity);
      }
      this.currentSlot = slot;
      return slot;
    }
    addTable(table: StateTable): void {
      table.grow(this.index.capacity);
      this.tables.push(table);
    }
    touch(slot: number): void {
      if (this.watcher !== undefined) this.watcher.beforeTouch(slot);
      this.marks[slot] = this.interval;
      this.touched++;
    }
    retain(slot: number): void {
      this.references[slot]++;
    }
    release(slot: number): void {
      if (--this.references[slot] > 0) return;
      this.index.remove(this.currentKey, slot);
      this.currentSlot = -1;
    }
  };
}
