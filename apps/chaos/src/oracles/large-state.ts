/** The chain of each key, event by event. */
import { chained, LARGE_STATE_EVERY } from '../input/chain.js';
import { eventOf, type EventShape } from '../input/events.js';
import type { OracleVerdict } from './all-in-one.js';
import { checkLines } from './lines.js';

export function checkLargeState(input: EventShape, output: string, complete: boolean): OracleVerdict {
  const expected = new Map<string, Map<number, string>>();
  const chains = new Map<string, number>();
  const kinds = new Map<string, number>();
  for (let split = 0; split < input.splits; split++) {
    for (let index = 0; index < input.events; index++) {
      const { key, seq, value, kind } = eventOf(input, split, index);
      const chain = chained(chains.get(key) ?? 0, value);
      const ofKind = (kinds.get(`${key} ${kind}`) ?? 0) + 1;
      chains.set(key, chain);
      kinds.set(`${key} ${kind}`, ofKind);
      const ofKey = expected.get(key) ?? new Map<number, string>();
      expected.set(key, ofKey);
      if (seq % LARGE_STATE_EVERY === 0) ofKey.set(seq, `${seq + 1} ${chain} ${ofKind}`);
    }
  }
  return checkLines(expected, ({ c, h, p }) => `${String(c)} ${String(h)} ${String(p)}`, `${output}/lines`, true, complete);
}
