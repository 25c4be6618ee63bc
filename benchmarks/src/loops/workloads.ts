/**
 * The three loops: what a good engineer would write by hand on one thread, and the same as a job. Both use the same generator and the same
 * closures; the results must be equal.
 */
import {
  DataGeneratorSource, defineJob, Duration, type Collector, type JobDefinition, type KeyedProcessContext, KeyedProcessFunction, type RuntimeContext, stateDescriptor,
  TumblingEventTimeWindows, types, type ValueState, WatermarkStrategy,
} from '@weir/datastream';
import { SumSink } from '../sum-sink.js';

/** Changes how records are made, on the engine's side only. For the guard, which must be seen to notice a slower engine. */
export type Slowing = <T>(make: (i: number) => T) => (i: number) => T;
export const notSlowed: Slowing = (make) => make;

export interface Workload {
  readonly name: string;
  readonly note: string;
  /** Records per second of the engine to expect, to choose how many make a run of a given length. */
  readonly expectedRecordsPerS: number;
  /** Returns a checksum of the output. */
  loop(records: number): number;
  job(records: number, total: { sum: number }, slowing?: Slowing): JobDefinition<unknown>;
}

const START = 1_700_000_000_000;
/** Event time: a record each 10 microseconds, so that 10^6 fall into a window of 10 s. */
const RECORDS_PER_MS = 100;
export const WINDOW_MS = 10_000;

// ---- stateless chain ------------------------------------------------------------------------------------------------------------------

export interface Small { readonly id: number; readonly value: number }
export const makeSmall = (i: number): Small => ({ id: i, value: i & 1023 });
const double = (e: Small): Small => ({ id: e.id, value: e.value * 2 });
const isWanted = (e: Small): boolean => (e.value & 2) === 0;
const toNumber = (e: Small): number => e.value + 1;

export const statelessChain: Workload = {
  name: 'stateless-chain',
  note: 'map, filter, map, sum over small objects',
  expectedRecordsPerS: 100_000_000,
  loop(records) {
    let sum = 0;
    for (let i = 0; i < records; i++) {
      const doubled = double(makeSmall(i));
      if (isWanted(doubled)) sum += toNumber(doubled);
    }
    return sum;
  },
  job: (records, total, slowing = notSlowed) => defineJob('stateless chain', (env) => {
    env.fromSource(new DataGeneratorSource(slowing(makeSmall), records), WatermarkStrategy.forMonotonousTimestamps<Small>(), 'generator').uid('generator')
      .map(double).filter(isWanted).map(toNumber).sinkTo(new SumSink(total)).uid('sum');
  }) as JobDefinition<unknown>,
};

// ---- keyed running count --------------------------------------------------------------------------------------------------------------

export interface Keyed { readonly key: number; readonly value: number }
/** Keys come as if drawn by lot. */
export const makeKeyedOf = (keys: number) => (i: number): Keyed => ({ key: (Math.imul(i, 0x9e3779b1) >>> 4) % keys, value: i & 255 });
const keyOf = (e: Keyed): number => e.key;

export class RunningCount extends KeyedProcessFunction<number, Keyed, number> {
  private count!: ValueState<number>;
  override open(context: RuntimeContext): void {
    this.count = context.getState(stateDescriptor.value('count', types.long, 0));
  }
  processElement(_value: Keyed, _context: KeyedProcessContext<number>, out: Collector<number>): void {
    const count = (this.count.value() as number) + 1;
    this.count.update(count);
    out.collect(count);
  }
}

/** A running count over so many keys. */
export function keyedCountOf(keys: number): Workload {
  const makeKeyed = makeKeyedOf(keys);
  return {
    name: 'keyed-count',
    note: `running count over ${keys} integer keys, ValueState behind keyBy; loop: one Map of mutable objects`,
    expectedRecordsPerS: 20_000_000,
    loop(records) {
      const counts = new Map<number, { count: number }>();
      let sum = 0;
      for (let i = 0; i < records; i++) {
        const key = keyOf(makeKeyed(i));
        let entry = counts.get(key);
        if (entry === undefined) {
          entry = { count: 0 };
          counts.set(key, entry);
        }
        entry.count++;
        sum += entry.count;
      }
      return sum;
    },
    job: (records, total, slowing = notSlowed) => defineJob('keyed count', (env) => {
      env.fromSource(new DataGeneratorSource(slowing(makeKeyed), records), WatermarkStrategy.forMonotonousTimestamps<Keyed>(), 'generator').uid('generator')
        .keyBy(keyOf).process(new RunningCount()).uid('count').sinkTo(new SumSink(total)).uid('sum');
    }) as JobDefinition<unknown>,
  };
}

