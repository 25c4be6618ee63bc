/**
 * A courier under virtual time, as unreliable as NATS was measured to be and no more. One object is one network.
 *
 *  N1  FIFO per (connection, subject); any order between them;
 *  N2  `disconnect(node)` loses the tail that was not flushed, everything published until the redial and everything that arrives
 *      meanwhile; each connection of the node learns of it at a time of its own, before or after messages were lost;
 *  N3  `partition(a, b)` loses what would arrive from a at b; both are told of a disconnect, at times of their own;
 *  N4  `crash(node)`: nothing of that life is sent or handed over any more; its subscriptions vanish after a while (half-open link);
 *  N5  nobody subscribed, and the courier knows: `onNoReceiver` comes back, if the way back is open.
 */
import { assert } from '@weir/base';
import {
  type Connection,
  type ConnectionPurpose,
  type SeededRandom,
  type Subject,
  SubjectTakenError,
  type Subscription,
  type Transport,
  TransportBrokenError,
  TransportClosedError,
} from '@weir/ports';
import { copyMessage, decodeWireMessage, encodeWireMessage } from '@weir/types';
import type { EventLoop, EventOwner } from './event-loop.js';

export interface NetworkOptions {
  /** Usual delay of a message. Default 0.1 to 2. */
  readonly delayMs: readonly [min: number, max: number];
  /** Share of messages that take up to `slowMs`. Default 0.01. */
  readonly slowShare: number;
  /** Default 50. */
  readonly slowMs: number;
  /** Messages published within this before a break were not flushed. Default up to 1. */
  readonly flushMs: number;
  /** Until a break is noticed. Default up to 500. */
  readonly detectMs: number;
  /** Until a broken connection works again. Default up to 2000. */
  readonly redialMs: number;
  /** Until the courier forgets the subscriptions of a crashed node. Default up to 100. */
  readonly halfOpenMs: number;
  /** False: every message arrives as a copy, some of them made of their bytes, and what has no bytes cannot be sent. Default true. */
  readonly byReference: boolean;
}

const DEFAULTS: NetworkOptions = { delayMs: [0.1, 2], slowShare: 0.01, slowMs: 50, flushMs: 1, detectMs: 500, redialMs: 2000, halfOpenMs: 100, byReference: true };

/** Of the objects that are sent as copies. */
const BYTES_EVERY = 16;

interface Parcel {
  readonly subject: Subject;
  readonly message: unknown;
  readonly onNoReceiver: (() => void) | undefined;
  readonly flushedAtMs: number;
  lost: boolean;
}

/** What is on the way on one (connection, subject). */
interface Lane {
  /** Of its deliveries. */
  readonly label: string;
  readonly parcels: Parcel[];
  lastArrivalMs: number;
}

interface Subscriber {
  readonly connection: SimulatedConnection;
  readonly handler: (message: unknown) => void;
}

/** Messages by fate, for the evidence of a run. */
export interface NetworkTotals {
  delivered: number;
  /** Of these, on data connections. */
  deliveredData: number;
  lost: number;
  noReceiver: number;
}

export interface Delivery {
  readonly subject: Subject;
  readonly message: unknown;
  /** Owners of the connections. */
  readonly from: string;
  readonly to: string;
}

export class SimulatedTransport implements Transport {
  readonly kind = 'simulated';
  readonly byReference: boolean;
  readonly totals: NetworkTotals = { delivered: 0, deliveredData: 0, lost: 0, noReceiver: 0 };
  private readonly network: NetworkOptions;
  private copies = 0;
  private readonly deliveryListeners: ((delivery: Delivery) => void)[] = [];
  private readonly subscribers = new Map<Subject, Subscriber>();
  private readonly connections = new Set<SimulatedConnection>();
  /** `from>to` */
  private readonly blocked = new Set<string>();

  constructor(
    private readonly loop: EventLoop,
    private readonly random: SeededRandom,
    options: Partial<NetworkOptions> = {},
  ) {
    this.network = { ...DEFAULTS, ...options };
    this.byReference = this.network.byReference;
  }

  /** Told of each message that is handed over, before it is. */
  onDelivery(listener: (delivery: Delivery) => void): void {
    this.deliveryListeners.push(listener);
  }

  connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection> {
    return Promise.resolve(this.open({ name: nodeId, alive: true, paused: false }, purpose, nodeId));
  }

