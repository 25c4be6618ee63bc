/**
 * Keyed and operator state of the reference interpreter: plain Maps, by the text of the key. Nothing here is shared with the backends
 * that it is compared with.
 */
import type { RuntimeContext } from '@weir/functions';
import { InMemoryMeter, silentLogger } from '@weir/ports';
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from '@weir/state';
import { recordText } from './record-text.js';

export class ReferenceState {
  /** Content by key and name; operator state has the key of no record. */
  private readonly contents = new Map<string, unknown>();
  private currentKey: string | undefined;

  setCurrentKey(key: unknown): void {
    this.currentKey = recordText(key);
  }

  /** What a function sees in `open`. */
  context(jobName: string, operatorName: string): RuntimeContext {
    const keyed = (name: string): Slot => new Slot(this.contents, () => `${this.currentKey ?? ''}\u0000${name}`);
    const unkeyed = (name: string): Slot => new Slot(this.contents, () => `\u0000\u0000${name}`);
    return {
      jobName, operatorName, subtaskIndex: 0, parallelism: 1, maxParallelism: 128, attemptNumber: 0, logger: silentLogger,
      metricGroup: new InMemoryMeter().root(),
      getState: <T>({ name, defaultValue }: { name: string; defaultValue: T | undefined }) => valueState<T>(keyed(name), defaultValue),
      getListState: <T>({ name }: { name: string }) => listState<T>(keyed(name)),
      getMapState: <K, V>({ name }: { name: string }) => mapState<K, V>(keyed(name)),
      getReducingState: <T>({ name, reduce }: { name: string; reduce: (a: T, b: T) => T }) => reducingState<T>(keyed(name), reduce),
      getAggregatingState: <I, A, O>({ name, aggregate }: { name: string; aggregate: StateAggregate<I, A, O> }) =>
        aggregatingState<I, A, O>(keyed(name), aggregate),
      getOperatorListState: <T>({ name }: { name: string }) => listState<T>(unkeyed(name)),
      getUnionListState: <T>({ name }: { name: string }) => listState<T>(unkeyed(name)),
    };
  }
}

interface StateAggregate<I, A, O> {
  createAccumulator(): A;
  add(value: I, accumulator: A): A;
  getResult(accumulator: A): O;
}

/** One piece of state of the current key. */
class Slot {
  constructor(private readonly contents: Map<string, unknown>, private readonly name: () => string) {}
  get(): unknown {
    return this.contents.get(this.name());
  }
  set(value: unknown): void {
    this.contents.set(this.name(), value);
  }
  clear(): void {
    this.contents.delete(this.name());
  }
}

function valueState<T>(slot: Slot, defaultValue: T | undefined): ValueState<T> {
  return { value: () => (slot.get() as T | undefined) ?? defaultValue, update: (value) => slot.set(value), clear: () => slot.clear() };
}

function listState<T>(slot: Slot): ListState<T> {
  const get = (): readonly T[] => (slot.get() as readonly T[] | undefined) ?? [];
  return { get, add: (value) => slot.set([...get(), value]), update: (values) => slot.set([...values]), clear: () => slot.clear() };
}

function mapState<K, V>(slot: Slot): MapState<K, V> {
  const entries = (): Map<string, [K, V]> => (slot.get() as Map<string, [K, V]> | undefined) ?? new Map<string, [K, V]>();
  const change = (work: (map: Map<string, [K, V]>) => void): void => {
    const map = entries();
    work(map);
    slot.set(map);
  };
  return {
    get: (key) => entries().get(recordText(key))?.[1],
    has: (key) => entries().has(recordText(key)),
    put: (key, value) => change((map) => map.set(recordText(key), [key, value])),
    remove: (key) => change((map) => map.delete(recordText(key))),
    entries: () => [...entries().values()].map(([key, value]): [K, V] => [key, value])[Symbol.iterator](),
    keys: () => [...entries().values()].map(([key]) => key)[Symbol.iterator](),
    values: () => [...entries().values()].map(([, value]) => value)[Symbol.iterator](),
    isEmpty: () => entries().size === 0,
    clear: () => slot.clear(),
  };
}

function reducingState<T>(slot: Slot, reduce: (a: T, b: T) => T): ReducingState<T> {
  return {
    get: () => slot.get() as T | undefined,
    add: (value) => slot.set(slot.get() === undefined ? value : reduce(slot.get() as T, value)),
    clear: () => slot.clear(),
  };
}

function aggregatingState<I, A, O>(slot: Slot, aggregate: StateAggregate<I, A, O>): AggregatingState<I, O> {
  return {
    get: () => (slot.get() === undefined ? undefined : aggregate.getResult(slot.get() as A)),
    add: (value) => slot.set(aggregate.add(value, slot.get() === undefined ? aggregate.createAccumulator() : (slot.get() as A))),
    clear: () => slot.clear(),
  };
}
