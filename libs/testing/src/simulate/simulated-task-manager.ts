/** One life of a TaskManager process: a TaskExecutor on a simulated node, its slots and their tasks in the same actor system. */
import { ActorSystem } from '@weir/actor';
import { Configuration, type JobId } from '@weir/base';
import { checkpointOptions, FileCheckpointStorage } from '@weir/checkpoint';
import { compileJob, InProcessArtifacts, type JobArtifacts, type JobDescriptor, LeaderTracker, LocalSlotHost, TaskExecutorActor, type TaskManagerResources } from '@weir/cluster';
import { taskFactory } from '@weir/embedded';
import type { CompiledJob } from '@weir/graph';
import { InMemoryMeter } from '@weir/ports';
import type { TaskDeployment } from '@weir/task';
import type { SimulatedNode } from '../simulation/simulated-node.js';
import { type ClusterGround, diskOf, jobStoreOn } from './cluster-ground.js';
import { CountingTimers } from './counting-timers.js';
import { keyGroupFilesProvider } from './key-group-files.js';
import { LossyConnection } from './lossy-connection.js';

const NO_RESOURCES: TaskManagerResources = {
  host: 'localhost', processId: 0, startedAtMs: 0, cpuCores: 0, physicalMemory: 0, freeMemory: 0, heapUsed: 0, heapLimit: 0, residentMemory: 0,
};

export class SimulatedTaskManager {
  readonly node: SimulatedNode;
  readonly system: ActorSystem;
  readonly data: LossyConnection;
  readonly tracker: LeaderTracker;
  private readonly timers: CountingTimers;

  constructor(ground: ClusterGround, name: string, slots: number) {
    const { world, register } = ground;
    const node = world.node(name);
    this.node = node;
    this.timers = new CountingTimers(node.timers);
    const { timers } = this;
    const { clock, random, logger, control } = node;
    const files = diskOf(ground, node);
    this.data = new LossyConnection(node.data, world);
    this.system = new ActorSystem({ node: name, clock, timers, random: random.stream('actors'), logger, control });
    this.tracker = new LeaderTracker({ register: register.through(node), timers, logger });
    this.tracker.start();
    const storage = (jobId: JobId, { configuration, checkpointDirectory }: JobDescriptor): FileCheckpointStorage => new FileCheckpointStorage({
      files, directory: checkpointDirectory, inlineThresholdBytes: Configuration.of(configuration, 'program').get(checkpointOptions.inlineThreshold),
    });
    const jobs = new Map<JobId, FileCheckpointStorage>();
    const artifacts = new StoredPrograms(ground, async (job) => {
      await jobStoreOn(files).artifact(job.submission?.artifactHash ?? '');
      jobs.set(job.jobId, storage(job.jobId, job));
    });
    const createTask = taskFactory({
      clock, timers, random: random.stream('tasks'), logger, files, metrics: new InMemoryMeter().root(), data: this.data, dataByReference: node.transport.byReference, stateBackends: [keyGroupFilesProvider],
      storageOf: (jobId) => jobs.get(jobId) as FileCheckpointStorage,
    });
    this.system.spawn('task-executor', new TaskExecutorActor({
      slots, host: new LocalSlotHost({ system: this.system, artifacts, createTask }), resources: () => NO_RESOURCES, resourceManagers: this.tracker,
    }));
  }

  async close(): Promise<void> {
    await this.system.shutdown();
    this.tracker.close();
    await this.data.close();
    await this.node.control.close();
  }

  leftovers(): Record<string, number> {
    return { ...this.system.counts(), ports: this.timers.live };
  }
}

/** The job built anew from what the JobMaster sent of its configuration, as a slot thread does. */
class StoredPrograms implements JobArtifacts {
  private readonly programs = new InProcessArtifacts();

  constructor(private readonly ground: ClusterGround, private readonly fetch: (job: JobDescriptor) => Promise<void>) {}

  async prepare(job: JobDescriptor): Promise<void> {
    await this.fetch(job);
    const configuration = Configuration.of(job.configuration, 'program');
    this.programs.add(job.jobId, () => compileJob(this.ground.program, configuration).job);
  }

  instantiate(deployment: TaskDeployment): CompiledJob {
    return this.programs.instantiate(deployment);
  }
}
