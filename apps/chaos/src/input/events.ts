/**
 * The input of the all-in-one and shuffle workloads, as a pure function of (split, index). Jobs and oracles both read it, and nothing else: an
 * event is never stored.
 *
 *  E1  the keys of a split are its own, so that a key's events are in the order of `seq` wherever hash edges lead;
 *  E2  an event that is not `late` is never behind the watermark of its split (max time seen - JITTER_MS - 1);
 *  E3  a `late` event is LATE_BY_MS behind its place: whether a window still takes it depends on timing, and both are right.
 */
export interface EventShape {
  readonly splits: number;
  /** Of each split. */
  readonly keys: number;
  /** Of each split. */
  readonly events: number;
}

export interface Event {
  readonly key: string;
  /** Of the key, from 0, without holes. */
  readonly seq: number;
  /** Event time, milliseconds. */
  readonly at: number;
  readonly value: number;
  readonly kind: string;
  readonly late: boolean;
}

export const BASE_MS = Date.UTC(2026, 0, 1);
/** Between the events of a split. */
export const STEP_MS = 10;
export const JITTER_MS = 500;
export const LATE_BY_MS = 120_000;
const KINDS = ['red', 'green', 'blue'];

export function eventOf(shape: EventShape, split: number, index: number): Event {
  const draw = mix(split, index);
  const late = draw % 97 === 0 && index * STEP_MS > LATE_BY_MS;
  return {
    key: `k${split}-${index % shape.keys}`,
    seq: Math.floor(index / shape.keys),
    at: BASE_MS + index * STEP_MS + (draw % JITTER_MS) - (late ? LATE_BY_MS : 0),
    value: (draw >>> 9) % 1000,
    kind: KINDS[(draw >>> 5) % KINDS.length],
    late,
  };
}

/** A well-mixed whole number below 2^32. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
  h = Math.imul(h ^ (h >>> 13), 0x119de1f3);
  return (h ^ (h >>> 16)) >>> 0;
}
