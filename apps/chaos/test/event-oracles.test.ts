/** The oracles of jobs that write one line an event: right outputs are taken, wrong ones found. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventOf, type EventShape } from '../src/input/events.js';
import type { OracleVerdict } from '../src/oracles/all-in-one.js';
import { checkLargeState } from '../src/oracles/large-state.js';
import { checkWideShuffle } from '../src/oracles/wide-shuffle.js';

const SHAPE: EventShape = { splits: 2, keys: 3, events: 60 };
const all = Array.from({ length: SHAPE.splits }, (_, split) => Array.from({ length: SHAPE.events }, (_event, index) => eventOf(SHAPE, split, index))).flat();

let output: string;
beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'weir-chaos-oracle-'));
  mkdirSync(join(output, 'lines'));
});
afterEach(() => rmSync(output, { recursive: true, force: true }));

const write = (name: string, lines: readonly object[]): void => writeFileSync(join(output, 'lines', name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

/** By hand: each key's values, folded anew for each line. */
function chainLines(): object[] {
  return all.flatMap(({ key, seq, kind }) => {
    if (seq % 2 !== 0) return [];
    const before = all.filter((it) => it.key === key && it.seq <= seq).sort((a, b) => a.seq - b.seq);
    let h = 0;
    for (const { value } of before) h = Number((BigInt(h) * 31n + BigInt(value) + 7n) % 4294967296n);
    return [{ k: key, s: seq, c: before.length, h, p: before.filter((it) => it.kind === kind).length }];
  });
}

const CASES: readonly (readonly [string, (shape: EventShape, folder: string, complete: boolean) => OracleVerdict, () => object[], ordered: boolean])[] = [
  ['wide shuffle', checkWideShuffle, () => all.map(({ key, seq, value }) => ({ k: key, s: seq, v: value, h: 4 })), false],
  ['large state', checkLargeState, chainLines, true],
];

describe.each(CASES)('given the output of %s', (_, check, right, ordered) => {
  const kinds = (complete = true): string[] => [...check(SHAPE, output, complete).findings.counts.keys()].sort();

  it('when it is right / then nothing is found', () => {
    write('part-a', right());
    expect(check(SHAPE, output, true).findings.list()).toEqual([]);
  });

  it('when a line is lost, doubled, foreign or wrong / then that is found', () => {
    write('part-a', right().slice(1));
    expect([kinds(), kinds(false)]).toEqual([['lost'], []]);
    write('part-a', [...right(), right()[3]]);
    expect(kinds()).toContain('doubled');
    write('part-a', [...right(), { ...right()[0], k: 'k7-7' }]);
    expect(kinds()).toEqual(['foreign']);
    write('part-a', right().map((line, i) => (i === 5 ? { ...line, h: 1 } : line)));
    expect(kinds()).toEqual(['wrong']);
  });

  it('when lines of a key are exchanged in a file / then that is found where order is promised', () => {
    write('part-a', right().reverse());
    expect(kinds()).toEqual(ordered ? ['reordered'] : []);
  });
});
