/** What the all-in-one job computes, in numbers that its oracle needs too. */
import type { EventShape } from './events.js';

export const WINDOW_MS = 5000;
/** Event-time timers of a key are set to the ends of these. */
export const TIMER_MS = 7000;
/** A ghost timer lies here, behind every event: it fires at the end of the input unless it was deleted. */
export const GHOST_MS = Date.UTC(2030, 0, 1);
/** An event with such a `seq` sets the ghost of its key, the next one deletes it. */
export const GHOST_EVERY = 10;
/** `value` of an event that goes to the side output. */
export const isOdd = (value: number): boolean => value % 5 === 0;
/** Last values that the list state keeps. */
export const RECENT = 3;

export interface AllInOneInput extends EventShape {
  /** Of each key every so manyth event is written to the history. */
  readonly every: number;
  /** Splits of the second stream, that of controls; their keys are those of the first splits. */
  readonly controlSplits: number;
  readonly controls: number;
}

/** The control `index` of a split: for a key of the same split. */
export function controlOf(input: AllInOneInput, split: number, index: number): { readonly key: string; readonly add: number } {
  return { key: `k${split}-${index % input.keys}`, add: (index * 7 + split) % 101 };
}

/** A history line is written for this event. */
export function isWritten(every: number, seq: number): boolean {
  return seq % every === 0;
}

/** For sums that name the events in them: order does not matter, a missing or doubled one does. */
export function idHash(key: string, seq: number): number {
  let h = seq * 2654435761;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 16777619);
  return h >>> 0;
}
