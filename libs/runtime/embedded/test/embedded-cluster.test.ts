/** The whole runtime, with real tasks, under virtual time. */
import { describe, expect, it } from '@jest/globals';
import type { JobEvent } from '@weir/cluster';
import { SimulatedWorld } from '@weir/testing';
import { expectedTotals, ReduceJob } from './support/reduce-job.js';
import { jobOptions, simulatedCluster } from './support/simulated-cluster.js';

describe('EmbeddedCluster', () => {
  for (const parallelism of [1, 3]) {
    it(`given a bounded job at parallelism ${parallelism} / when it runs to its end / then all of its output is committed and nothing is left running`, async () => {
      const world = new SimulatedWorld({ seed: parallelism });
      const cluster = await simulatedCluster(world);
      const job = new ReduceJob({ parallelism });
      const handle = await world.resolved(cluster.submit(job.program, jobOptions(world)));
      const result = await world.resolved(handle.result);
      expect({ state: result.state, failure: result.failure?.message, restarts: result.status.restarts }).toEqual({ state: 'finished', failure: undefined, restarts: 0 });
      expect(job.totals()).toEqual(expectedTotals(999));
      expect(job.sink.results()).toHaveLength(1000);
      expect(result.status.vertices.flatMap(({ operators }) => operators).find(({ name }) => name === 'sum')?.recordsIn).toBe(1000);
      expect(result.status.progress).toBe(1);
      await world.resolved(cluster.close());
      expect(cluster.counts()).toEqual({ actors: 0, timers: 0, subscriptions: 0, pendingAsks: 0, unacknowledged: 0 });
      expect(world.transport.subscriptionCount).toBe(0);
    });
  }

  it('given a job with checkpoints / when a function throws once in the middle / then it restarts from the last checkpoint and its output is exact', async () => {
    const world = new SimulatedWorld({ seed: 'throws once' });
    const cluster = await simulatedCluster(world);
    let thrown = false;
    const job = new ReduceJob({
      parallelism: 2, last: 1999, recordsPerSecond: 500,
      onNumber: (value) => {
        if (value !== 1500 || thrown) return;
        thrown = true;
        throw new Error('a bad number');
      },
    });
    const handle = await world.resolved(cluster.submit(job.program, jobOptions(world, { 'execution.checkpointing.interval': '300 ms' })));
    const events: JobEvent[] = [];
    handle.onEvent((event) => events.push(event));
    const result = await world.resolved(handle.result);
    expect({ state: result.state, failure: result.failure?.message, restarts: result.status.restarts }).toEqual({ state: 'finished', failure: undefined, restarts: 1 });
    expect(job.totals()).toEqual(expectedTotals(1999));
    expect(job.sink.results()).toHaveLength(2000);
    expect(events.filter(({ type }) => type === 'checkpoint-completed').length).toBeGreaterThan(2);
    await world.resolved(cluster.close());
    expect(cluster.counts().actors).toBe(0);
  });

  it('given a job that was cancelled / when it is resumed / then it goes on from its last checkpoint', async () => {
    const world = new SimulatedWorld({ seed: 'cancel and resume' });
    const cluster = await simulatedCluster(world);
    const job = new ReduceJob({ parallelism: 2, last: 1999, recordsPerSecond: 500 });
    const options = jobOptions(world, { 'execution.checkpointing.interval': '200 ms' });
    const first = await world.resolved(cluster.submit(job.program, options));
    await world.until(() => first.status().checkpoints.completed >= 3);
    first.cancel();
    expect((await world.resolved(first.result)).state).toBe('canceled');
    const events: JobEvent[] = [];
    const second = await world.resolved(cluster.submit(job.program, { ...options, start: 'resume' }));
    second.onEvent((event) => events.push(event));
    const result = await world.resolved(second.result);
    expect({ state: result.state, failure: result.failure?.message }).toEqual({ state: 'finished', failure: undefined });
    expect(job.totals()).toEqual(expectedTotals(1999));
    expect(job.sink.results()).toHaveLength(2000);
    expect(events.find(({ type }) => type === 'restored')).toMatchObject({ checkpointId: expect.any(Number), path: expect.stringContaining('chk-') });
    await expect(world.resolved(cluster.submit(job.program, { ...options, start: 'resume' }))).rejects.toMatchObject({ code: 'WEIR_JOB_ALREADY_FINISHED' });
    await world.resolved(cluster.close());
    expect(cluster.counts().actors).toBe(0);
  });

  it('given a running job / when the cluster closes / then the job is suspended and another cluster resumes it', async () => {
    const world = new SimulatedWorld({ seed: 'close and resume' });
    const job = new ReduceJob({ parallelism: 1, last: 999, recordsPerSecond: 500 });
    const options = jobOptions(world, { 'execution.checkpointing.interval': '200 ms' });
    const cluster = await simulatedCluster(world);
    const first = await world.resolved(cluster.submit(job.program, options));
    await world.until(() => first.status().checkpoints.completed >= 2);
    await world.resolved(cluster.close());
    expect(cluster.counts()).toEqual({ actors: 0, timers: 0, subscriptions: 0, pendingAsks: 0, unacknowledged: 0 });
    const successor = await simulatedCluster(world);
    const second = await world.resolved(successor.submit(job.program, { ...options, start: 'resume' }));
    expect((await world.resolved(second.result)).state).toBe('finished');
    expect(job.sink.results()).toHaveLength(1000);
    await world.resolved(successor.close());
  });

  it('given a function that always throws / when restarts are off / then the job fails with its error', async () => {
    const world = new SimulatedWorld({ seed: 'always throws' });
    const cluster = await simulatedCluster(world);
    const job = new ReduceJob({ parallelism: 1, onNumber: () => { throw new Error('never'); } });
    const handle = await world.resolved(cluster.submit(job.program, jobOptions(world, { 'restart-strategy.type': 'none' })));
    const result = await world.resolved(handle.result);
    expect({ state: result.state, code: result.failure?.code }).toEqual({ state: 'failed', code: 'WEIR_USER_CODE_FAILED' });
    expect(job.sink.results()).toEqual([]);
    await world.resolved(cluster.close());
    expect(cluster.counts().actors).toBe(0);
  });

  it('given a cluster that was not started / when a job is submitted / then it is refused by code', async () => {
    const world = new SimulatedWorld({ seed: 1 });
    const cluster = await simulatedCluster(world);
    await world.resolved(cluster.close());
    await expect(cluster.submit(new ReduceJob({ parallelism: 1 }).program, jobOptions(world))).rejects.toMatchObject({ code: 'WEIR_CLUSTER_CLOSED' });
  });
});
