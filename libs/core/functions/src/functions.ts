/** The functions a user writes. Records are immutable by contract: do not change a value after it was emitted or received. */
import type { TimeWindow } from '@weir/time';
import type { OutputTag } from './output-tag.js';
import type { RuntimeContext } from './runtime-context.js';

/** Life cycle of function objects. One object per subtask. */
export interface RichFunction {
  /** Once per attempt, after state was restored and before the first record. */
  open?(context: RuntimeContext): void | Promise<void>;
  /** Once per attempt, at the end or on failure. */
  close?(): void | Promise<void>;
}

/** Takes results; hot path. */
export interface Collector<T> {
  collect(value: T): void;
}

export type MapFunction<I, O> = (value: I) => O;
export type FilterFunction<T> = (value: T) => boolean;
export type FlatMapFunction<I, O> = (value: I, out: Collector<O>) => void;
/** Pure: the same key for the same value, on every machine. */
export type KeySelector<T, K> = (value: T) => K;
export type ReduceFunction<T> = (accumulated: T, value: T) => T;

/** Incremental aggregation. `add` may change and return its accumulator. */
export interface AggregateFunction<I, A, O> {
  createAccumulator(): A;
  add(value: I, accumulator: A): A;
  getResult(accumulator: A): O;
  /**
   * Needed for session windows; lets other windows aggregate in parts before records are sent to another slot. As if the records of `b` had
   * been added to `a`. Must not change `b`.
   */
  merge?(a: A, b: A): A;
}

export interface TimerService {
  /** Milliseconds since 1970, wall clock. */
  currentProcessingTime(): number;
  /** MIN_WATERMARK before the first one. */
  currentWatermark(): number;
  /** Unique per key and time: a second registration changes nothing. Keyed functions only. */
  registerEventTimeTimer(timestamp: number): void;
  registerProcessingTimeTimer(timestamp: number): void;
  deleteEventTimeTimer(timestamp: number): void;
  deleteProcessingTimeTimer(timestamp: number): void;
}

export interface ProcessContext {
  /** Event time of the record; NO_TIMESTAMP without. */
  timestamp(): number;
  timerService(): TimerService;
  output<X>(tag: OutputTag<X>, value: X): void;
}
export interface KeyedProcessContext<K> extends ProcessContext {
  getCurrentKey(): K;
}
export interface OnTimerContext<K> extends KeyedProcessContext<K> {
  timeDomain(): 'event-time' | 'processing-time';
}

/** Full access to a stream: records, time, side outputs. Extend it. */
export abstract class ProcessFunction<I, O> implements RichFunction {
  open?(context: RuntimeContext): void | Promise<void>;
  abstract processElement(value: I, context: ProcessContext, out: Collector<O>): void;
  /** Once, after the last record of a bounded input and before the final checkpoint. */
  finish?(out: Collector<O>): void;
  close?(): void | Promise<void>;
}

/** A process function behind `keyBy`, with keyed state and timers. */
export abstract class KeyedProcessFunction<K, I, O> implements RichFunction {
  open?(context: RuntimeContext): void | Promise<void>;
  abstract processElement(value: I, context: KeyedProcessContext<K>, out: Collector<O>): void;
  onTimer?(timestamp: number, context: OnTimerContext<K>, out: Collector<O>): void;
  finish?(out: Collector<O>): void;
  close?(): void | Promise<void>;
}

/** Two inputs, no keys. */
export abstract class CoProcessFunction<A, B, O> implements RichFunction {
  open?(context: RuntimeContext): void | Promise<void>;
  abstract processElement1(value: A, context: ProcessContext, out: Collector<O>): void;
  abstract processElement2(value: B, context: ProcessContext, out: Collector<O>): void;
  finish?(out: Collector<O>): void;
  close?(): void | Promise<void>;
}

/** Two keyed inputs that share state and timers. */
export abstract class KeyedCoProcessFunction<K, A, B, O> implements RichFunction {
  open?(context: RuntimeContext): void | Promise<void>;
  abstract processElement1(value: A, context: KeyedProcessContext<K>, out: Collector<O>): void;
  abstract processElement2(value: B, context: KeyedProcessContext<K>, out: Collector<O>): void;
  onTimer?(timestamp: number, context: OnTimerContext<K>, out: Collector<O>): void;
  finish?(out: Collector<O>): void;
  close?(): void | Promise<void>;
}

export interface WindowContext {
  readonly window: TimeWindow;
  currentWatermark(): number;
  currentProcessingTime(): number;
  output<X>(tag: OutputTag<X>, value: X): void;
}

/** Evaluates a window: `elements` are all of them, or the one aggregate when used together with an aggregate function. */
export abstract class ProcessWindowFunction<I, O, K> implements RichFunction {
  open?(context: RuntimeContext): void | Promise<void>;
  abstract process(key: K, context: WindowContext, elements: readonly I[], out: Collector<O>): void;
  close?(): void | Promise<void>;
}
