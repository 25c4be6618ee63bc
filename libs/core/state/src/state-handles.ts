/** Keyed state as user code sees it: each call acts on the key of the record or timer at hand. Outside of those, calls fail an assertion. */

export interface ValueState<T> {
  /** The value, the descriptor's default, or undefined. */
  value(): T | undefined;
  update(value: T): void;
  clear(): void;
}
export interface ListState<T> {
  /** The elements in the order of their addition; empty when unset. Do not change the array. */
  get(): readonly T[];
  add(value: T): void;
  update(values: readonly T[]): void;
  clear(): void;
}
export interface MapState<K, V> {
  get(key: K): V | undefined;
  put(key: K, value: V): void;
  has(key: K): boolean;
  remove(key: K): void;
  entries(): IterableIterator<[K, V]>;
  keys(): IterableIterator<K>;
  values(): IterableIterator<V>;
  isEmpty(): boolean;
  clear(): void;
}
export interface ReducingState<T> {
  get(): T | undefined;
  add(value: T): void;
  clear(): void;
}
export interface AggregatingState<I, O> {
  get(): O | undefined;
  add(value: I): void;
  clear(): void;
}
