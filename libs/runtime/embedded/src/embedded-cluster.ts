/**
 * A whole cluster in one thread: two logical nodes, `jm` (ResourceManager, one JobMaster per job and its client) and `tm-1` (TaskExecutor, slots,
 * tasks), that talk over the given transport as separate processes would. This file wires and waits; it decides nothing.
 *
 *  E1  after `close` no actor, timer, subscription or connection of this cluster is left (I13);
 *  E2  `close` suspends: what runs can be resumed as after a crash, from its last completed checkpoint.
 */
import { ActorSystem, type ActorSystemCounts, type ActorRef } from '@weir/actor';
import { Configuration, type FailureInfo, type JobId } from '@weir/base';
import {
  ClusterClosedError, clusterOptions, compileJob, type CreateTask, InProcessArtifacts, JobAlreadyRunningError, JobMasterActor, type JobMasterMessage,
  LocalSlotHost, ResourceManagerActor, type ResourceManagerMessage, type SlotHost, TaskExecutorActor, type TaskManagerResources,
} from '@weir/cluster';
import { checkpointOptions, FileCheckpointStorage, type SnapshotStorage } from '@weir/checkpoint';
import type { JobProgram } from '@weir/graph';
import type { Clock, Connection, FileStore, Logger, Meter, Random, Timers, Transport } from '@weir/ports';
import type { StateBackendProvider } from '@weir/state';
import { taskFactory } from './create-task.js';
import type { EmbeddedJobOptions, JobHandle } from './embedded-job.js';
import { JobClientActor } from './job-client.actor.js';

export interface EmbeddedClusterOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly transport: Transport;
  readonly files: FileStore;
  readonly meter: Meter;
  /** What this process offers besides the heap. */
  readonly stateBackends?: readonly StateBackendProvider[];
  /** Makes the actor of a task; for tests of the cluster with tasks that follow a script. */
  readonly createTask?: CreateTask;
  /** Slots of all jobs together. Default: as many as are asked for. */
  readonly slots?: number;
  /** Where slots live. Default: in this thread. Elsewhere a job's program is found by its submission. */
  readonly slotHost?: SlotHost;
}

/** What differs from a distributed cluster when the user says nothing: a failure in one process is no outage to wait for. */
const EMBEDDED_DEFAULTS = Configuration.of({ [clusterOptions.failuresWithoutProgress.key]: '10' }, 'default');

/** Nobody asks one process for its machine. */
const NO_RESOURCES: TaskManagerResources = {
  host: 'localhost', processId: 0, startedAtMs: 0, cpuCores: 0, physicalMemory: 0, freeMemory: 0, heapUsed: 0, heapLimit: 0, residentMemory: 0,
};

interface LiveJob {
  readonly jobMaster: ActorRef<JobMasterMessage>;
  readonly client: JobClientActor;
}

interface Nodes {
  readonly connections: readonly Connection[];
  readonly jobManager: ActorSystem;
  readonly taskManager: ActorSystem;
  readonly resourceManager: ActorRef<ResourceManagerMessage>;
}

export class EmbeddedCluster {
  private nodes: Nodes | undefined;
  private closing: Promise<void> | undefined;
  private readonly artifacts = new InProcessArtifacts();
  private readonly storages = new Map<JobId, SnapshotStorage>();
  private readonly jobs = new Map<JobId, LiveJob>();
  /** Submissions by job: an address is used once, and a job may be submitted again after its end. */
  private readonly submissions = new Map<JobId, number>();

  constructor(private readonly options: EmbeddedClusterOptions) {}

  /** Once, before the first job. */
  async start(): Promise<void> {
    const { transport, files, clock, timers, random, logger, meter } = this.options;
    const jobManagerControl = await transport.connect('jm', 'control');
    const taskManagerControl = await transport.connect('tm-1', 'control');
    const data = await transport.connect('tm-1', 'data');
    const jobManager = this.system('jm', jobManagerControl);
    const taskManager = this.system('tm-1', taskManagerControl);
    const createTask = this.options.createTask ?? taskFactory({
      clock, timers, random: random.stream('tasks'), logger, files, metrics: meter.root(), data, dataByReference: transport.byReference,
      stateBackends: this.options.stateBackends ?? [], storageOf: (jobId) => this.storages.get(jobId) as SnapshotStorage,
    });
    const resourceManager = jobManager.spawn('resource-manager.1', new ResourceManagerActor({ epoch: 1, leader: 'jm', evenlySpread: true }));
    taskManager.spawn('task-executor', new TaskExecutorActor({
      slots: this.options.slots ?? Infinity, host: this.options.slotHost ?? new LocalSlotHost({ system: taskManager, artifacts: this.artifacts, createTask }), resources: () => NO_RESOURCES,
      resourceManagers: { currentResourceManager: () => resourceManager.address, onChange: () => ({ unsubscribe: () => undefined }) },
    }));
    this.nodes = { connections: [jobManagerControl, taskManagerControl, data], jobManager, taskManager, resourceManager };
  }

