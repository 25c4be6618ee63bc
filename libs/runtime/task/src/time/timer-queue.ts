/**
 * Timers of one domain: a set of (time, key). Timers of one instant lie in one bucket, so that a million keys that wait for the same window
 * end cost one heap entry. They fire in the order of time, then of registration.
 */
import { canonicalKeyString, type TypeDescription } from '@weir/types';
import { forEachRestoredEntry, type KeyedSnapshotSource, type RestoredKeyedState } from '@weir/state';
import { TimestampHeap } from './timestamp-heap.js';

function bucketKey(key: unknown): unknown {
  return typeof key === 'object' && key !== null ? `o${canonicalKeyString(key)}` : typeof key === 'string' ? `s${key}` : key;
}

export class TimerQueue {
  private readonly buckets = new Map<number, Map<unknown, unknown>>();
  private readonly times = new TimestampHeap();
  /** Timers registered. */
  size = 0;

  /** Registers; false when it was there already. */
  add(timestamp: number, key: unknown): boolean {
    let bucket = this.buckets.get(timestamp);
    if (bucket === undefined) {
      bucket = new Map();
      this.buckets.set(timestamp, bucket);
      this.times.push(timestamp);
    }
    const id = bucketKey(key);
    if (bucket.has(id)) return false;
    bucket.set(id, key);
    this.size++;
    return true;
  }

  /** Deletes; harmless when not there. The empty bucket goes when its time comes. */
  delete(timestamp: number, key: unknown): void {
    const bucket = this.buckets.get(timestamp);
    if (bucket !== undefined && bucket.delete(bucketKey(key))) this.size--;
  }

  /** Time of the earliest bucket, or Infinity. */
  nextTime(): number {
    return this.times.peek();
  }

  /** Fires all timers up to and including `time`; a timer that is registered meanwhile for a time that is due fires as well. */
  fire(time: number, onTimer: (timestamp: number, key: unknown) => void): void {
    while (this.times.size > 0 && this.times.peek() <= time) {
      const timestamp = this.times.peek();
      const bucket = this.buckets.get(timestamp) as Map<unknown, unknown>;
      for (const [id, key] of bucket) {
        bucket.delete(id);
        this.size--;
        onTimer(timestamp, key);
        if (this.times.peek() < timestamp) break; // the timer registered an earlier one: that is next
      }
      if (bucket.size === 0 && this.times.peek() === timestamp) {
        this.buckets.delete(timestamp);
        this.times.pop();
      }
    }
  }

  snapshotSource(name: string): KeyedSnapshotSource {
    let entries: { timestamp: number; key: unknown }[] = [];
    return {
      entryCount: () => {
        entries = [];
        for (const timestamp of [...this.buckets.keys()].sort((a, b) => a - b)) {
          for (const key of (this.buckets.get(timestamp) as Map<unknown, unknown>).values()) entries.push({ timestamp, key });
        }
        return entries.length;
      },
      meta: () => ({ name, kind: 'timers', types: [] as (TypeDescription | null)[] }),
      keyAt: (entry) => entries[entry].key,
      writeBody: (entry, out) => out.f64(entries[entry].timestamp),
    };
  }

  restore(states: readonly RestoredKeyedState[]): void {
    for (const state of states) forEachRestoredEntry(state, (key, body) => { this.add(body.f64(), key); });
  }
}
