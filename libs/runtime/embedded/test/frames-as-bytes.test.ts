/** Whole jobs over a transport that carries bytes, as between threads and processes: the same output, also after restarts. */
import { describe, expect, it } from '@jest/globals';
import { SimulatedWorld } from '@weir/testing';
import { clusterOfBytes } from './support/byte-transport.js';
import { expectedTotals, ReduceJob } from './support/reduce-job.js';
import { jobOptions } from './support/simulated-cluster.js';

describe('jobs whose frames are bytes', () => {
  it.each([2, 3])('given parallelism %i / when the job ends / then its output is that of plain arithmetic', async (parallelism) => {
    const world = new SimulatedWorld({ seed: parallelism });
    const { cluster, transport } = await clusterOfBytes(world);
    const job = new ReduceJob({ parallelism, last: 4999 });
    const result = await world.resolved((await world.resolved(cluster.submit(job.program, jobOptions(world)))).result);
    expect({ state: result.state, failure: result.failure?.message }).toEqual({ state: 'finished', failure: undefined });
    expect(job.totals()).toEqual(expectedTotals(4999));
    expect(job.sink.results()).toHaveLength(5000);
    expect(transport.frames).toBeGreaterThan(10);
    await world.resolved(cluster.close());
  });

  it('given checkpoints and a function that throws once / then the output is exact', async () => {
    const world = new SimulatedWorld({ seed: 'bytes, throws once' });
    const { cluster } = await clusterOfBytes(world);
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
    const result = await world.resolved(handle.result);
    expect({ state: result.state, restarts: result.status.restarts }).toEqual({ state: 'finished', restarts: 1 });
    expect(job.totals()).toEqual(expectedTotals(1999));
    expect(job.sink.results()).toHaveLength(2000);
    await world.resolved(cluster.close());
  });
});
