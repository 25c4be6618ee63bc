/**
 * A cluster of several simulated processes: one that leads, TaskManagers, and each JobMaster and each slot a node of its own, as in production, so that each
 * of them can be killed or stand still alone, and all messages between them cross the network. Under virtual time.
 */
import { ActorSystem, type ActorAddress, type ActorRef } from '@weir/actor';
import { Configuration, type FailureInfo, type JobId } from '@weir/base';
import { checkpointOptions, FileCheckpointStorage } from '@weir/checkpoint';
import {
  compileJob, type CreateTask, InProcessArtifacts, type JobClientMessage, JobMasterActor, type JobMasterMessage, LeaderTracker, resourceManagerAddress,
  ResourceManagerActor, type ResourceManagerMessage, SlotActor, type SlotAssignment, type SlotHost, TaskExecutorActor,
} from '@weir/cluster';
import type { JobProgram } from '@weir/graph';
import { type Connection, InMemoryMeter, MemoryHighAvailability, MemoryLeaderRegister, type Subscription } from '@weir/ports';
import type { SimulatedNode, SimulatedWorld } from '@weir/testing';
import { taskFactory } from '../../src/create-task.js';
import { JobClientActor } from '../../src/job-client.actor.js';

export interface RunningJob {
  readonly jobId: JobId;
  readonly client: JobClientActor;
  readonly jobMaster: ActorRef<JobMasterMessage>;
  /** All that its client heard. */
  readonly heard: readonly JobClientMessage[];
}

interface TaskManager {
  readonly system: ActorSystem;
  readonly host: NodeSlotHost;
  readonly tracker: LeaderTracker;
}

export class SeveralNodes {
  readonly register = new MemoryLeaderRegister();
  readonly artifacts = new InProcessArtifacts();
  readonly taskManagers = new Map<string, TaskManager>();
  readonly leader: ActorSystem;
  private epoch = 0;
  private resourceManagerRef: ActorRef<ResourceManagerMessage> | undefined;
  private readonly jobs: RunningJob[] = [];
  private readonly jobSystems: ActorSystem[] = [];

  /** `onControl`: hears each control message of each node. */
  constructor(readonly world: SimulatedWorld, private readonly createTask?: CreateTask, private readonly onControl?: (message: unknown) => void) {
    this.leader = this.system(world.node('jm-1'));
    this.newResourceManager();
  }

  get resourceManager(): ActorRef<ResourceManagerMessage> {
    return this.resourceManagerRef as ActorRef<ResourceManagerMessage>;
  }

  /** Ends the old one, if there is one; whoever leads next knows nothing. */
  newResourceManager(): void {
    if (this.resourceManagerRef !== undefined) this.leader.stop(this.resourceManagerRef.address);
    const epoch = ++this.epoch;
    this.resourceManagerRef = this.leader.spawn(`resource-manager.${epoch}`, new ResourceManagerActor({ epoch, leader: 'jm-1', evenlySpread: true }));
    const version = this.register.current?.version ?? 0;
    void this.register.compareAndSet(version, { epoch, leader: 'jm-1', restUrl: '', nonce: 'n', renewCount: 0 });
    for (const { jobMaster } of this.jobs) this.leader.tell(jobMaster.address, { type: 'follow-resource-manager', resourceManager: resourceManagerAddress({ epoch, leader: 'jm-1' }) });
  }

  startTaskManager(name: string, slots: number): void {
    const node = this.world.node(name);
    const own = this.system(node);
    const tracker = new LeaderTracker({ register: this.register, timers: node.timers, logger: node.logger });
    const host = new NodeSlotHost(this.world, name, (slot) => this.system(slot), (slot, assignment) => this.slotActor(slot, assignment));
    tracker.start();
    own.spawn('task-executor', new TaskExecutorActor({
      slots, host, resourceManagers: tracker,
      resources: () => ({ host: name, processId: 1, startedAtMs: 0, cpuCores: 2, physicalMemory: 1, freeMemory: 1, heapUsed: 1, heapLimit: 1, residentMemory: 1 }),
    }));
    this.taskManagers.set(name, { system: own, host, tracker });
  }

  /** kill -9: with all its slots. */
  killTaskManager(name: string): void {
    for (const slot of this.taskManagers.get(name)?.host.nodes() ?? []) this.world.crash(slot);
    this.taskManagers.get(name)?.tracker.close();
    this.taskManagers.delete(name);
    this.world.crash(name);
  }

  slots(name: string): readonly string[] {
    return this.taskManagers.get(name)?.host.nodes() ?? [];
  }

