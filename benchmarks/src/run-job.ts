/** Runs a job in the embedded cluster of this process, with real files for its checkpoints. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration, jobId } from '@weir/base';
import type { JobResult } from '@weir/cluster';
import { jobProgram, type JobDefinition } from '@weir/datastream';
import { EmbeddedCluster } from '@weir/embedded';
import { SystemClock, SystemRandom, SystemTimers } from '@weir/host-node';
import { type MetricGroup, silentLogger } from '@weir/ports';
import { leveldbStateBackend } from '@weir/state-leveldb';
import { FileHighAvailability, LocalFileStore } from '@weir/storage-fs';
import { InProcessTransport } from '@weir/transport-in-process';

const noMetrics: MetricGroup = { group: () => noMetrics, observe: () => undefined, close: () => undefined };

/** Runs to the end and throws when the job failed. */
export async function runJob(definition: JobDefinition<unknown>, settings: Readonly<Record<string, string>>): Promise<JobResult> {
  const directory = await mkdtemp(join(tmpdir(), 'weir-bench-'));
  const timers = new SystemTimers();
  const random = new SystemRandom();
  const files = new LocalFileStore();
  const cluster = new EmbeddedCluster({
    clock: new SystemClock(), timers, random, files, logger: silentLogger, transport: new InProcessTransport(timers), meter: { root: () => noMetrics },
    stateBackends: [leveldbStateBackend],
  });
  await cluster.start();
  try {
    const configuration = Configuration.of(settings, 'program');
    const handle = await cluster.submit(jobProgram(definition, {}, configuration), {
      jobId: jobId(random.hex(16)), checkpointDirectory: join(directory, 'checkpoints'), highAvailability: new FileHighAvailability(files, join(directory, 'ha')),
      configuration, start: 'fresh', earlierJobIds: [],
    });
    const result = await handle.result;
    if (result.state !== 'finished') throw new Error(`job ${definition.name} ${result.state}: ${JSON.stringify(result.failure)}`);
    return result;
  } finally {
    await cluster.close();
    await rm(directory, { recursive: true, force: true });
  }
}
