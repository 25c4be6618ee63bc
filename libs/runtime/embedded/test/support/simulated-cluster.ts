/** An embedded cluster under virtual time. */
import { Configuration, jobId } from '@weir/base';
import type { CreateTask } from '@weir/cluster';
import { InMemoryMeter } from '@weir/ports';
import type { SimulatedWorld } from '@weir/testing';
import { EmbeddedCluster, type EmbeddedJobOptions } from '../../src/index.js';

export const JOB = jobId('0123456789abcdef0123456789abcdef');

export async function simulatedCluster(world: SimulatedWorld, createTask?: CreateTask): Promise<EmbeddedCluster> {
  const { clock, timers, random, logger, files } = world.node('process');
  const cluster = new EmbeddedCluster({
    clock, timers, random, logger, files, transport: world.transport, meter: new InMemoryMeter(), ...(createTask === undefined ? {} : { createTask }),
  });
  await world.resolved(cluster.start());
  return cluster;
}

export function jobOptions(world: SimulatedWorld, values: Readonly<Record<string, string>> = {}, over: Partial<EmbeddedJobOptions> = {}): EmbeddedJobOptions {
  return {
    jobId: JOB, checkpointDirectory: `/checkpoints/${JOB}`, highAvailability: world.node('process').highAvailability,
    configuration: Configuration.of(values, 'program'), start: 'fresh', earlierJobIds: [], ...over,
  };
}
