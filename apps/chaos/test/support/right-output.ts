/** A right output of a tiny input, made by hand: not by the oracle's own functions, and not by the engine. */
import { controlOf, idHash, type AllInOneInput } from '../../src/input/all-in-one.js';
import { eventOf } from '../../src/input/events.js';

/** Long enough for late events: they begin after 120 s of event time. */
export const TINY: AllInOneInput = { splits: 1, keys: 3, events: 12_800, every: 50, controlSplits: 1, controls: 30 };

interface OfKey {
  n: number;
  sum: number;
  max: number;
  rises: number;
  values: number[];
  kinds: Record<string, number>;
  timers: Set<number>;
  ghost: boolean;
  controls: number;
  added: number;
}

export function rightOutput(): Map<string, string[]> {
  const out = { history: [] as string[], facts: [] as string[], windows: [] as string[], late: [] as string[] };
  const keys: Record<string, OfKey> = {};
  const windows: Record<string, { n: number; sum: number; ids: number }> = {};
  const ofKey = (key: string): OfKey =>
    (keys[key] ??= { n: 0, sum: 0, max: -1, rises: 0, values: [], kinds: {}, timers: new Set(), ghost: false, controls: 0, added: 0 });
  for (let split = 0; split < TINY.splits; split++) {
    for (let index = 0; index < TINY.events; index++) {
      const { key, seq, at, value, kind, late } = eventOf(TINY, split, index);
      const state = ofKey(key);
      state.n += 1;
      state.sum += value;
      state.values.push(value);
      state.kinds[kind] = (state.kinds[kind] ?? 0) + 1;
      if (value > state.max) [state.max, state.rises] = [value, state.rises + 1];
      if (!late) state.timers.add(at - (at % 7000) + 7000);
      if (seq % 10 === 0) state.ghost = true;
      if (seq % 10 === 1) state.ghost = false;
      if (value % 5 === 0) out.facts.push(JSON.stringify({ f: 'odd', k: key, s: seq }));
      if (seq % 50 === 0) {
        out.history.push(JSON.stringify({ k: key, s: seq, c: state.n, r: state.sum, m: `${state.max}/${state.rises}`, l: state.values.slice(-3).join(','), p: state.kinds[kind] }));
      }
      if (late) out.late.push(JSON.stringify({ k: key, s: seq, t: at, v: value }));
      else {
        const window = (windows[`${key} ${at - (at % 5000)}`] ??= { n: 0, sum: 0, ids: 0 });
        window.n += 1;
        window.sum += value;
        window.ids = (window.ids + idHash(key, seq)) % 2 ** 48;
      }
    }
  }
  for (let index = 0; index < TINY.controls; index++) {
    const { key, add } = controlOf(TINY, 0, index);
    ofKey(key).controls += 1;
    ofKey(key).added += add;
  }
  for (const [k, { timers, ghost, n, sum, controls, added }] of Object.entries(keys)) {
    for (const t of timers) out.facts.push(JSON.stringify({ f: 'timer', k, t }));
    if (ghost) out.facts.push(JSON.stringify({ f: 'ghost', k }));
    out.facts.push(JSON.stringify({ f: 'tick', k, from: 0, to: 10 }), JSON.stringify({ f: 'tick', k, from: 10, to: 25 }), JSON.stringify({ f: 'total', k, n, sum, controls, added }));
  }
  for (const [id, window] of Object.entries(windows)) out.windows.push(JSON.stringify({ k: id.split(' ')[0], w: Number(id.split(' ')[1]), ...window }));
  return new Map(Object.entries(out).map(([folder, lines]) => [`${folder}/part-a`, lines]));
}