  /**
   * Starts a job and resolves when it is being deployed. Rejects with the coded error of anything that is wrong before: the graph
   * (`WEIR_GRAPH_…`), a restore that does not fit (`WEIR_RESTORE_MISMATCH`, `WEIR_UID_MISSING`), a sink's target, a damaged or lost checkpoint,
   * `WEIR_JOB_ALREADY_FINISHED`, `WEIR_JOB_ALREADY_RUNNING`, `WEIR_JOB_HISTORY_EXISTS`, `WEIR_CLUSTER_CLOSED`.
   */
  async submit(program: JobProgram, options: EmbeddedJobOptions): Promise<JobHandle> {
    const { nodes } = this;
    const { jobId } = options;
    if (nodes === undefined || this.closing !== undefined) throw new ClusterClosedError();
    if (this.jobs.has(jobId)) throw new JobAlreadyRunningError(jobId);
    const configuration = EMBEDDED_DEFAULTS.merge(options.configuration);
    const inlineThresholdBytes = configuration.get(checkpointOptions.inlineThreshold);
    this.artifacts.add(jobId, () => compileJob(program, configuration).job);
    this.storages.set(jobId, new FileCheckpointStorage({ files: this.options.files, directory: options.checkpointDirectory, inlineThresholdBytes }));
    const job = this.spawnJob(nodes, program, { ...options, configuration });
    this.jobs.set(jobId, job);
    const forget = (): void => this.forget(jobId);
    job.client.result.then(forget, forget);
    try {
      await job.client.accepted;
    } catch (rejected) {
      forget();
      throw rejected;
    }
    return {
      jobId,
      status: () => job.client.lastStatus,
      onEvent: (listener) => job.client.onEvent(listener),
      result: job.client.result,
      cancel: () => job.jobMaster.tell({ type: 'cancel-job' }),
      savepoint: ({ triggerId = this.options.random.hex(16), targetDirectory, then }) => {
        const path = job.client.savepoint(triggerId);
        job.jobMaster.tell({ type: 'take-savepoint', triggerId, then, ...(targetDirectory === undefined ? {} : { targetDirectory }) });
        return path;
      },
    };
  }

  /** Suspends what runs, stops all actors and closes the connections. May be called twice. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  /** What is alive on both nodes; all zero after `close`. */
  counts(): ActorSystemCounts {
    const counts = this.nodes === undefined ? [] : [this.nodes.jobManager.counts(), this.nodes.taskManager.counts()];
    const sum = (read: (one: ActorSystemCounts) => number): number => counts.reduce((total, one) => total + read(one), 0);
    return { actors: sum((c) => c.actors), timers: sum((c) => c.timers), subscriptions: sum((c) => c.subscriptions), pendingAsks: sum((c) => c.pendingAsks), unacknowledged: sum((c) => c.unacknowledged) };
  }

  /** Messages that were put into actors' mailboxes since the start; 0 when closed. For metrics. */
  deliveredMessages(): number {
    return this.nodes === undefined ? 0 : this.nodes.jobManager.totals().delivered + this.nodes.taskManager.totals().delivered;
  }

  private spawnJob(nodes: Nodes, program: JobProgram, options: EmbeddedJobOptions): LiveJob {
    const { clock, timers, random, logger, files } = this.options;
    const { jobId } = options;
    const submission = (this.submissions.get(jobId) ?? 0) + 1;
    this.submissions.set(jobId, submission);
    const name = submission === 1 ? jobId : `${jobId}.${submission}`;
    const client = new JobClientActor(jobId);
    const clientRef = nodes.jobManager.spawn(`client/${name}`, client);
    const jobMaster = nodes.jobManager.spawn(`job/${name}`, new JobMasterActor({
      ...options, program, client: clientRef.address, resourceManager: nodes.resourceManager.address,
      services: { clock, timers, random: random.stream(`job ${name}`), logger: logger.child({ jobId }), files },
    }));
    clientRef.tell({ type: 'follow', jobMaster: jobMaster.address });
    return { jobMaster, client };
  }

  private forget(jobId: JobId): void {
    this.jobs.delete(jobId);
    this.artifacts.remove(jobId);
    this.storages.delete(jobId);
  }

  private async closeAll(): Promise<void> {
    const { nodes } = this;
    if (nodes === undefined) return;
    const live = [...this.jobs.values()];
    for (const { jobMaster } of live) jobMaster.tell({ type: 'suspend-job' }); // E2
    await Promise.all(live.map(({ client }) => client.accepted.then(() => client.result, () => undefined)));
    await nodes.jobManager.shutdown();
    await nodes.taskManager.shutdown();
    for (const connection of nodes.connections) await connection.close();
  }

  private system(node: string, control: Connection): ActorSystem {
    const { clock, timers, random, logger } = this.options;
    return new ActorSystem({
      node, clock, timers, random: random.stream(`actors of ${node}`), logger, control,
      failureSink: (address: string, failure: FailureInfo) => logger.log('error', 'an actor of the cluster failed', { address, code: failure.code, error: failure.message, stack: failure.stack }),
    });
  }
}
