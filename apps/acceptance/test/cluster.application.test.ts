/** Application mode: a cluster of one job, which is gone when the job has ended. */
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jobModule } from '../src/index.js';
import { freePort, isListening } from './support/cluster.js';
import { writeFlights } from './support/oracle.js';
import { committedLines, ReferenceOutput } from './support/output.js';
import { flightsFile, runWeir, runWeirWell, WeirProcess } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(60_000);

const workspace = new Workspace();
let reference: ReferenceOutput;
let port: number;

beforeAll(async () => {
  await writeFlights(flightsFile, workspace.file('flights.parquet'), 50_000);
  await runWeirWell(workspace.path, ['run', jobModule('faulty'), '--json', '--', '--input', 'flights.parquet', '--output', 'reference']);
  reference = ReferenceOutput.of(workspace.file('reference'));
  port = await freePort();
});
afterEach(async () => {
  await runWeir(workspace.path, ['cluster', 'down', '--data', 'cluster']); // of a test that failed
});
afterAll(() => workspace.remove());

const up = (...args: string[]): WeirProcess =>
  new WeirProcess(workspace.path, ['cluster', 'up', '--foreground', '--data', 'cluster', '--port', String(port), '--taskmanagers', '1', ...args]);

describe('given a cluster for one job', () => {
  it('when the job finishes / then its output is exact and nothing of the cluster is left; when it is started again / then the job has ended already', async () => {
    const args = ['--job', jobModule('faulty'), '-p', '2', '--', '--input', 'flights.parquet', '--output', 'application'];
    const { code, err } = await up(...args).outcome;
    expect({ code, problem: code === 0 ? '' : err.slice(-2000) }).toEqual({ code: 0, problem: '' });
    const lines = committedLines(workspace.file('application'));
    expect(reference.problemsOfPart(lines)).toEqual([]);
    expect(lines.length).toBe(reference.size);
    expect(await isListening(`http://127.0.0.1:${port}`)).toBe(false);
    expect(existsSync(workspace.file('cluster/cluster.json'))).toBe(false);
    expect(await up(...args).outcome).toMatchObject({ code: 0, err: expect.stringMatching(/the application has ended .*state=finished/) });
  });

  it('when the job cannot begin / then the command fails and says why', async () => {
    const { code, err } = await up('-D', 'cluster.id=other', '--job', jobModule('faulty'), '--', '--no-such-parameter', '1').outcome;
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('WEIR_JOB_PARAMETER_INVALID') });
  });
});
