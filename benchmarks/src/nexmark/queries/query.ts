/** What every query is: a function from the stream of events to its result, as a user writes it. */
import type { DataStream } from '@weir/datastream';
import type { NexmarkEvent } from '../model/events.js';

export interface NexmarkQuery<R> {
  /** `q0` … `q23`. */
  readonly name: string;
  readonly meaning: string;
  /** `append`: every result stands. `upsert`: a result replaces the earlier one of the same `keyOf`. */
  readonly results: 'append' | { readonly keyOf: (result: R) => string };
  build(events: DataStream<NexmarkEvent>): DataStream<R>;
}

/** Milliseconds. */
export const TEN_SECONDS = 10_000;

/** `yyyy-MM-dd` in UTC. Days repeat, so the last one is remembered. */
export function dayFormatter(): (ms: number) => string {
  let day = Number.NaN;
  let text = '';
  return (ms) => {
    const wanted = Math.floor(ms / 86_400_000);
    if (wanted !== day) {
      day = wanted;
      text = new Date(ms).toISOString().slice(0, 10);
    }
    return text;
  };
}

/** `HH:mm` in UTC. */
export function minuteFormatter(): (ms: number) => string {
  let minute = Number.NaN;
  let text = '';
  return (ms) => {
    const wanted = Math.floor(ms / 60_000);
    if (wanted !== minute) {
      minute = wanted;
      text = new Date(ms).toISOString().slice(11, 16);
    }
    return text;
  };
}
