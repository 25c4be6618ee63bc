/** Checkpoints, jobs and leader epochs in an S3-protocol store: the job survives what it survives on a local disk. Needs versitygw; skipped by name without. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findS3Server, S3Server } from '@weir/storage-s3/server';
import { LocalCluster } from './support/cluster.js';
import { writeFlights } from './support/oracle.js';
import { committedLines, ReferenceOutput, uncommittedFiles } from './support/output.js';
import { flightsFile, mainJob, type Outcome, runWeirWell, WeirProcess } from './support/weir.js';
import { Workspace } from './support/workspace.js';

jest.setTimeout(180_000);

const program = findS3Server('versitygw');
const suite = program === undefined ? describe.skip : describe;

suite(`given storage in S3${program === undefined ? ' (versitygw is not installed: node tools/scripts/s3-servers.mjs --install)' : ''}`, () => {
  const workspace = new Workspace();
  let server: S3Server;
  let reference: ReferenceOutput;
  let definitions: string[];
  const runArguments = (output: string, ...options: string[]): string[] =>
    ['run', mainJob, '--json', '-D', 'execution.checkpointing.interval=100ms', ...options, '--', '--input', 'flights.parquet', '--output', output];

  beforeAll(async () => {
    server = await S3Server.start('versitygw', program as string);
    const { endpoint, credentials } = server.settings;
    definitions = [`s3.endpoint=${endpoint}`, 's3.path.style.access=true', `s3.access-key=${credentials.accessKeyId}`, `s3.secret-key=${credentials.secretAccessKey}`]
      .flatMap((definition) => ['-D', definition]);
    await writeFlights(flightsFile, workspace.file('flights.parquet'), 500_000);
    await runWeirWell(workspace.path, runArguments('reference'));
    reference = ReferenceOutput.of(workspace.file('reference'));
  });
  afterAll(async () => {
    await server.close();
    workspace.remove();
  });

  async function untilCheckpoints(process: WeirProcess, count: number): Promise<void> {
    const reached = await process.until(() => process.out.split('"type":"checkpoint-completed"').length > count);
    if (!reached) throw new Error(`it ended before checkpoint ${count}: ${process.out.slice(-2000)}${process.err}`);
  }

  function expectTheReference({ code, out, err }: Outcome, output: string): void {
    expect({ code, problem: code === 0 ? '' : (out + err).slice(-2000) }).toEqual({ code: 0, problem: '' });
    const lines = committedLines(workspace.file(output));
    expect(reference.problemsOfPart(lines)).toEqual([]);
    expect(lines.length).toBe(reference.size);
    expect(uncommittedFiles(workspace.file(output))).toEqual([]);
  }

  it('when one process is killed and started again / then it goes on from its last checkpoint there', async () => {
    const options = [...definitions, '-D', `execution.checkpointing.dir=s3://${server.bucket}/embedded`];
    const first = new WeirProcess(workspace.path, runArguments('embedded', ...options));
    await untilCheckpoints(first, 2);
    await first.kill();
    const second = new WeirProcess(workspace.path, runArguments('embedded', ...options, '--resume'));
    const outcome = await second.outcome;
    expect(outcome.out).toContain('goes on from its last completed checkpoint');
    expectTheReference(outcome, 'embedded');
  });

  it('when a TaskManager and the leading JobManager of a cluster are killed / then the output is the same', async () => {
    const cluster = await LocalCluster.start(
      workspace.path, '--jobmanagers', '2', '--taskmanagers', '2', '--slots', '2', ...definitions, '-D', `high-availability.storageDir=s3://${server.bucket}/cluster`,
    );
    try {
      const process = cluster.run(...runArguments('clustered', '-p', '2').slice(1));
      await untilCheckpoints(process, 1);
      cluster.kill('tm-1');
      await untilCheckpoints(process, 2);
      cluster.kill(cluster.leader());
      expectTheReference(await process.outcome, 'clustered');
    } finally {
      await cluster.end();
    }
  });
});
