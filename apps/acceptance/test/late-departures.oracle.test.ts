/** The main job against SQL over the same file: every window and every alert, at each parallelism. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { askOracle, type OracleAnswer } from './support/oracle.js';
import { committedFiles, committedLines, uncommittedFiles } from './support/output.js';
import { flightsFile, jsonEvents, mainJob, runWeirWell } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(90_000);

const workspace = new Workspace();
let oracle: OracleAnswer;
beforeAll(async () => {
  oracle = await askOracle(flightsFile);
});
afterAll(() => workspace.remove());

it('the oracle has an answer worth comparing with, and no flight of the file comes too late', () => {
  expect(oracle.delays.length).toBeGreaterThan(400_000);
  expect(oracle.alerts.length).toBeGreaterThan(200);
  expect(oracle.disorderMinutes).toBeLessThanOrEqual(30);
});

describe.each([1, 2, 4])('given the main job at parallelism %i / when it has run', (parallelism) => {
  const directory = workspace.file(`p${parallelism}`);
  let events: ReturnType<typeof jsonEvents>;
  beforeAll(async () => {
    events = jsonEvents((await runWeirWell(workspace.path, ['run', mainJob, '-p', String(parallelism), '--json', '--', '--output', directory])).out);
  });

  it('then it says that it finished, after all the records', () => {
    expect(events.find((event) => event.type === 'result')).toMatchObject({ state: 'finished', records: 3_000_000, restarts: 0 });
  });

  it('then every window is the one that SQL gives', () => {
    const lines = committedLines(`${directory}/delays`);
    expect(differences(lines, oracle.delays, ['origin', 'window_start'], ['flights', 'mean_delay', 'max_delay', 'late_share'])).toEqual([]);
  });

  it('then every alert is the one that SQL gives', () => {
    const lines = committedLines(`${directory}/alerts`);
    expect(differences(lines, oracle.alerts, ['origin', 'since', 'at'], ['mean_delay'])).toEqual([]);
  });

  it('then nothing uncommitted is left', () => {
    expect(uncommittedFiles(directory)).toEqual([]);
    expect(committedFiles(`${directory}/delays`).length).toBeGreaterThan(0);
  });
});

type Row = Readonly<Record<string, string | number>>;

/** What differs, at most 10 places. Numbers may differ by 1e-9, which the order of additions explains; nothing else may. */
function differences(lines: readonly string[], expected: readonly object[], keys: readonly string[], numbers: readonly string[]): string[] {
  const fields = [...keys, ...numbers].join();
  const keyOf = (row: Row): string => keys.map((key) => row[key]).join(' ');
  const open = new Map(expected.map((row) => [keyOf(row as Row), row as Row]));
  const found: string[] = [];
  for (const line of lines) {
    if (found.length >= 10) return found;
    const row = JSON.parse(line) as Row;
    const other = open.get(keyOf(row));
    if (Object.keys(row).join() !== fields) found.push(`has other fields than ${fields}: ${line}`);
    else if (other === undefined) found.push(`is not in the oracle's answer, or is there twice: ${line}`);
    else if (!numbers.every((name) => Math.abs(Number(row[name]) - Number(other[name])) <= 1e-9)) found.push(`${line} should be ${JSON.stringify(other)}`);
    open.delete(keyOf(row));
  }
  return [...found, ...[...open.values()].map((row) => `is missing: ${JSON.stringify(row)}`)].slice(0, 10);
}
