/** Exceptions in the user's code and in every step of snapshot, commit and restore: the output is that of a run without any. */
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jobModule } from '../src/index.js';
import { writeFlights } from './support/oracle.js';
import { committedLines, digestOf, uncommittedFiles } from './support/output.js';
import { flightsFile, jsonEvents, runWeirWell } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(90_000);

const workspace = new Workspace();
let undisturbed: { readonly lines: number; readonly digest: string };
beforeAll(async () => {
  await writeFlights(flightsFile, workspace.file('flights.parquet'), 500_000);
  await run('undisturbed', 1, []);
  const lines = committedLines(workspace.file('undisturbed'));
  undisturbed = { lines: lines.length, digest: digestOf(lines) };
});
afterAll(() => workspace.remove());

const QUICKLY = [
  '-D', 'execution.checkpointing.interval=30ms', '-D', 'restart-strategy.exponential-delay.initial-backoff=20ms',
  '-D', 'restart-strategy.exponential-delay.max-backoff=50ms',
];

async function run(name: string, parallelism: number, faults: readonly string[]): Promise<ReturnType<typeof jsonEvents>> {
  mkdirSync(workspace.file(`${name}-markers`), { recursive: true });
  const { out } = await runWeirWell(workspace.path, [
    'run', jobModule('faulty'), '--json', '-p', String(parallelism), ...QUICKLY,
    '--', '--input', 'flights.parquet', '--output', name, '--faults', faults.join(), '--markers', `${name}-markers`,
  ]);
  return jsonEvents(out);
}

const EVERYTHING = [
  'function', 'late-function', 'source-snapshot', 'source-poll', 'source-restore', 'sink-prepare', 'sink-unacknowledged', 'before-commit', 'after-commit', 'sink-recover',
];

describe.each([
  { where: 'in the user\'s function', parallelism: 1, faults: ['function'], atLeastRestarts: 1 },
  { where: 'in the user\'s function, twice, at parallelism 2', parallelism: 2, faults: ['function', 'late-function'], atLeastRestarts: 1 },
  { where: 'in the snapshot of the source', parallelism: 1, faults: ['source-snapshot'], atLeastRestarts: 1 },
  { where: 'while the sink prepares its commit', parallelism: 1, faults: ['sink-prepare'], atLeastRestarts: 1 },
  { where: 'after the sink has prepared, before it acknowledges', parallelism: 1, faults: ['sink-unacknowledged'], atLeastRestarts: 1 },
  { where: 'between preparing and commit', parallelism: 1, faults: ['sink-prepared'], atLeastRestarts: 0 },
  { where: 'in commit, before anything is visible', parallelism: 1, faults: ['before-commit'], atLeastRestarts: 0 },
  { where: 'in commit, when all is visible', parallelism: 1, faults: ['after-commit'], atLeastRestarts: 0 },
  { where: 'while the source is restored', parallelism: 1, faults: ['source-poll', 'source-restore'], atLeastRestarts: 2 },
  { where: 'while the sink is restored', parallelism: 1, faults: ['source-poll', 'sink-recover'], atLeastRestarts: 2 },
  { where: 'everywhere, at parallelism 2', parallelism: 2, faults: EVERYTHING, atLeastRestarts: 5 },
])('given an exception $where', ({ where, parallelism, faults, atLeastRestarts }) => {
  it('when the job has finished / then it happened, and the output is as if it had not', async () => {
    const name = where.replace(/[^a-z0-9]+/gi, '-');
    const result = (await run(name, parallelism, faults)).find((event) => event.type === 'result');
    for (const fault of faults) expect({ fault, happened: workspace.has(`${name}-markers`, fault) }).toEqual({ fault, happened: true });
    expect(result).toMatchObject({ state: 'finished' });
    expect(Number(result?.restarts)).toBeGreaterThanOrEqual(atLeastRestarts);
    const lines = committedLines(workspace.file(name));
    expect({ lines: lines.length, digest: digestOf(lines) }).toEqual(undisturbed);
    expect(uncommittedFiles(workspace.file(name))).toEqual([]);
  });
});