  /** A connection that lives and dies with its owner. `nodeId`: the node that its subjects begin with; undefined for several nodes in one process. */
  open(owner: EventOwner, purpose: ConnectionPurpose, nodeId?: string): Connection {
    const connection = new SimulatedConnection(this, owner, purpose, nodeId);
    this.connections.add(connection);
    return connection;
  }

  get subscriptionCount(): number {
    return this.subscribers.size;
  }

  /** N2. Breaks every connection of the node; each comes back by itself. */
  disconnect(node: string): void {
    this.loop.trace(`disconnect ${node}`);
    for (const connection of this.connections) {
      if (connection.owner.name !== node || connection.broken) continue;
      connection.break();
      const noticeMs = this.upTo(this.network.detectMs);
      this.notice(connection, noticeMs);
      this.loop.schedule(noticeMs + this.upTo(this.network.redialMs), `redial ${node} ${connection.purpose}`, () => connection.redial());
    }
  }

  /** N3. Until `heal`. */
  partition(from: string, to: string, direction: 'both' | 'one-way' = 'both'): void {
    this.loop.trace(`partition ${from} ${to} ${direction}`);
    this.blocked.add(`${from}>${to}`);
    if (direction === 'both') this.blocked.add(`${to}>${from}`);
    for (const connection of this.connections) {
      if (connection.owner.name === from || connection.owner.name === to) this.notice(connection, this.upTo(this.network.detectMs));
    }
  }

  /** Ends all partitions. */
  heal(): void {
    this.loop.trace('heal');
    this.blocked.clear();
  }

  /** Ends what separates these two, either way. */
  join(one: string, other: string): void {
    this.loop.trace(`join ${one} ${other}`);
    this.blocked.delete(`${one}>${other}`);
    this.blocked.delete(`${other}>${one}`);
  }

  /** N4. The owner is dead already; its connections go. */
  crash(owner: EventOwner): void {
    for (const connection of [...this.connections]) {
      if (connection.owner !== owner) continue;
      connection.break();
      this.connections.delete(connection);
      this.loop.schedule(this.upTo(this.network.halfOpenMs), `forget ${owner.name} ${connection.purpose}`, () => this.forget(connection));
    }
  }

  addSubscriber(connection: SimulatedConnection, subject: Subject, handler: (message: unknown) => void): Subscription {
    const current = this.subscribers.get(subject);
    if (current !== undefined && current.connection.owner === connection.owner) throw new SubjectTakenError(subject);
    const subscriber: Subscriber = { connection, handler };
    this.subscribers.set(subject, subscriber);
    return {
      unsubscribe: () => {
        if (this.subscribers.get(subject) === subscriber) this.subscribers.delete(subject);
      },
    };
  }

  send(connection: SimulatedConnection, subject: Subject, message: unknown, onNoReceiver: (() => void) | undefined): void {
    if (connection.broken || !connection.owner.alive) {
      this.totals.lost++; // N2, N4
      return;
    }
    const lane = connection.lane(subject);
    const now = this.loop.nowMs;
    const arrivalMs = Math.max(lane.lastArrivalMs, now + this.delay());
    lane.lastArrivalMs = arrivalMs;
    lane.parcels.push({ subject, message: this.byReference ? message : this.copied(message), onNoReceiver, flushedAtMs: now + this.upTo(this.network.flushMs), lost: false });
    // Each event takes the oldest parcel of the lane, so that equal times keep the order (N1).
    this.loop.schedule(arrivalMs - now, lane.label, () => this.arrive(connection, lane.parcels.shift() as Parcel));
  }

  flush(connection: SimulatedConnection): Promise<void> {
    const { breaks } = connection;
    return new Promise((resolve, reject) => {
      const settle = (): void => (connection.breaks === breaks ? resolve() : reject(new TransportBrokenError(connection.nodeId)));
      this.loop.schedule(this.network.flushMs, `flush ${connection.nodeId}`, settle, connection.owner);
    });
  }

  forget(connection: SimulatedConnection): void {
    this.connections.delete(connection);
    for (const [subject, subscriber] of this.subscribers) if (subscriber.connection === connection) this.subscribers.delete(subject);
  }

