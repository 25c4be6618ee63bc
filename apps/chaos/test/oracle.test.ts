/** The oracle of the all-in-one job is itself tested: it takes a right output, and finds each way in which one can be wrong. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkAllInOne } from '../src/oracles/all-in-one.js';
import { rightOutput, TINY } from './support/right-output.js';

const right = rightOutput();
let output: string;

beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'weir-chaos-oracle-'));
  for (const [file, lines] of right) write(file, lines);
});
afterEach(() => rmSync(output, { recursive: true, force: true }));

function write(file: string, lines: readonly string[]): void {
  mkdirSync(dirname(join(output, file)), { recursive: true });
  writeFileSync(join(output, file), lines.map((line) => `${line}\n`).join(''));
}

function linesOf(file: string): string[] {
  return readFileSync(join(output, file), 'utf8').split('\n').slice(0, -1);
}

function change(file: string, how: (lines: string[]) => string[]): void {
  write(file, how(linesOf(file)));
}

function kinds(complete = true): string[] {
  return [...checkAllInOne(TINY, output, complete).findings.counts.keys()].sort();
}

const FILES = ['history/part-a', 'facts/part-a', 'windows/part-a'];

describe('given a right output', () => {
  it('then nothing is found, and all lines were looked at', () => {
    const { findings, lines } = checkAllInOne(TINY, output, true);
    expect(findings.list()).toEqual([]);
    expect(lines).toBe([...FILES, 'late/part-a'].reduce((sum, file) => sum + linesOf(file).length, 0));
    expect(linesOf('late/part-a').length).toBeGreaterThan(0);
  });

  it('when half of it is not committed yet / then nothing is wrong so far, and it is not complete', () => {
    for (const file of FILES) change(file, (lines) => lines.slice(0, lines.length >> 1));
    expect(kinds(false)).toEqual([]);
    expect(kinds(true)).toEqual(['lost']);
  });

  it('when files are there that are not committed / then they are not looked at', () => {
    write('history/.part-b.inprogress', ['{"k":"nobody"']);
    write('history/_part-c', ['{']);
    expect(kinds()).toEqual([]);
  });
});

describe('given one thing that is wrong', () => {
  it.each(FILES)('when a line of %s is lost / then that is found', (file) => {
    change(file, (lines) => lines.filter((_, i) => i !== 7));
    expect(kinds()).toEqual(['lost']);
  });

  it.each(FILES)('when a line of %s is there twice, in another file / then that is found, also while the job runs', (file) => {
    write(file.replace('part-a', 'part-b'), [linesOf(file)[3]]);
    expect(kinds()).toContain('doubled');
    expect(kinds(false)).toContain('doubled');
  });

  it('when two lines of a key are exchanged in a file / then they are reordered', () => {
    change('history/part-a', (lines) => [lines[TINY.keys], ...lines.slice(1, TINY.keys), lines[0], ...lines.slice(TINY.keys + 1)]);
    expect(kinds()).toEqual(['reordered']);
  });

  it.each([...FILES, 'late/part-a'])('when %s ends in half a line / then it is torn', (file) => {
    const text = readFileSync(join(output, file), 'utf8');
    writeFileSync(join(output, file), text.slice(0, -9));
    expect(kinds(false)).toEqual(['torn']);
  });

  it('when a state counted a record twice / then the line is wrong', () => {
    change('history/part-a', (lines) => lines.map((line, i) => (i === 40 ? line.replace(/"c":(\d+)/, (_, c) => `"c":${Number(c) + 1}`) : line)));
    expect(kinds()).toEqual(['wrong']);
  });

  it('when a record of another run is there / then it is foreign', () => {
    write('history/part-b', ['{"k":"k9-1","s":0,"c":1,"r":5,"m":"5/1","l":"5","p":1}']);
    expect(kinds()).toEqual(['foreign']);
  });

  it('when a timer fires at a time that is not due, or one that was deleted / then it is late', () => {
    write('facts/part-b', ['{"f":"timer","k":"k0-0","t":12345}']);
    expect(kinds()).toEqual(['late']);
  });

  it('when a record was counted in another window / then both windows are found', () => {
    change('windows/part-a', (lines) => lines.map((line, i) => (i === 2 || i === 3 ? line.replace(/"n":(\d+)/, (_, n) => `"n":${Number(n) + (i === 2 ? 1 : -1)}`) : line)));
    expect(kinds()).toEqual(['doubled', 'lost']);
  });

  it('when a window has as many records as it should, and others / then it is wrong', () => {
    change('windows/part-a', (lines) => lines.map((line, i) => (i === 2 ? line.replace(/"ids":(\d+)/, (_, ids) => `"ids":${Number(ids) + 1}`) : line)));
    expect(kinds()).toEqual(['wrong']);
  });

  it('when a late record is in the late output and in its window / then it is doubled', () => {
    const late = JSON.parse(linesOf('late/part-a')[0]) as { k: string; t: number; v: number };
    write('windows/part-b', [JSON.stringify({ k: late.k, w: Math.floor(late.t / 5000) * 5000, n: 1, sum: late.v, ids: 0 })]);
    expect(kinds()).toContain('doubled');
  });

  it('when a tick overlaps the one before, or leaves a hole / then that is found', () => {
    change('facts/part-a', (lines) => lines.map((line) => line.replace('"from":0,', '"from":1,')));
    expect(kinds()).toEqual(['lost']);
    write('facts/part-b', ['{"f":"tick","k":"k0-0","from":0,"to":3}']);
    expect(kinds()).toContain('doubled');
  });
});
