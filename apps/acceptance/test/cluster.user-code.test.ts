/** What user code does to its thread costs that thread, never the process, and never the result. */
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { jobModule } from '../src/index.js';
import { LocalCluster } from './support/cluster.js';
import { writeFlights } from './support/oracle.js';
import { committedLines, ReferenceOutput } from './support/output.js';
import { flightsFile, jsonEvents, runWeirWell } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(60_000);

const workspace = new Workspace();
let reference: ReferenceOutput;
let cluster: LocalCluster;

beforeAll(async () => {
  await writeFlights(flightsFile, workspace.file('flights.parquet'), 200_000);
  await runWeirWell(workspace.path, ['run', jobModule('faulty'), '--json', '--', '--input', 'flights.parquet', '--output', 'reference']);
  reference = ReferenceOutput.of(workspace.file('reference'));
  mkdirSync(workspace.file('markers'));
  cluster = await LocalCluster.start(
    workspace.path, '--taskmanagers', '1', '--slots', '2', '-D', 'heartbeat.timeout=2s', '-D', 'taskmanager.memory.task.heap.size=250mb',
  );
});
afterAll(async () => {
  await cluster?.end();
  workspace.remove();
});

it.each([
  ['ends its process', 'exit', 'process.exit'],
  ['throws where nobody catches', 'uncaught', 'thrown by a timer'],
  ['loops for ever', 'loop', 'does not answer'],
  ['fills its heap', 'heap', ''],
])('given a function that %s / when the job runs on a cluster / then the job restarts and its output is exact, and the process lives', async (_, mode, reason) => {
  const pid = cluster.pidOf('tm-1');
  const { out, code } = await cluster.run(
    jobModule('unruly'), '-p', '2', '--json', '-D', 'execution.checkpointing.interval=100ms', '--',
    '--input', 'flights.parquet', '--output', mode, '--markers', 'markers', '--mode', mode,
  ).outcome;
  expect(code).toBe(0);
  const restarts = jsonEvents(out).filter(({ type }) => type === 'restarting') as unknown as { readonly failure: { readonly message: string } }[];
  expect(restarts.length).toBeGreaterThan(0);
  expect(restarts.map(({ failure }) => failure.message).join('\n')).toContain(reason);
  expect(reference.problemsOfPart(committedLines(workspace.file(mode)))).toEqual([]);
  expect(committedLines(workspace.file(mode)).length).toBe(reference.size);
  await cluster.untilComplete();
  expect(cluster.pidOf('tm-1')).toBe(pid);
});
