/**
 * States with a time to live, around states of stamped values; the same on every backend.
 *
 *  T1  What has expired is removed when it is read or swept, whichever comes first.
 *  T2  A write stamps; a read does if the configuration says so, and then the state is written again.
 */
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from '../state-handles.js';
import type { Stamped, Stamps } from './stamps.js';

/** What a sweep asks of a state. */
export interface Expiring {
  /** Whether something of it has expired. A quick look: of much it sees the oldest. */
  isStale(raw: unknown): boolean;
  /** Of the key at hand: removes what has expired. */
  expire(): void;
}

interface Whole<T> {
  get(): Stamped<T> | undefined;
  put(stamped: Stamped<T>): void;
  clear(): void;
}

/** One stamp for all that a key has. */
class WholeExpiring<T> implements Expiring {
  constructor(protected readonly stamps: Stamps, protected readonly inner: Whole<T>, protected readonly accessed: () => void) {}
  isStale(raw: unknown): boolean {
    return this.stamps.expired(raw as Stamped<T>);
  }
  expire(): void {
    const found = this.inner.get();
    if (found !== undefined && this.stamps.expired(found)) this.inner.clear();
  }
  /** What a read sees. */
  protected read(): T | undefined {
    this.accessed();
    const { stamps, inner } = this;
    const found = inner.get();
    if (found === undefined) return undefined;
    if (stamps.expired(found)) {
      inner.clear();
      return stamps.showsExpired ? found.value : undefined;
    }
    if (stamps.refreshesOnRead) inner.put(stamps.of(found.value));
    return found.value;
  }
  /** What a write builds on: never what has expired. */
  protected alive(): T | undefined {
    this.accessed();
    const found = this.inner.get();
    return found === undefined || this.stamps.expired(found) ? undefined : found.value;
  }
  protected write(value: T): void {
    this.inner.put(this.stamps.of(value));
  }
  clear(): void {
    this.inner.clear();
  }
}

export class TtlValueState<T> extends WholeExpiring<T> implements ValueState<T> {
  constructor(stamps: Stamps, inner: Whole<T>, accessed: () => void, private readonly defaultValue: T | undefined) {
    super(stamps, inner, accessed);
  }
  value(): T | undefined {
    return this.read() ?? this.defaultValue;
  }
  update(value: T): void {
    this.accessed();
    if (value === undefined) this.clear();
    else this.write(value);
  }
}

export class TtlReducingState<T> extends WholeExpiring<T> implements ReducingState<T> {
  constructor(stamps: Stamps, inner: Whole<T>, accessed: () => void, private readonly reduce: (a: T, b: T) => T) {
    super(stamps, inner, accessed);
  }
  get(): T | undefined {
    return this.read();
  }
  add(value: T): void {
    const before = this.alive();
    this.write(before === undefined ? value : (0, this.reduce)(before, value));
  }
}

export class TtlAggregatingState<I, A, O> extends WholeExpiring<A> implements AggregatingState<I, O> {
  constructor(stamps: Stamps, inner: Whole<A>, accessed: () => void, private readonly aggregate: { createAccumulator(): A; add(value: I, accumulator: A): A; getResult(accumulator: A): O }) {
    super(stamps, inner, accessed);
  }
  get(): O | undefined {
    const accumulator = this.read();
    return accumulator === undefined ? undefined : this.aggregate.getResult(accumulator);
  }
  add(value: I): void {
    this.write(this.aggregate.add(value, this.alive() ?? this.aggregate.createAccumulator()));
  }
}

/** A stamp for each element. */
export class TtlListState<T> implements ListState<T>, Expiring {
  constructor(private readonly stamps: Stamps, private readonly inner: ListState<Stamped<T>>, private readonly accessed: () => void) {}
  isStale(raw: unknown): boolean {
    return this.stamps.expired((raw as readonly Stamped<T>[])[0]);
  }
  expire(): void {
    const all = this.inner.get();
    const alive = all.filter((element) => !this.stamps.expired(element));
    if (alive.length < all.length) this.inner.update(alive);
  }
  get(): readonly T[] {
    this.accessed();
    const { stamps, inner } = this;
    const all = inner.get().slice();
    const alive = all.filter((element) => !stamps.expired(element));
    if (stamps.refreshesOnRead) inner.update(alive.map(({ value }) => stamps.of(value)));
    else if (alive.length < all.length) inner.update(alive);
    return (stamps.showsExpired ? all : alive).map(({ value }) => value);
  }
  add(value: T): void {
    this.accessed();
    this.inner.add(this.stamps.of(value));
  }
  update(values: readonly T[]): void {
    this.accessed();
    this.inner.update(values.map((value) => this.stamps.of(value)));
  }
  clear(): void {
    this.inner.clear();
  }
}

/** Entries of a map that a sweep looks at. */
const LOOKS = 16;

/** A stamp for each entry. */
export class TtlMapState<K, V> implements MapState<K, V>, Expiring {
  constructor(private readonly stamps: Stamps, private readonly inner: MapState<K, Stamped<V>>, private readonly accessed: () => void) {}
  isStale(raw: unknown): boolean {
    let looks = 0;
    for (const stamped of (raw as ReadonlyMap<K, Stamped<V>>).values()) {
      if (this.stamps.expired(stamped)) return true;
      if (++looks === LOOKS) break;
    }
    return false;
  }
  expire(): void {
    for (const [key, stamped] of [...this.inner.entries()]) if (this.stamps.expired(stamped)) this.inner.remove(key);
  }
  get(key: K): V | undefined {
    this.accessed();
    const found = this.inner.get(key);
    return found === undefined ? undefined : this.seen(key, found)?.value;
  }
  /** Undefined: not to be seen. */
  private seen(key: K, found: Stamped<V>): Stamped<V> | undefined {
    const { stamps, inner } = this;
    if (stamps.expired(found)) {
      inner.remove(key);
      return stamps.showsExpired ? found : undefined;
    }
    if (stamps.refreshesOnRead) inner.put(key, stamps.of(found.value));
    return found;
  }
  put(key: K, value: V): void {
    this.accessed();
    this.inner.put(key, this.stamps.of(value));
  }
  has(key: K): boolean {
    this.accessed();
    const found = this.inner.get(key);
    return found !== undefined && this.seen(key, found) !== undefined;
  }
  remove(key: K): void {
    this.inner.remove(key);
  }
  *entries(): IterableIterator<[K, V]> {
    this.accessed();
    for (const [key, found] of [...this.inner.entries()]) {
      const seen = this.seen(key, found);
      if (seen !== undefined) yield [key, seen.value];
    }
  }
  *keys(): IterableIterator<K> {
    for (const [key] of this.entries()) yield key;
  }
  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }
  isEmpty(): boolean {
    for (const stamped of this.inner.values()) if (!this.stamps.expired(stamped) || this.stamps.showsExpired) return false;
    return true;
  }
  clear(): void {
    this.inner.clear();
  }
}
