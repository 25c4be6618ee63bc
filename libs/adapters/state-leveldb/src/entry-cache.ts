/**
 * Decoded entries of all states of one operator, within a budget of bytes, and which of them have not been written yet.
 *
 *  E1  An entry that was changed stays until it was written: what the store has is never newer than the cache, and never needed while older.
 *  E2  Entries that were not used since the clock's hand came by last go first.
 *  E3  The order of writes is the order in which entries became dirty; an entry that changes again before it is written is written once.
 */
import type { HandOver } from './hand-over.js';
import type { LevelState } from './level-state.js';

export interface CacheEntry {
  readonly state: LevelState;
  readonly key: unknown;
  /** Undefined: the key has no such state. */
  value: unknown;
  dirty: boolean;
  /** A snapshot has yet to encode it. */
  handOver: HandOver | undefined;
  handOverAt: number;
  /** Writes under way. */
  writing: number;
  referenced: boolean;
  /** No look-up finds it any more. */
  evicted: boolean;
  sizeBytes: number;
}

/** Map slot, entry object and key, about. */
const OVERHEAD_BYTES = 200;
/** A dirty entry in the way costs a look; so many looks are made for one eviction. */
const LOOKS_MAX = 64;

export class EntryCache {
  private readonly entries: CacheEntry[] = [];
  private hand = 0;
  private dirty: CacheEntry[] = [];
  private dirtyHead = 0;
  /** Of decoded values, estimated from their bytes. */
  bytes = 0;
  dirtyBytes = 0;

  constructor(private readonly budgetBytes: number) {}

  get size(): number {
    return this.entries.length;
  }
  get dirtyCount(): number {
    return this.dirty.length - this.dirtyHead;
  }

  newEntry(state: LevelState, key: unknown, value: unknown, valueBytes: number): CacheEntry {
    return { state, key, value, dirty: false, handOver: undefined, handOverAt: 0, writing: 0, referenced: true, evicted: false, sizeBytes: valueBytes + OVERHEAD_BYTES };
  }
  /** Others may have to go; this one stays. */
  add(entry: CacheEntry): void {
    this.entries.push(entry);
    this.bytes += entry.sizeBytes;
    if (this.bytes > this.budgetBytes) this.evict(entry);
  }

  /** E3. `grownBytes`: how much larger it has become, about. */
  changed(entry: CacheEntry, grownBytes: number): void {
    entry.sizeBytes += grownBytes;
    this.bytes += grownBytes;
    if (entry.dirty) {
      this.dirtyBytes += grownBytes;
      return;
    }
    entry.dirty = true;
    this.dirty.push(entry);
    this.dirtyBytes += entry.sizeBytes;
  }

  /** Up to `count` entries to be written next; each must be `written` afterwards. */
  takeDirty(count: number): CacheEntry[] {
    const taken = this.dirty.slice(this.dirtyHead, this.dirtyHead + count);
    this.dirtyHead += taken.length;
    if (this.dirtyHead === this.dirty.length) {
      this.dirty = [];
      this.dirtyHead = 0;
    }
    for (const entry of taken) {
      entry.dirty = false;
      entry.writing++;
      this.dirtyBytes -= entry.sizeBytes;
    }
    return taken;
  }
  /** What its bytes turned out to be. */
  measured(entry: CacheEntry, valueBytes: number): void {
    const sizeBytes = valueBytes + OVERHEAD_BYTES;
    this.bytes += sizeBytes - entry.sizeBytes;
    entry.sizeBytes = sizeBytes;
  }
  written(entries: readonly CacheEntry[]): void {
    for (const entry of entries) entry.writing--;
    if (this.bytes > this.budgetBytes) this.evict();
  }

  /** E1, E2. */
  private evict(kept?: CacheEntry): void {
    let looks = LOOKS_MAX;
    while (this.bytes > this.budgetBytes && looks > 0 && this.entries.length > 1) {
      if (this.hand >= this.entries.length) this.hand = 0;
      const entry = this.entries[this.hand];
      if (entry.referenced || entry.dirty || entry.writing > 0 || entry === kept) {
        entry.referenced = false;
        this.hand++;
        looks--;
        continue;
      }
      const last = this.entries.pop() as CacheEntry;
      if (last !== entry) this.entries[this.hand] = last;
      this.bytes -= entry.sizeBytes;
      entry.evicted = true;
      entry.state.forget(entry);
    }
  }
}
