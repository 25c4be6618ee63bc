/** A local cluster of real processes: it gives the answer that one process gives, whatever is killed meanwhile, and leaves nothing behind. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isListening, isRunning, LocalCluster } from './support/cluster.js';
import { writeFlights } from './support/oracle.js';
import { committedLines, ReferenceOutput, uncommittedFiles } from './support/output.js';
import { flightsFile, jsonEvents, mainJob, runWeir, runWeirWell, type WeirProcess } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(90_000);

const workspace = new Workspace();
let reference: ReferenceOutput;
let cluster: LocalCluster;
let run: WeirProcess | undefined;

beforeAll(async () => {
  await writeFlights(flightsFile, workspace.file('flights.parquet'), 700_000);
  await runWeirWell(workspace.path, ['run', mainJob, '--json', '--', '--input', 'flights.parquet', '--output', 'reference']);
  reference = ReferenceOutput.of(workspace.file('reference'));
  cluster = await LocalCluster.start(workspace.path, '--jobmanagers', '2', '--taskmanagers', '2', '--slots', '2');
});
afterAll(async () => {
  await cluster?.end();
  workspace.remove();
});
beforeEach(() => cluster.untilComplete());
afterEach(async () => {
  await run?.kill();
  run = undefined;
  await cluster.cancelJobs(); // of a test that failed: a job does not end with its client
});

function begin(outputName: string): WeirProcess {
  run = cluster.run(mainJob, '-p', '3', '--json', '-D', 'execution.checkpointing.interval=100ms', '--', '--input', 'flights.parquet', '--output', outputName);
  return run;
}

/** So that there is something to lose and something to go on from. */
async function untilCheckpoints(process: WeirProcess, count: number): Promise<void> {
  const reached = await process.until(() => process.out.split('"type":"checkpoint-completed"').length > count);
  if (!reached) throw new Error(`it ended before checkpoint ${count}: ${process.out.slice(-2000)}${process.err}`);
}

async function expectExactlyTheReference(process: WeirProcess, name: string): Promise<void> {
  const { code, out, err } = await process.outcome;
  expect({ code, problem: code === 0 ? '' : (out + err).slice(-2000) }).toEqual({ code: 0, problem: '' });
  const lines = committedLines(workspace.file(name));
  expect(reference.problemsOfPart(lines)).toEqual([]);
  expect(lines.length).toBe(reference.size);
  expect(uncommittedFiles(workspace.file(name))).toEqual([]);
}

describe('given a job on a cluster', () => {
  it('when nothing happens / then its output is that of one process, and its summary is printed', async () => {
    const process = begin('undisturbed');
    await expectExactlyTheReference(process, 'undisturbed');
    expect(jsonEvents(process.out).map(({ type }) => type)).toEqual(expect.arrayContaining(['submitted', 'restored', 'checkpoint-completed', 'result', 'summary']));
  });

  it.each([
    ['a TaskManager', 'killed-tm', () => 'tm-1'],
    ['the leading JobManager', 'killed-jm', () => cluster.leader()],
    ['the NATS server', 'killed-nats', () => 'nats'],
  ])('when %s is killed / then the output is the same, and the process is replaced', async (_, name, victim) => {
    const process = begin(name);
    await untilCheckpoints(process, 2);
    const id = victim();
    const before = cluster.pidOf(id);
    cluster.kill(id);
    await expectExactlyTheReference(process, name);
    await cluster.untilComplete();
    expect(cluster.pidOf(id)).not.toBe(before);
  });

  it('when every process is killed and the cluster is started again / then the job goes on to the same output', async () => {
    const process = begin('killed-all');
    await untilCheckpoints(process, 2);
    for (const pid of cluster.pids) globalThis.process.kill(pid, 'SIGKILL');
    await cluster.up();
    await expectExactlyTheReference(process, 'killed-all');
  });
});

it('when it is ended / then no process, no port and no record of it is left; a second time there is nothing to do', async () => {
  const { pids } = cluster;
  const { rest, nats } = cluster.description;
  await cluster.down();
  expect(pids.filter(isRunning)).toEqual([]);
  expect([await isListening(rest), await isListening(nats.replace('nats:', 'http:'))]).toEqual([false, false]);
  expect(workspace.has('cluster/cluster.json')).toBe(false);
  expect(await runWeir(workspace.path, ['cluster', 'down', '--data', 'cluster'])).toMatchObject({ code: 0 });
  expect(await runWeir(workspace.path, ['cluster', 'status', '--data', 'cluster'])).toMatchObject({ code: 1, err: expect.stringContaining('WEIR_CLUSTER_NOT_RUNNING') });
  await cluster.up();
});
