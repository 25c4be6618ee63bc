/**
 * One declared state in the store: finds the entry of the key at hand, in the cache or in the store, and knows the bytes of its values. The
 * handles that functions see are thin shells around it.
 */
import { ByteReader, ByteWriter } from '@weir/base';
import { type AggregatingState, keyGroupOf, type ListState, type MapState, type ReducingState, type StateAggregate, type StateBody, type ValueState } from '@weir/state';
import { canonicalKeyString, decodeKey, encodeKey } from '@weir/types';
import type { CacheEntry, EntryCache } from './entry-cache.js';
import type { LevelOperation, LevelStore } from './level-store.js';
import { openValue, PREFIX_BYTES, type StateEntry, versionOf, writePrefix } from './state-registry.js';

/** Whose state is at hand; `turn` tells two keys in a row apart. */
export class LevelKeyContext {
  currentKey: unknown = undefined;
  turn = 0;
  setCurrentKey(key: unknown): void {
    this.currentKey = key;
    this.turn++;
  }
}

/** A list element, a map entry, an unknown value: until its bytes are known. */
const GUESS_BYTES = 48;
const scratch = new ByteWriter(256);

export class LevelState {
  private readonly primitives = new Map<unknown, CacheEntry>();
  private readonly composites = new Map<string, CacheEntry>();
  private readonly readers: ((body: ByteReader) => unknown)[] = [];
  private version = -1;
  private turn = -1;
  private current: CacheEntry | undefined;

  constructor(private readonly context: LevelKeyContext, private readonly cache: EntryCache, private readonly store: LevelStore, readonly entry: StateEntry, readonly body: StateBody,
    private readonly maxParallelism: number) {
    for (const types of entry.versions) this.readers.push(body.reader(types)); // what contradicts the declared type is refused now
  }

  /** Hot path: the entry of the key at hand. */
  at(): CacheEntry {
    if (this.turn === this.context.turn && this.current !== undefined) return this.current;
    const key = this.context.currentKey;
    const entry = (typeof key === 'object' && key !== null ? this.composites.get(canonicalKeyString(key)) : this.primitives.get(key)) ?? this.load(key);
    entry.referenced = true;
    if (entry.handOver !== undefined) entry.handOver.release(entry);
    this.turn = this.context.turn;
    this.current = entry;
    return entry;
  }

  private load(key: unknown): CacheEntry {
    scratch.reset();
    this.writeKey(key, scratch);
    const bytes = this.store.get(scratch.view8());
    const entry = this.cache.newEntry(this, key, bytes === undefined ? undefined : this.decode(bytes), bytes?.length ?? 0);
    if (typeof key === 'object' && key !== null) this.composites.set(canonicalKeyString(key), entry);
    else this.primitives.set(key, entry);
    this.cache.add(entry);
    return entry;
  }

  /** By the cache: it was written, if it had to be. */
  forget({ key }: CacheEntry): void {
    this.turn = -1;
    if (typeof key === 'object' && key !== null) this.composites.delete(canonicalKeyString(key));
    else this.primitives.delete(key);
  }

  set(found: CacheEntry, value: unknown): void {
    const entry = found.evicted ? this.at() : found; // a user's reduce or aggregate may have used other states meanwhile
    const first = entry.value === undefined;
    entry.value = value;
    this.cache.changed(entry, first ? GUESS_BYTES : 0);
  }
  /** The value was changed in place; `grownBy` parts were added. */
  touched(entry: CacheEntry, grownBy: number): void {
    this.cache.changed(entry, grownBy * GUESS_BYTES);
  }

  /** What makes the store hold this entry. */
  operationFor(entry: CacheEntry): LevelOperation {
    scratch.reset();
    this.writeKey(entry.key, scratch);
    const key = scratch.toBytes();
    if (entry.value === undefined) {
      this.cache.measured(entry, 0);
      return { type: 'del', key };
    }
    scratch.reset();
    scratch.varint(this.versionNow());
    this.body.write(entry.value, scratch);
    const value = scratch.toBytes();
    this.cache.measured(entry, value.length);
    return { type: 'put', key, value };
  }
  /** Infers undeclared types from values that are about to be written. */
  prepare(entries: readonly CacheEntry[]): void {
    if (this.version >= 0) return;
    this.body.prepare(() => entries.filter(({ state, value }) => state === this && value !== undefined).map(({ value }) => value));
  }
  private versionNow(): number {
    if (this.version < 0) {
      this.version = versionOf(this.entry, this.body.types());
      this.readers[this.version] ??= this.body.reader(this.entry.versions[this.version]);
    }
    return this.version;
  }
  /** Version in which entries are written now; the last one of the store before anything was written. */
  get currentVersion(): number {
    return this.version >= 0 ? this.version : this.entry.versions.length - 1;
  }

