/**
 * One life of the process that holds the cluster: a node of the world with a connection per role, a disk that can be slow, and counts of
 * what it has left behind.
 */
import { EmbeddedCluster } from '@weir/embedded';
import { type Connection, type ConnectionPurpose, InMemoryMeter, type Transport } from '@weir/ports';
import type { EventOwner } from '../simulation/event-loop.js';
import type { SimulatedNode } from '../simulation/simulated-node.js';
import type { SimulatedWorld } from '../simulation/simulated-world.js';
import { CountingTimers } from './counting-timers.js';
import type { Fault } from './faults.js';
import type { FaultTarget, Later } from './fault-target.js';
import { keyGroupFilesProvider } from './key-group-files.js';
import { LossyConnection } from './lossy-connection.js';
import { slowFiles } from './slow-files.js';

export const PROCESS = 'process';

export type Crash = 'process-crash' | 'power-cut';

export class SimulatedProcess implements FaultTarget {
  /** The process is to die now; whoever runs it sees to that. */
  crashDue: Crash | undefined;
  readonly node: SimulatedNode;
  readonly transport: ProcessTransport;
  readonly cluster: EmbeddedCluster;
  private readonly timers: CountingTimers;

  /** `diskDelayMs`: what a file operation takes now beside the usual. */
  constructor(private readonly world: SimulatedWorld, diskDelayMs: () => number) {
    const node = world.node(PROCESS);
    this.node = node;
    this.timers = new CountingTimers(node.timers);
    this.transport = new ProcessTransport(world);
    this.cluster = new EmbeddedCluster({
      clock: node.clock, timers: this.timers, random: node.random, logger: node.logger, transport: this.transport, meter: new InMemoryMeter(),
      files: slowFiles(node.files, node.timers, diskDelayMs), stateBackends: [keyGroupFilesProvider],
    });
  }

  get alive(): boolean {
    return this.node.alive;
  }

  strike(fault: Fault, later: Later): boolean {
    const { world } = this;
    switch (fault.class) {
      case 'process-crash': case 'power-cut':
        this.crashDue = fault.class;
        return true;
      case 'disconnect':
        world.disconnect('tm-1/data');
        return true;
      case 'silent-loss':
        this.transport.loseSilently(fault.forMs, fault.toldAfterMs);
        return true;
      case 'partition': case 'control-partition':
        if (fault.class === 'partition') world.partition('tm-1/data', 'tm-1/data');
        else world.partition('jm/control', 'tm-1/control');
        later(fault.forMs, 'partition over', () => world.heal());
        return true;
      case 'pause':
        world.pause(PROCESS);
        later(fault.forMs, 'pause over', () => { if (this.node.alive) world.resume(PROCESS); });
        return true;
      case 'clock-jump':
        this.node.stepWallClock(fault.byMs);
        return true;
      default:
        return false;
    }
  }

  heal(): void {
    this.world.heal();
  }

  /** kill -9. */
  crash(): void {
    this.transport.crash();
    this.world.crash(PROCESS);
  }
  /** The machine goes with the process. */
  powerCut(): void {
    this.transport.crash();
    this.world.powerCut();
  }

  /** What is alive after `cluster.close` (I13); nothing should be. */
  leftovers(): Record<string, number> {
    const counts = { ...this.cluster.counts(), ports: this.timers.live, subscribed: this.world.transport.subscriptionCount };
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
  }
}

/** A connection per node and purpose, each to be broken on its own; all die with the process. */
export class ProcessTransport implements Transport {
  readonly kind = 'simulated';
  readonly byReference = true;
  private readonly owners: EventOwner[] = [];
  private data: LossyConnection | undefined;
  constructor(private readonly world: SimulatedWorld) {}

  connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection> {
    const owner = { name: `${nodeId}/${purpose}`, alive: true, paused: false };
    this.owners.push(owner);
    const connection = this.world.transport.open(owner, purpose, nodeId);
    if (purpose !== 'data') return Promise.resolve(connection);
    this.data = new LossyConnection(connection, this.world);
    return Promise.resolve(this.data);
  }
  /** What is published on the data connection from now on is lost for a while; its owner is told later. */
  loseSilently(forMs: number, toldAfterMs: number): void {
    this.data?.loseSilently(forMs, toldAfterMs);
  }
  crash(): void {
    for (const owner of this.owners) {
      owner.alive = false;
      this.world.transport.crash(owner);
    }
  }
}
