/**
 * Checkpoints under sustained backpressure, in whole jobs under virtual time: with barriers that overtake they complete soon, without losing or doubling a
 * record, also when the job goes on at another parallelism.
 */
import { describe, expect, it } from '@jest/globals';
import { type CheckpointMetadata, readMetadata } from '@weir/checkpoint';
import type { JobEvent } from '@weir/cluster';
import { SimulatedWorld } from '@weir/testing';
import type { JobHandle } from '../src/index.js';
import { BackpressuredJob } from './support/backpressured-job.js';
import { bytesCluster } from './support/byte-transport.js';
import { JOB, jobOptions, simulatedCluster } from './support/simulated-cluster.js';

const ALIGNED_TIMEOUT_MS = 100;
const UNALIGNED = {
  'execution.checkpointing.interval': '300 ms', 'execution.checkpointing.unaligned.enabled': 'true',
  'execution.checkpointing.aligned-checkpoint-timeout': `${ALIGNED_TIMEOUT_MS} ms`, 'taskmanager.network.frame-records': '8',
};
const completions = (handle: JobHandle): number[] => {
  const durations: number[] = [];
  handle.onEvent((event: JobEvent) => { if (event.type === 'checkpoint-completed') durations.push(event.checkpoint.durationMs); });
  return durations;
};
const clusters = { 'by reference': simulatedCluster, 'as bytes': bytesCluster };

describe.each(Object.entries(clusters))('given a slow sink and frames %s', (_name, start) => {
  it.each([1, 2, 3, 4])('and parallelism %i / when barriers overtake / then checkpoints complete within twice the aligned timeout and the output is exact', async (parallelism) => {
    const world = new SimulatedWorld({ seed: parallelism });
    const cluster = await start(world);
    let failed = false;
    const job = new BackpressuredJob({
      records: 400 * parallelism, msPerRecord: 10,
      onNumber: (value) => {
        if (failed || value !== 300 * parallelism) return;
        failed = true;
        throw new Error('in the middle');
      },
    });
    const handle = await world.resolved(cluster.submit(job.program(parallelism), jobOptions(world, UNALIGNED)));
    const durations = completions(handle);
    const result = await world.resolved(handle.result);
    expect({ state: result.state, failure: result.failure?.message }).toEqual({ state: 'finished', failure: undefined });
    expect(job.wrong()).toEqual([]);
    expect(durations.length).toBeGreaterThan(5);
    expect(Math.max(...durations)).toBeLessThanOrEqual(2 * ALIGNED_TIMEOUT_MS);
    await world.resolved(cluster.close());
  });

  it.each([[[4, 2, 3, 1, 4]], [[1, 3, 2, 1]], [[2, 4, 4, 3]]])('when the job goes on at parallelism %j from one unaligned checkpoint to the next / then the output is exact', async (parallelisms) => {
    const world = new SimulatedWorld({ seed: parallelisms.join() });
    const job = new BackpressuredJob({ records: 3600, msPerRecord: 2 });
    for (const [life, parallelism] of parallelisms.entries()) {
      const last = life === parallelisms.length - 1;
      const cluster = await start(world);
      const options = jobOptions(world, { ...UNALIGNED, 'execution.checkpointing.interval': '150 ms', 'execution.checkpointing.aligned-checkpoint-timeout': '10 ms' }, { start: life === 0 ? 'fresh' : 'resume' });
      const handle = await world.resolved(cluster.submit(job.program(parallelism), options));
      const durations = completions(handle);
      // The second life ends in the middle of its replay: what is left of it is stored once more.
      if (!last) await world.until(() => durations.length >= (life === 1 ? 1 : 2));
      if (!last) handle.cancel();
      expect((await world.resolved(handle.result)).state).toBe(last ? 'finished' : 'canceled');
      await world.resolved(cluster.close());
      if (!last) expect((await latestCheckpoint(world)).subtasks.flatMap(({ inFlight = [] }) => inFlight).length).toBeGreaterThan(0);
    }
    expect(job.wrong()).toEqual([]);
  });
});

describe('given a slow sink', () => {
  it('when barriers stay in line / then a checkpoint takes as long as what waits in front of it', async () => {
    const world = new SimulatedWorld({ seed: 'in line' });
    const cluster = await simulatedCluster(world);
    const job = new BackpressuredJob({ records: 1200, msPerRecord: 5 });
    const handle = await world.resolved(cluster.submit(job.program(2), jobOptions(world, { ...UNALIGNED, 'execution.checkpointing.unaligned.enabled': 'false' })));
    const durations = completions(handle);
    await world.resolved(handle.result);
    expect(job.wrong()).toEqual([]);
    expect(durations[0]).toBeGreaterThan(4 * ALIGNED_TIMEOUT_MS);
    await world.resolved(cluster.close());
  });

  it('when more than one checkpoint may be under way / then the job is refused by code', async () => {
    const world = new SimulatedWorld({ seed: 'two at a time' });
    const cluster = await simulatedCluster(world);
    const submitted = cluster.submit(new BackpressuredJob({ records: 1, msPerRecord: 1 }).program(1), jobOptions(world, { ...UNALIGNED, 'execution.checkpointing.max-concurrent-checkpoints': '2' }));
    await expect(world.resolved(submitted)).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_OPTIONS' });
    await world.resolved(cluster.close());
  });
});

async function latestCheckpoint(world: SimulatedWorld): Promise<CheckpointMetadata> {
  const register = await world.resolved(world.node('process').highAvailability.readRegister(JOB));
  return world.resolved(readMetadata(world.node('process').files, register?.value.lastCompletedCheckpoint?.path as string));
}