/** The same with a channel before the count, as at any parallelism above 1. */
export function keyedCountShuffledOf(keys: number): Workload {
  const makeKeyed = makeKeyedOf(keys);
  return {
    ...keyedCountOf(keys),
    name: 'keyed-count-shuffled',
    note: 'keyed-count with the records going through a channel to the count (startNewChain), in the same thread',
    expectedRecordsPerS: 8_000_000,
    job: (records, total, slowing = notSlowed) => defineJob('keyed count, shuffled', (env) => {
      env.fromSource(new DataGeneratorSource(slowing(makeKeyed), records), WatermarkStrategy.forMonotonousTimestamps<Keyed>(), 'generator').uid('generator')
        .keyBy(keyOf).process(new RunningCount()).startNewChain().uid('count').sinkTo(new SumSink(total)).uid('sum');
    }) as JobDefinition<unknown>,
  };
}

const KEYS = 100_000;
export const keyedCount = keyedCountOf(KEYS);
export const keyedCountShuffled = keyedCountShuffledOf(KEYS);

// ---- keyed tumbling window ------------------------------------------------------------------------------------------------------------

export interface Event { readonly key: number; readonly time: number; readonly value: number }
const WINDOW_KEYS = 10_000;
export const makeEvent = (i: number): Event => ({ key: (Math.imul(i, 0x9e3779b1) >>> 4) % WINDOW_KEYS, time: START + Math.floor(i / RECORDS_PER_MS), value: i & 255 });
export const eventKey = (e: Event): number => e.key;
export const eventTime = (e: Event): number => e.time;

export interface SumCount { sum: number; count: number }
export const sumAndCount = {
  createAccumulator: (): SumCount => ({ sum: 0, count: 0 }),
  add: (e: Event, a: SumCount): SumCount => {
    a.sum += e.value;
    a.count++;
    return a;
  },
  merge: (a: SumCount, b: SumCount): SumCount => {
    a.sum += b.sum;
    a.count += b.count;
    return a;
  },
  getResult: (a: SumCount): number => a.sum + a.count,
};

export const keyedTumblingWindow: Workload = {
  name: 'keyed-tumbling-window',
  note: '10^4 keys, 10^6 events a window of 10 s, sum and count; loop: one Map of mutable objects per window',
  expectedRecordsPerS: 20_000_000,
  loop(records) {
    let sum = 0;
    const windows = new Map<number, Map<number, SumCount>>();
    const close = (start: number): void => {
      for (const accumulator of (windows.get(start) as Map<number, SumCount>).values()) sum += sumAndCount.getResult(accumulator);
      windows.delete(start);
    };
    let current = -1;
    let window = new Map<number, SumCount>();
    for (let i = 0; i < records; i++) {
      const event = makeEvent(i);
      const start = Math.floor(eventTime(event) / WINDOW_MS) * WINDOW_MS;
      if (start !== current) {
        if (current >= 0) close(current);
        current = start;
        window = new Map();
        windows.set(start, window);
      }
      const key = eventKey(event);
      let accumulator = window.get(key);
      if (accumulator === undefined) {
        accumulator = sumAndCount.createAccumulator();
        window.set(key, accumulator);
      }
      sumAndCount.add(event, accumulator);
    }
    for (const start of [...windows.keys()]) close(start);
    return sum;
  },
  job: (records, total, slowing = notSlowed) => defineJob('keyed tumbling window', (env) => {
    env.fromSource(new DataGeneratorSource(slowing(makeEvent), records), WatermarkStrategy.forMonotonousTimestamps<Event>().withTimestampAssigner(eventTime), 'generator').uid('generator')
      .keyBy(eventKey).window(TumblingEventTimeWindows.of(Duration.milliseconds(WINDOW_MS))).aggregate(sumAndCount).uid('window')
      .sinkTo(new SumSink(total)).uid('sum');
  }) as JobDefinition<unknown>,
};
