/** What the micro jobs read, the same on Flink's side (`Records.java`). */
import { DataGeneratorSource, type DataStreamSource, type StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { type Event, eventTime, makeEvent } from '../loops/workloads.js';

export const KEYS = 1000;

/** 10^5 a second of event time over 1000 keys. */
export function makeEventOfFewKeys(i: number): Event {
  const event = makeEvent(i);
  return { key: event.key % KEYS, time: event.time, value: event.value };
}

/** Keys are seen for a second each, so that their sessions end. */
export function makeVisit(i: number): Event {
  const event = makeEventOfFewKeys(i);
  return { key: event.key + KEYS * (Math.floor(event.time / 1000) % 100), time: event.time, value: event.value };
}

export const untimed = <T>(env: StreamExecutionEnvironment, records: number, make: (i: number) => T): DataStreamSource<T> =>
  env.fromSource(new DataGeneratorSource(make, records), WatermarkStrategy.noWatermarks<T>(), 'generator');

export const events = (env: StreamExecutionEnvironment, records: number, make: (i: number) => Event): DataStreamSource<Event> =>
  env.fromSource(new DataGeneratorSource(make, records), WatermarkStrategy.forMonotonousTimestamps<Event>().withTimestampAssigner(eventTime), 'generator');
