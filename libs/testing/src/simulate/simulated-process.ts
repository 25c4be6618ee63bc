/**
 * One life of the process that holds the cluster: a node of the world with a connection per role, a disk that can be slow, and counts of
 * what it has left behind.
 */
import { EmbeddedCluster } from '@weir/embedded';
import { type Connection, type ConnectionPurpose, type FileStore, type FileWriter, InMemoryMeter, type Timers, type Transport } from '@weir/ports';
import type { EventOwner } from '../simulation/event-loop.js';
import type { SimulatedNode } from '../simulation/simulated-node.js';
import type { SimulatedWorld } from '../simulation/simulated-world.js';

export const PROCESS = 'process';

export class SimulatedProcess {
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
      files: slowFiles(node.files, node.timers, diskDelayMs),
    });
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

/** Counts what was armed and neither ran nor was cancelled. */
class CountingTimers implements Timers {
  live = 0;
  constructor(private readonly inner: Timers) {}
  after(delayMs: number, callback: () => void): () => void {
    this.live++;
    let over = false;
    const end = (): void => {
      if (!over) this.live--;
      over = true;
    };
    const cancel = this.inner.after(delayMs, () => {
      end();
      callback();
    });
    return () => {
      end();
      cancel();
    };
  }
  defer(callback: () => void): void {
    this.inner.defer(callback);
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

class LossyConnection implements Connection {
  private losing = false;
  private readonly listeners = new Set<() => void>();
  constructor(private readonly inner: Connection, private readonly world: SimulatedWorld) {}
  get nodeId(): string {
    return this.inner.nodeId;
  }
  get purpose(): ConnectionPurpose {
    return this.inner.purpose;
  }
  loseSilently(forMs: number, toldAfterMs: number): void {
    this.losing = true;
    this.world.after(forMs, 'loss over', () => { this.losing = false; });
    this.world.after(toldAfterMs, 'loss is told', () => { for (const listener of [...this.listeners]) listener(); });
  }
  publish(subject: string, message: unknown): void {
    if (!this.losing) this.inner.publish(subject, message);
  }
  publishExpectingReceiver(subject: string, message: unknown, onNoReceiver: () => void): void {
    this.inner.publishExpectingReceiver(subject, message, onNoReceiver);
  }
  subscribe(subject: string, handler: (message: unknown) => void): ReturnType<Connection['subscribe']> {
    return this.inner.subscribe(subject, handler);
  }
  onDisconnect(listener: () => void): ReturnType<Connection['onDisconnect']> {
    this.listeners.add(listener);
    const subscription = this.inner.onDisconnect(listener);
    return {
      unsubscribe: () => {
        this.listeners.delete(listener);
        subscription.unsubscribe();
      },
    };
  }
  flush(): Promise<void> {
    return this.inner.flush();
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

function slowFiles(files: FileStore, timers: Timers, delayMs: () => number): FileStore {
  const slowly = async <T>(operation: () => Promise<T>): Promise<T> => {
    const ms = delayMs();
    if (ms > 0) await new Promise<void>((resolve) => void timers.after(ms, resolve));
    return operation();
  };
  const slowWriter = (writer: FileWriter): FileWriter => ({
    get sizeBytes() {
      return writer.sizeBytes;
    },
    write: (bytes) => slowly(() => writer.write(bytes)), sync: () => slowly(() => writer.sync()), close: () => writer.close(),
  });
  return {
    read: (path, offset, length) => slowly(() => files.read(path, offset, length)),
    stat: (path) => slowly(() => files.stat(path)),
    list: (directory) => slowly(() => files.list(directory)),
    makeDirectory: (directory) => slowly(() => files.makeDirectory(directory)),
    create: async (path) => slowWriter(await slowly(() => files.create(path))),
    createExclusive: (path, bytes) => slowly(() => files.createExclusive(path, bytes)),
    rename: (from, to) => slowly(() => files.rename(from, to)),
    remove: (path) => slowly(() => files.remove(path)),
    removeTree: (directory) => slowly(() => files.removeTree(directory)),
    syncDirectory: (directory) => slowly(() => files.syncDirectory(directory)),
  };
}
