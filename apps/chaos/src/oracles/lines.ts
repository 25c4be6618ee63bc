/** Outputs in which each event gives one line, known beforehand: lost, doubled, foreign, reordered within a file, wrong. */
import { committedLines } from './committed.js';
import { Findings } from './finding.js';
import type { OracleVerdict } from './all-in-one.js';

/** `expected`: by key, by `seq`, the rest of the line as text; `ordered`: the lines of a key rise in each file. */
export function checkLines(
  expected: ReadonlyMap<string, ReadonlyMap<number, string>>, rest: (value: Readonly<Record<string, unknown>>) => string, directory: string, ordered: boolean, complete: boolean,
): OracleVerdict {
  const findings = new Findings();
  const seen = new Map<string, Set<number>>();
  let lines = 0;
  let file = '';
  let lastInFile = new Map<string, number>();
  for (const line of committedLines(directory, findings)) {
    lines++;
    if (line.file !== file) lastInFile = new Map();
    file = line.file;
    const { k, s } = line.value as { readonly k: string; readonly s: number };
    const where = `${line.file}:${line.number} ${k} ${s}`;
    const wanted = expected.get(k)?.get(s);
    const ofKey = seen.get(k) ?? new Set<number>();
    seen.set(k, ofKey);
    if (wanted === undefined) findings.add('foreign', where);
    else if (ofKey.has(s)) findings.add('doubled', where);
    else if (rest(line.value) !== wanted) findings.add('wrong', `${where} has ${rest(line.value)} instead of ${wanted}`);
    if (ordered && (lastInFile.get(k) ?? -1) > s) findings.add('reordered', where);
    ofKey.add(s);
    lastInFile.set(k, s);
  }
  if (complete) for (const [k, ofKey] of expected) for (const s of ofKey.keys()) if (seen.get(k)?.has(s) !== true) findings.add('lost', `${k} ${s}`);
  return { findings, lines };
}
