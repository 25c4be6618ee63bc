/** Each event of the input once, after four hops. */
import { eventOf, type EventShape } from '../input/events.js';
import type { OracleVerdict } from './all-in-one.js';
import { checkLines } from './lines.js';

export function checkWideShuffle(input: EventShape, output: string, complete: boolean): OracleVerdict {
  const expected = new Map<string, Map<number, string>>();
  for (let split = 0; split < input.splits; split++) {
    for (let index = 0; index < input.events; index++) {
      const { key, seq, value } = eventOf(input, split, index);
      const ofKey = expected.get(key) ?? new Map<number, string>();
      expected.set(key, ofKey.set(seq, `${value} 4`));
    }
  }
  return checkLines(expected, ({ v, h }) => `${String(v)} ${String(h)}`, `${output}/lines`, false, complete);
}