  private arrive(from: SimulatedConnection, parcel: Parcel): void {
    const subscriber = this.subscribers.get(parcel.subject);
    const to = subscriber?.connection;
    if (parcel.lost || (to !== undefined && this.blocked.has(`${from.owner.name}>${to.owner.name}`))) {
      this.totals.lost++;
      return;
    }
    if (subscriber === undefined || to === undefined) {
      this.reportNoReceiver(from, parcel);
      return;
    }
    if (to.broken) {
      this.totals.lost++;
      if (this.random.chance(0.5)) this.reportNoReceiver(from, parcel); // the courier noticed the break already
      return;
    }
    this.totals.delivered++;
    if (to.purpose === 'data') this.totals.deliveredData++;
    const { subject, message } = parcel;
    for (const listener of this.deliveryListeners) listener({ subject, message, from: from.owner.name, to: to.owner.name });
    if (to.owner.alive && !to.owner.paused) subscriber.handler(message);
    else {
      this.loop.admit(to.owner, `handle ${subject}`, () => {
        if (this.subscribers.get(subject) === subscriber) subscriber.handler(message);
      });
    }
  }

  private reportNoReceiver(from: SimulatedConnection, parcel: Parcel): void {
    this.totals.noReceiver++;
    const { onNoReceiver } = parcel;
    if (onNoReceiver === undefined || from.broken) return;
    const { breaks } = from;
    const tell = (): void => {
      if (from.breaks === breaks) onNoReceiver();
    };
    this.loop.schedule(this.delay(), `no receiver ${parcel.subject}`, tell, from.owner);
  }

  private notice(connection: SimulatedConnection, delayMs: number): void {
    this.loop.schedule(delayMs, `notice break ${connection.nodeId} ${connection.purpose}`, () => connection.tellBroken(), connection.owner);
  }

  /** What the bytes of a message give. Bytes cost several times as much as a copy, which equals them: objects go as bytes every so often. */
  private copied(message: unknown): unknown {
    const asBytes = typeof message !== 'object' || message instanceof Uint8Array || ++this.copies % BYTES_EVERY === 0;
    return asBytes ? decodeWireMessage(encodeWireMessage(message)) : copyMessage(message);
  }

  private delay(): number {
    const [min, max] = this.network.delayMs;
    return this.random.chance(this.network.slowShare) ? this.upTo(this.network.slowMs) : min + this.upTo(max - min);
  }

  private upTo(ms: number): number {
    return this.random.next() * ms;
  }

  /** N2: what was published just before a break. */
  loseTail(lanes: Iterable<Lane>): void {
    for (const lane of lanes) {
      for (const parcel of lane.parcels) if (parcel.flushedAtMs > this.loop.nowMs) parcel.lost = true;
    }
  }
}

class SimulatedConnection implements Connection {
  broken = false;
  /** Rises with each break. */
  breaks = 0;
  private closed = false;
  private readonly lanes = new Map<Subject, Lane>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly transport: SimulatedTransport,
    readonly owner: EventOwner,
    readonly purpose: ConnectionPurpose,
    private readonly node: string | undefined,
  ) {}

  get nodeId(): string {
    return this.node ?? this.owner.name;
  }

  publish(subject: Subject, message: unknown): void {
    this.checkOpen();
    this.transport.send(this, subject, message, undefined);
  }

  publishExpectingReceiver(subject: Subject, message: unknown, onNoReceiver: () => void): void {
    this.checkOpen();
    this.transport.send(this, subject, message, onNoReceiver);
  }

  subscribe(subject: Subject, handler: (message: unknown) => void): Subscription {
    this.checkOpen();
    assert(this.node === undefined || subject.startsWith(`${this.node}.`), `node ${this.node} may subscribe below its own name, not ${subject}`);
    return this.transport.addSubscriber(this, subject, handler);
  }

  onDisconnect(listener: () => void): Subscription {
    this.listeners.add(listener);
    return { unsubscribe: () => this.listeners.delete(listener) };
  }

  flush(): Promise<void> {
    if (this.closed) return Promise.reject(new TransportClosedError(this.nodeId));
    return this.broken ? Promise.reject(new TransportBrokenError(this.nodeId)) : this.transport.flush(this);
  }

  close(): Promise<void> {
    this.closed = true;
    this.transport.forget(this);
    this.listeners.clear();
    return Promise.resolve();
  }

  lane(subject: Subject): Lane {
    let lane = this.lanes.get(subject);
    if (lane === undefined) this.lanes.set(subject, (lane = { label: `deliver ${this.owner.name} ${subject}`, parcels: [], lastArrivalMs: 0 }));
    return lane;
  }

  break(): void {
    this.broken = true;
    this.breaks++;
    this.transport.loseTail(this.lanes.values());
  }

  redial(): void {
    this.broken = false;
  }

  tellBroken(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private checkOpen(): void {
    if (this.closed && this.owner.alive) throw new TransportClosedError(this.nodeId);
  }
}