  submit(jobId: JobId, program: JobProgram, values: Readonly<Record<string, string>> = {}): RunningJob {
    const node = this.world.node(`jm-1-job-${this.jobs.length + 1}`);
    const own = this.system(node);
    this.jobSystems.push(own);
    const { clock, timers, random, logger, files } = node;
    const configuration = Configuration.of(values, 'program');
    this.artifacts.add(jobId, () => compileJob(program, configuration).job);
    const heard: JobClientMessage[] = [];
    const client = new JobClientActor(jobId);
    const receive = client.receive.bind(client);
    client.receive = (message, context) => {
      if (message.type !== 'follow' && message.type !== 'job-master-gone') heard.push(message);
      receive(message, context);
    };
    const clientRef = this.leader.spawn(`client/${jobId}`, client);
    const jobMaster = own.spawn(`job/${jobId}`, new JobMasterActor({
      program, jobId, checkpointDirectory: `/checkpoints/${jobId}`, highAvailability: new MemoryHighAvailability(), configuration, start: 'fresh', earlierJobIds: [], client: clientRef.address,
      resourceManager: this.resourceManager.address, services: { clock, timers, random: random.stream(jobId), logger, files },
    }));
    clientRef.tell({ type: 'follow', jobMaster: jobMaster.address });
    const job = { jobId, client, jobMaster, heard };
    this.jobs.push(job);
    return job;
  }

  async close(): Promise<void> {
    for (const own of this.jobSystems) await own.shutdown();
    await this.leader.shutdown();
    for (const { system: own, host, tracker } of this.taskManagers.values()) {
      tracker.close();
      await own.shutdown();
      await host.closeAll();
    }
  }

  /** What is left alive anywhere. */
  systems(): readonly ActorSystem[] {
    return [this.leader, ...this.jobSystems, ...[...this.taskManagers.values()].map(({ system }) => system)];
  }

  private system(node: SimulatedNode): ActorSystem {
    const { clock, timers, random, logger } = node;
    const control = this.world.transport.open(node, 'control', node.name);
    return new ActorSystem({
      node: node.name, clock, timers, random, logger, control: this.onControl === undefined ? control : observed(control, this.onControl),
      failureSink: (address: string, failure: FailureInfo) => logger.log('error', 'an actor failed', { address, error: failure.message, stack: failure.stack }),
    });
  }

  private slotActor(node: SimulatedNode, assignment: SlotAssignment): SlotActor {
    const { clock, timers, random, logger, files } = node;
    const { job } = assignment;
    const configuration = Configuration.of(job.configuration, 'program');
    const createTask = this.createTask ?? taskFactory({
      clock, timers, random, logger, files, metrics: new InMemoryMeter().root(), data: this.world.transport.open(node, 'data', node.name), dataByReference: true,
      storageOf: () => new FileCheckpointStorage({ files, directory: job.checkpointDirectory, inlineThresholdBytes: configuration.get(checkpointOptions.inlineThreshold) }),
    });
    return new SlotActor({ ...assignment, artifacts: this.artifacts, createTask });
  }
}

/** Tells of each message before it goes. */
function observed(inner: Connection, onMessage: (message: unknown) => void): Connection {
  return {
    nodeId: inner.nodeId, purpose: inner.purpose,
    publish: (subject, message) => {
      onMessage(message);
      inner.publish(subject, message);
    },
    publishExpectingReceiver: (subject, message, onNoReceiver) => {
      onMessage(message);
      inner.publishExpectingReceiver(subject, message, onNoReceiver);
    },
    subscribe: (subject, handler) => inner.subscribe(subject, handler),
    onDisconnect: (listener) => inner.onDisconnect(listener),
    flush: () => inner.flush(),
    close: () => inner.close(),
  };
}

/** Each slot is a node that can die or stand still: what a worker thread is to its TaskManager. */
class NodeSlotHost implements SlotHost {
  private readonly systems = new Map<ActorAddress, ActorSystem>();

  constructor(
    private readonly world: SimulatedWorld, private readonly taskManager: string, private readonly system: (node: SimulatedNode) => ActorSystem,
    private readonly slotActor: (node: SimulatedNode, assignment: SlotAssignment) => SlotActor,
  ) {}

  /** Names of nodes that were not closed. */
  nodes(): readonly string[] {
    return [...this.systems.values()].map(({ node }) => node);
  }

  open(name: string, assignment: SlotAssignment): Promise<ActorAddress> {
    const node = this.world.node(`${this.taskManager}-${name}`);
    const own = this.system(node);
    const { address } = own.spawn('slot', this.slotActor(node, assignment));
    this.systems.set(address, own);
    return Promise.resolve(address);
  }

  close(address: ActorAddress): Promise<void> {
    const own = this.systems.get(address);
    this.systems.delete(address);
    if (own !== undefined) this.world.crash(own.node);
    return Promise.resolve();
  }

  onLost(): Subscription {
    return { unsubscribe: () => undefined };
  }

  async closeAll(): Promise<void> {
    for (const address of [...this.systems.keys()]) await this.close(address);
  }
}
