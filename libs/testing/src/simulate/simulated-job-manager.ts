/** One life of a JobManager process: the production roles on a simulated node, JobMasters in its own actor system. */
import { ActorSystem } from '@weir/actor';
import { JobManager, LocalJobMasterHost } from '@weir/cluster';
import type { SimulatedNode } from '../simulation/simulated-node.js';
import { clusterHighAvailability, type ClusterGround, diskOf, jobHighAvailability, jobStoreOn, observedHighAvailability } from './cluster-ground.js';
import { CountingTimers } from './counting-timers.js';

export class SimulatedJobManager {
  readonly node: SimulatedNode;
  readonly system: ActorSystem;
  readonly manager: JobManager;
  private readonly timers: CountingTimers;

  constructor(ground: ClusterGround, name: string) {
    const { world, configuration, register, program, fatal, checkpointCompleted, seen } = ground;
    const node = world.node(name);
    this.node = node;
    this.timers = new CountingTimers(node.timers);
    const { clock, random, logger, control } = node;
    const files = diskOf(ground, node);
    const store = jobStoreOn(files);
    this.system = new ActorSystem({ node: name, clock, timers: this.timers, random: random.stream('actors'), logger, control });
    const highAvailability = (jobId: Parameters<typeof jobHighAvailability>[1]): ReturnType<typeof jobHighAvailability> =>
      observedHighAvailability(jobHighAvailability(files, jobId), checkpointCompleted, seen);
    this.manager = new JobManager({
      node: name, restUrl: `http://${name}`, system: this.system, clock, random: random.stream('job manager'), register: register.through(node),
      highAvailability: clusterHighAvailability(files), jobHighAvailability: highAvailability, store, configuration,
      onFatalError: ({ code, message }) => fatal(`${name}: ${code} ${message}`),
      host: new LocalJobMasterHost({
        system: this.system, configuration, highAvailability, checkpointDirectory: (jobId) => store.checkpointDirectory(jobId),
        programs: {
          load: async ({ artifactHash }) => {
            await store.artifact(artifactHash);
            return program;
          },
        },
        services: ({ jobId }, path) => ({ clock, timers: this.timers, random: random.stream(path), logger: logger.child({ jobId }), files }),
      }),
    });
    this.manager.start();
  }

  /** Hands over and ends, as by SIGTERM. */
  async close(): Promise<void> {
    await this.manager.stop();
    await this.system.shutdown();
    await this.node.control.close();
  }

  leftovers(): Record<string, number> {
    return { ...this.system.counts(), ports: this.timers.live };
  }
}