  /** The key of a stored entry. */
  keyOf(storedKey: Uint8Array): unknown {
    return decodeKey(new ByteReader(storedKey, PREFIX_BYTES));
  }
  decode(bytes: Uint8Array): unknown {
    const { version, body } = openValue(bytes);
    return this.readers[version](body);
  }
  private writeKey(key: unknown, out: ByteWriter): void {
    writePrefix(out, keyGroupOf(key, this.maxParallelism), this.entry.id);
    encodeKey(key, out);
  }
}

export class LevelValueState<T> implements ValueState<T> {
  constructor(private readonly state: LevelState, private readonly defaultValue: T | undefined) {}
  value(): T | undefined {
    const { value } = this.state.at();
    return value === undefined ? this.defaultValue : (value as T);
  }
  update(value: T): void {
    this.state.set(this.state.at(), value);
  }
  clear(): void {
    clearAt(this.state);
  }
}

const NOTHING: readonly never[] = Object.freeze([]);

export class LevelListState<T> implements ListState<T> {
  constructor(private readonly state: LevelState) {}
  get(): readonly T[] {
    return (this.state.at().value as T[] | undefined) ?? NOTHING;
  }
  add(value: T): void {
    const entry = this.state.at();
    if (entry.value === undefined) {
      this.state.set(entry, [value]);
    } else {
      (entry.value as T[]).push(value);
      this.state.touched(entry, 1);
    }
  }
  update(values: readonly T[]): void {
    if (values.length === 0) this.clear();
    else this.state.set(this.state.at(), values.slice());
  }
  clear(): void {
    clearAt(this.state);
  }
}

export class LevelMapState<K, V> implements MapState<K, V> {
  constructor(private readonly state: LevelState) {}
  private map(): Map<K, V> | undefined {
    return this.state.at().value as Map<K, V> | undefined;
  }
  get(key: K): V | undefined {
    return this.map()?.get(key);
  }
  put(key: K, value: V): void {
    const entry = this.state.at();
    if (entry.value === undefined) {
      this.state.set(entry, new Map([[key, value]]));
    } else {
      const map = entry.value as Map<K, V>;
      const before = map.size;
      map.set(key, value);
      this.state.touched(entry, map.size - before);
    }
  }
  has(key: K): boolean {
    return this.map()?.has(key) ?? false;
  }
  remove(key: K): void {
    const entry = this.state.at();
    const map = entry.value as Map<K, V> | undefined;
    if (map === undefined || !map.delete(key)) return;
    if (map.size === 0) this.state.set(entry, undefined);
    else this.state.touched(entry, -1);
  }
  entries(): IterableIterator<[K, V]> {
    return (this.map() ?? new Map<K, V>()).entries();
  }
  keys(): IterableIterator<K> {
    return (this.map() ?? new Map<K, V>()).keys();
  }
  values(): IterableIterator<V> {
    return (this.map() ?? new Map<K, V>()).values();
  }
  isEmpty(): boolean {
    return this.map() === undefined;
  }
  clear(): void {
    clearAt(this.state);
  }
}

export class LevelReducingState<T> implements ReducingState<T> {
  constructor(private readonly state: LevelState, private readonly reduce: (a: T, b: T) => T) {}
  get(): T | undefined {
    return this.state.at().value as T | undefined;
  }
  add(value: T): void {
    const entry = this.state.at();
    this.state.set(entry, entry.value === undefined ? value : (0, this.reduce)(entry.value as T, value));
  }
  clear(): void {
    clearAt(this.state);
  }
}

export class LevelAggregatingState<I, A, O> implements AggregatingState<I, O> {
  constructor(private readonly state: LevelState, private readonly aggregate: StateAggregate<I, A, O>) {}
  get(): O | undefined {
    const { value } = this.state.at();
    return value === undefined ? undefined : this.aggregate.getResult(value as A);
  }
  add(value: I): void {
    const entry = this.state.at();
    this.state.set(entry, this.aggregate.add(value, entry.value === undefined ? this.aggregate.createAccumulator() : (entry.value as A)));
  }
  clear(): void {
    clearAt(this.state);
  }
}

function clearAt(state: LevelState): void {
  const entry = state.at();
  if (entry.value !== undefined) state.set(entry, undefined);
}
