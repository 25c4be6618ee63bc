/**
 * What the all-in-one job must have written, from the definition of its input alone, held against the committed files. It knows no engine: each
 * key's history is computed in a plain loop.
 *
 *  A1  history: for each written event one line, with the state that all earlier events of the key give;
 *  A2  in one file the lines of a key rise; A3 timers, ghosts, odd events: exactly those that are due, once;
 *  A4  ticks of a key follow each other without gap or overlap; A5 totals at the end, once a key;
 *  A6  windows: an event is in the window of its time or, if it is a late one, in the late output: in one of them, once (numbers, sums, hashes).
 *
 * While the job runs (`complete` false) nothing counts as lost, and what is summed over files is not compared.
 */
import { isWritten, type AllInOneInput } from '../input/all-in-one.js';
import { committedLines, type CommittedLine } from './committed.js';
import { checkFacts } from './all-in-one-facts.js';
import { expectedKeys, type ExpectedKey } from './all-in-one-expected.js';
import { checkWindows } from './all-in-one-windows.js';
import { Findings } from './finding.js';

export interface OracleVerdict {
  readonly findings: Findings;
  /** Committed lines that were looked at. */
  readonly lines: number;
}

export function checkAllInOne(input: AllInOneInput, output: string, complete: boolean): OracleVerdict {
  const findings = new Findings();
  const expected = expectedKeys(input);
  const lines = checkHistory(input, expected, `${output}/history`, complete, findings)
    + checkFacts(expected, `${output}/facts`, complete, findings)
    + checkWindows(input, output, complete, findings);
  return { findings, lines };
}

function checkHistory(input: AllInOneInput, expected: ReadonlyMap<string, ExpectedKey>, directory: string, complete: boolean, findings: Findings): number {
  let count = 0;
  let file = '';
  const seen = new Map<string, Set<number>>();
  const lastInFile = new Map<string, number>();
  for (const line of committedLines(directory, findings)) {
    count++;
    if (line.file !== file) lastInFile.clear();
    file = line.file;
    checkHistoryLine(line, input, expected, seen, lastInFile, findings);
  }
  if (!complete) return count;
  for (const [key, { history }] of expected) {
    for (const seq of history.keys()) if (seen.get(key)?.has(seq) !== true) findings.add('lost', `history of ${key}: event ${seq}`);
  }
  return count;
}

function checkHistoryLine(
  { file, number, value }: CommittedLine, input: AllInOneInput, expected: ReadonlyMap<string, ExpectedKey>, seen: Map<string, Set<number>>, lastInFile: Map<string, number>,
  findings: Findings,
): void {
  const { k, s, ...state } = value as { k: string; s: number };
  const where = `${file}:${number} ${k} ${s}`;
  const wanted = expected.get(k)?.history.get(s);
  if (wanted === undefined || !isWritten(input.every, s)) return findings.add('foreign', `${where} is no event of the input`);
  const ofKey = seen.get(k) ?? new Set<number>();
  seen.set(k, ofKey);
  if (ofKey.has(s)) return findings.add('doubled', where);
  ofKey.add(s);
  if ((lastInFile.get(k) ?? -1) > s) findings.add('reordered', `${where} comes behind ${lastInFile.get(k)}`);
  lastInFile.set(k, s);
  const got = stateText(state as Record<string, unknown>);
  if (got !== wanted) findings.add('wrong', `${where} has ${got} instead of ${wanted}`);
}

/** As `expectedKeys` writes it. */
function stateText({ c, r, m, l, p }: Record<string, unknown>): string {
  return `c=${String(c)} r=${String(r)} m=${String(m)} l=${String(l)} p=${String(p)}`;
}
