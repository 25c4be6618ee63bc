/**
 * Windows and late events (A6). Whether a window still takes a late event depends on timing; that each event is in exactly one place does not: panes
 * of a window and late events of its time, together, are the input's events of that time.
 */
import { idHash, WINDOW_MS, type AllInOneInput } from '../input/all-in-one.js';
import { eventOf } from '../input/events.js';
import { committedLines } from './committed.js';
import type { Findings } from './finding.js';

interface Sum {
  count: number;
  sum: number;
  ids: number;
  /** Events that are never late. */
  onTime: number;
}

const MODULUS = 2 ** 48;

export function checkWindows(input: AllInOneInput, output: string, complete: boolean, findings: Findings): number {
  const wanted = wantedWindows(input);
  const got = new Map<string, Sum>();
  let count = 0;
  for (const { file, number, value } of committedLines(`${output}/windows`, findings)) {
    count++;
    const id = `${String(value.k)} ${String(value.w)}`;
    const where = `${file}:${number} ${JSON.stringify(value)}`;
    const window = wanted.get(id);
    if (window === undefined) findings.add('late', `${where}: no event has such a window`);
    else if (got.has(id) && window.onTime === window.count) findings.add('doubled', where); // only late events open a window again
    add(got, id, Number(value.n), Number(value.sum), Number(value.ids));
  }
  const lateSeen = new Set<string>();
  for (const { file, number, value } of committedLines(`${output}/late`, findings)) {
    count++;
    const { k, s, t, v } = value as { k: string; s: number; t: number; v: number };
    const where = `${file}:${number} ${JSON.stringify(value)}`;
    if (!isLateEvent(input, k, s, t, v)) findings.add('foreign', `${where} is no late event of the input`);
    if (lateSeen.has(`${k} ${s}`)) findings.add('doubled', where);
    lateSeen.add(`${k} ${s}`);
    add(got, `${k} ${Math.floor(t / WINDOW_MS) * WINDOW_MS}`, 1, v, idHash(k, s));
  }
  for (const [id, sums] of got) {
    const window = wanted.get(id);
    if (window !== undefined && sums.count > window.count) findings.add('doubled', `window ${id} has ${sums.count} events instead of ${window.count}`);
  }
  if (complete) compare(wanted, got, findings);
  return count;
}

function compare(wanted: ReadonlyMap<string, Sum>, got: ReadonlyMap<string, Sum>, findings: Findings): void {
  for (const [id, window] of wanted) {
    const sums = got.get(id);
    if (sums === undefined || sums.count < window.count) findings.add('lost', `window ${id} has ${sums?.count ?? 0} of ${window.count} events`);
    else if (sums.count === window.count && (sums.sum !== window.sum || sums.ids !== window.ids)) findings.add('wrong', `window ${id} has other events than the input`);
  }
}

function wantedWindows(input: AllInOneInput): Map<string, Sum> {
  const windows = new Map<string, Sum>();
  for (let split = 0; split < input.splits; split++) {
    for (let index = 0; index < input.events; index++) {
      const { key, seq, at, value, late } = eventOf(input, split, index);
      const sums = add(windows, `${key} ${Math.floor(at / WINDOW_MS) * WINDOW_MS}`, 1, value, idHash(key, seq));
      if (!late) sums.onTime++;
    }
  }
  return windows;
}

function add(windows: Map<string, Sum>, id: string, count: number, sum: number, ids: number): Sum {
  const sums = windows.get(id) ?? { count: 0, sum: 0, ids: 0, onTime: 0 };
  sums.count += count;
  sums.sum += sum;
  sums.ids = (sums.ids + ids) % MODULUS;
  windows.set(id, sums);
  return sums;
}

function isLateEvent(input: AllInOneInput, key: string, seq: number, at: number, value: number): boolean {
  const match = /^k(\d+)-(\d+)$/.exec(key);
  if (match === null) return false;
  const [split, ofKey] = [Number(match[1]), Number(match[2])];
  const index = seq * input.keys + ofKey;
  if (split >= input.splits || ofKey >= input.keys || index >= input.events) return false;
  const event = eventOf(input, split, index);
  return event.late && event.at === at && event.value === value;
}
