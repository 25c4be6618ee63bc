/** Per key: its history and the facts that are due, from a plain loop over the input. */
import { controlOf, GHOST_EVERY, isOdd, isWritten, RECENT, TIMER_MS, type AllInOneInput } from '../input/all-in-one.js';
import { eventOf, type Event } from '../input/events.js';

export interface ExpectedKey {
  /** State by `seq`, of the events that are written. */
  readonly history: Map<number, string>;
  readonly timers: Set<number>;
  readonly odd: Set<number>;
  /** A ghost is left at the end. */
  ghost: boolean;
  count: number;
  sum: number;
  controls: number;
  added: number;
}

interface Running {
  readonly expected: ExpectedKey;
  readonly kinds: Map<string, number>;
  recent: number[];
  max: number;
  rises: number;
}

export function expectedKeys(input: AllInOneInput): Map<string, ExpectedKey> {
  const keys = new Map<string, Running>();
  for (let split = 0; split < input.splits; split++) {
    for (let index = 0; index < input.events; index++) {
      const event = eventOf(input, split, index);
      take(input, event, runningOf(keys, event.key));
    }
  }
  for (let split = 0; split < input.controlSplits; split++) {
    for (let index = 0; index < input.controls; index++) {
      const { key, add } = controlOf(input, split, index);
      const { expected } = runningOf(keys, key);
      expected.controls++;
      expected.added += add;
    }
  }
  return new Map([...keys].map(([key, { expected }]) => [key, expected]));
}

function runningOf(keys: Map<string, Running>, key: string): Running {
  let running = keys.get(key);
  if (running === undefined) {
    const expected = { history: new Map<number, string>(), timers: new Set<number>(), odd: new Set<number>(), ghost: false, count: 0, sum: 0, controls: 0, added: 0 };
    running = { expected, kinds: new Map(), recent: [], max: -1, rises: 0 };
    keys.set(key, running);
  }
  return running;
}

function take(input: AllInOneInput, { seq, at, value, kind, late }: Event, running: Running): void {
  const { expected, kinds } = running;
  expected.count++;
  expected.sum += value;
  if (value > running.max) {
    running.max = value;
    running.rises++;
  }
  running.recent = [...running.recent, value].slice(-RECENT);
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  if (!late) expected.timers.add((Math.floor(at / TIMER_MS) + 1) * TIMER_MS);
  if (seq % GHOST_EVERY === 0) expected.ghost = true;
  if (seq % GHOST_EVERY === 1) expected.ghost = false;
  if (isOdd(value)) expected.odd.add(seq);
  if (!isWritten(input.every, seq)) return;
  expected.history.set(seq, `c=${expected.count} r=${expected.sum} m=${running.max}/${running.rises} l=${running.recent.join(',')} p=${kinds.get(kind)}`);
}
