/** Timers, ticks, side outputs and totals of the all-in-one job (A3 to A5). */
import { committedLines } from './committed.js';
import type { ExpectedKey } from './all-in-one-expected.js';
import type { Findings } from './finding.js';

interface Seen {
  readonly timers: Set<number>;
  readonly odd: Set<number>;
  readonly ticks: (readonly [from: number, to: number])[];
  ghosts: number;
  totals: number;
}

export function checkFacts(expected: ReadonlyMap<string, ExpectedKey>, directory: string, complete: boolean, findings: Findings): number {
  let count = 0;
  const seen = new Map<string, Seen>();
  for (const { file, number, value } of committedLines(directory, findings)) {
    count++;
    const where = `${file}:${number} ${JSON.stringify(value)}`;
    const wanted = expected.get(String(value.k));
    if (wanted === undefined) {
      findings.add('foreign', `${where}: there is no such key`);
      continue;
    }
    const ofKey = seen.get(String(value.k)) ?? { timers: new Set<number>(), odd: new Set<number>(), ticks: [], ghosts: 0, totals: 0 };
    seen.set(String(value.k), ofKey);
    checkFact(value, wanted, ofKey, where, findings);
  }
  for (const [key, ofKey] of seen) checkTicks(key, ofKey.ticks, complete, findings);
  if (complete) for (const [key, wanted] of expected) checkNothingLost(key, wanted, seen.get(key), findings);
  return count;
}

function checkFact(value: Readonly<Record<string, unknown>>, wanted: ExpectedKey, seen: Seen, where: string, findings: Findings): void {
  switch (value.f) {
    case 'timer':
      return once(Number(value.t), wanted.timers, seen.timers, 'late', where, findings);
    case 'odd':
      return once(Number(value.s), wanted.odd, seen.odd, 'foreign', where, findings);
    case 'ghost':
      if (!wanted.ghost) findings.add('late', `${where}: its timer was deleted`);
      if (++seen.ghosts > 1) findings.add('doubled', where);
      return;
    case 'tick':
      seen.ticks.push([Number(value.from), Number(value.to)]);
      return;
    case 'total': {
      if (++seen.totals > 1) findings.add('doubled', where);
      const { count, sum, controls, added } = wanted;
      if (value.n !== count || value.sum !== sum || value.controls !== controls || value.added !== added) {
        findings.add('wrong', `${where} instead of n=${count} sum=${sum} controls=${controls} added=${added}`);
      }
      return;
    }
    default:
      findings.add('foreign', where);
  }
}

function once(item: number, wanted: ReadonlySet<number>, seen: Set<number>, otherwise: 'late' | 'foreign', where: string, findings: Findings): void {
  if (!wanted.has(item)) findings.add(otherwise, where);
  else if (seen.has(item)) findings.add('doubled', where);
  seen.add(item);
}

/** Committed files may come in any order while the job runs: then only overlaps count. */
function checkTicks(key: string, ticks: readonly (readonly [number, number])[], complete: boolean, findings: Findings): void {
  let end = 0;
  for (const [from, to] of [...ticks].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (from < end) findings.add('doubled', `tick of ${key} from ${from}, where the last one ended at ${end}`);
    if (from > end && complete) findings.add('lost', `tick of ${key} between ${end} and ${from}`);
    if (to < from) findings.add('wrong', `tick of ${key} from ${from} to ${to}`);
    end = Math.max(end, to);
  }
}

function checkNothingLost(key: string, wanted: ExpectedKey, seen: Seen | undefined, findings: Findings): void {
  for (const at of wanted.timers) if (seen?.timers.has(at) !== true) findings.add('lost', `timer of ${key} at ${at}`);
  for (const seq of wanted.odd) if (seen?.odd.has(seq) !== true) findings.add('lost', `side output of ${key}, event ${seq}`);
  if (wanted.ghost && seen?.ghosts !== 1) findings.add('lost', `ghost of ${key}`);
  if (wanted.count > 0 && seen?.totals !== 1) findings.add('lost', `total of ${key}`);
}
