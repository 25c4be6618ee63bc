/** The Dispatcher with real JobMasters in its own system: jobs of a cluster without TaskManagers are accepted, wait, survive the leader, and can be cancelled. */
import { describe, expect, it } from '@jest/globals';
import { ActorSystem } from '@weir/actor';
import { Configuration, jobId, type JobId } from '@weir/base';
import { CollectSink, SequenceSource } from '@weir/connector';
import type { JobProgram, OperatorSpec, StreamNode } from '@weir/graph';
import { MemoryHighAvailability, MemoryLeaderRegister } from '@weir/ports';
import { SimulatedWorld } from '@weir/testing';
import { WatermarkStrategy } from '@weir/time';
import { JobManager, JobStore, LocalJobMasterHost } from '../src/index.js';
import { artifact, request, sha256 } from './support/job-managers.js';

const JOB = jobId('0123456789abcdef0123456789abcdef');

const program: JobProgram = {
  jobName: 'copy',
  instantiate: () => {
    const specs: readonly OperatorSpec[] = [
      { kind: 'source', source: new SequenceSource(0, 9), watermarks: WatermarkStrategy.noWatermarks() }, { kind: 'sink', sink: new CollectSink() },
    ];
    const nodes = specs.map((spec, i): StreamNode => ({
      id: i + 1, name: `node ${i}`, uid: `node ${i}`, spec, parallelism: 2, maxParallelism: undefined, slotSharingGroup: 'default', chaining: 'always', keySelectors: [], outputType: undefined,
    }));
    return { jobName: 'copy', nodes, edges: [{ sourceId: 1, targetId: 2, inputIndex: 0, partitioner: { kind: 'forward' }, sideOutputId: undefined }] };
  },
};

class Cluster {
  readonly world = new SimulatedWorld({ seed: 'real job masters' });
  private readonly register = new MemoryLeaderRegister();
  private readonly registers = new Map<JobId, MemoryHighAvailability>();

  highAvailability(id: JobId): MemoryHighAvailability {
    let register = this.registers.get(id);
    if (register === undefined) this.registers.set(id, (register = new MemoryHighAvailability()));
    return register;
  }

  start(name: string): JobManager {
    const { clock, timers, random, logger, control, files, highAvailability } = this.world.node(name);
    const system = new ActorSystem({ node: name, clock, timers, random: random.stream('actors'), logger, control });
    const store = new JobStore({ files, directory: '/cluster', sha256 });
    const configuration = Configuration.empty;
    const jobHighAvailability = (id: JobId): MemoryHighAvailability => this.highAvailability(id);
    const host = new LocalJobMasterHost({
      system, configuration, highAvailability: jobHighAvailability, checkpointDirectory: (id) => store.checkpointDirectory(id),
      programs: { load: async ({ artifactHash }) => ((await store.artifact(artifactHash)).code === 'broken' ? Promise.reject(new Error('no module')) : program) },
      services: (_submission, path) => ({ files, clock, timers, logger, random: random.stream(path) }),
    });
    const manager = new JobManager({
      node: name, restUrl: '', system, clock, random: random.stream('job manager'), register: this.register.as(name), highAvailability, jobHighAvailability, store, host,
      configuration, onFatalError: ({ message }) => expect(message).toBe('none'),
    });
    manager.start();
    return manager;
  }
}

describe('real JobMasters under a Dispatcher', () => {
  it('given no TaskManager / then a job is accepted, waits with its need told, survives the leader, and can be cancelled', async () => {
    const cluster = new Cluster();
    const { world } = cluster;
    let manager = cluster.start('jm-1');
    await world.until(() => manager.leads() !== undefined);
    await world.resolved(manager.gateway().addArtifact(artifact()));
    expect((await world.resolved(manager.gateway().plan(request()))).name).toBe('copy');
    await world.resolved(manager.gateway().submit(request({ jobId: JOB })));
    const waits = async (): Promise<void> => {
      await world.runFor(3000);
      expect(await world.resolved(manager.gateway().job(JOB))).toMatchObject({ status: { jobName: 'copy' }, missingSlots: 2, endedAtMs: 0, artifactHash: artifact().hash });
    };
    await waits();
    expect(await world.resolved(manager.gateway().overview())).toMatchObject({ taskManagers: 0, slotsTotal: 0, leader: 'jm-1', epoch: 1 });
    world.restart('jm-1');
    manager = cluster.start('jm-1');
    await world.until(() => manager.leads() !== undefined);
    await waits();
    expect((await world.resolved(manager.gateway().job(JOB))).plan.nodes).toHaveLength(1);
    expect((await cluster.highAvailability(JOB).readRegister(JOB))?.value).toMatchObject({ status: 'running', epoch: 2 });
    await world.resolved(manager.gateway().cancel(JOB));
    await world.runFor(1000);
    expect((await world.resolved(manager.gateway().job(JOB))).status.state).toBe('canceled');
    expect((await cluster.highAvailability(JOB).readRegister(JOB))?.value.status).toBe('canceled');
  });

  it('given a program that cannot be loaded / then the submission is rejected and the job has failed', async () => {
    const cluster = new Cluster();
    const { world } = cluster;
    const manager = cluster.start('jm-1');
    await world.until(() => manager.leads() !== undefined);
    const broken = artifact('broken');
    await world.resolved(manager.gateway().addArtifact(broken));
    await expect(world.resolved(manager.gateway().submit(request({ jobId: JOB, artifactHash: broken.hash })))).rejects.toMatchObject({ message: 'no module' });
    expect((await world.resolved(manager.gateway().job(JOB))).status.state).toBe('failed');
  });
});
