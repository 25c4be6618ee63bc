/**
 * The transport of one life of a simulated process: a connection per purpose, each to be broken on its own, all dead with the process. Lives
 * do not hear each other, as processes with an in-process transport do not.
 *
 * The data connection also does what couriers do: it loses silently, delivers twice, lets subscribers in late; and for one planted bug it lets
 * barriers change places with the frame before them.
 */
import type { Connection, ConnectionPurpose, SeededRandom, Subscription, Transport } from '@weir/ports';
import type { EventOwner, SimulatedWorld } from '../../src/index.js';
import { LossyConnection } from '../../src/simulate/lossy-connection.js';

/** What a courier may do to data, drawn once for all lives of a run. */
export interface CourierFaults {
  /** Share of messages that are delivered twice, at once or much later. */
  readonly duplicates: number;
  readonly replayMs: number;
  /** Until a subscription is in force. The subscriber's credits go after it; a producer, elsewhere, knows nothing of it. */
  readonly subscribeMs: number;
  /** Messages that vanish, each the n-th of its kind in the run. Nobody is told. */
  readonly losses: readonly { readonly kind: string; readonly call: number }[];
  readonly random: SeededRandom;
}

export class NodeTransport implements Transport {
  readonly kind = 'simulated';
  readonly byReference = true;
  private readonly owners: EventOwner[] = [];
  private data: DataConnection | undefined;
  constructor(
    private readonly world: SimulatedWorld, private readonly life: string, private readonly courier: Courier, private readonly barriersOvertake: boolean,
  ) {}
  connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection> {
    const owner = { name: `${nodeId}/${purpose}`, alive: true, paused: false };
    this.owners.push(owner);
    const connection = new LifeConnection(this.world.transport.open(owner, purpose, `${this.life}-${nodeId}`), this.life);
    if (purpose !== 'data') return Promise.resolve(connection);
    this.data = new DataConnection(connection, this.world, this.courier, this.barriersOvertake);
    return Promise.resolve(this.data);
  }
  /** T3: what is published from now on is lost for a while; the owner is told much later, or (Infinity) never. */
  loseSilently(forMs: number, toldAfterMs: number): void {
    this.data?.loseSilently(forMs, toldAfterMs);
  }
  crash(): void {
    this.data?.crash();
    for (const owner of this.owners) {
      owner.alive = false;
      this.world.transport.crash(owner);
    }
  }
}

/** Counts messages by kind over all lives, so that each planned loss happens once. */
export class Courier {
  private readonly counts = new Map<string, number>();
  constructor(readonly faults: CourierFaults) {}
  loses(kind: string): boolean {
    const call = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, call);
    return this.faults.losses.some((loss) => loss.kind === kind && loss.call === call);
  }
  doubles(): boolean {
    return this.faults.duplicates > 0 && this.faults.random.chance(this.faults.duplicates);
  }
}

/** Subjects of one life: its nodes have names of their own on the network. */
class LifeConnection implements Connection {
  constructor(private readonly inner: Connection, private readonly life: string) {}
  get nodeId(): string {
    return this.inner.nodeId;
  }
  get purpose(): ConnectionPurpose {
    return this.inner.purpose;
  }
  publish(subject: string, message: unknown): void {
    this.inner.publish(`${this.life}-${subject}`, message);
  }
  publishExpectingReceiver(subject: string, message: unknown, onNoReceiver: () => void): void {
    this.inner.publishExpectingReceiver(`${this.life}-${subject}`, message, onNoReceiver);
  }
  subscribe(subject: string, handler: (message: unknown) => void): Subscription {
    return this.inner.subscribe(`${this.life}-${subject}`, handler);
  }
  onDisconnect(listener: () => void): Subscription {
    return this.inner.onDisconnect(listener);
  }
  flush(): Promise<void> {
    return this.inner.flush();
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

interface SomeMessage {
  readonly kind: string;
  readonly seq?: number;
}

class DataConnection extends LossyConnection {
  private closed = false;
  private frames = 0;
  /** What waits for a subscription to come into force, in order; undefined when nothing is on its way. */
  private behindSubscription: (() => void)[] | undefined;
  private readonly held = new Map<string, SomeMessage>();
  constructor(inner: Connection, world: SimulatedWorld, private readonly courier: Courier, private readonly barriersOvertake: boolean) {
    super(inner, world);
  }
  override publish(subject: string, message: unknown): void {
    const frame = message as SomeMessage;
    if (this.losing || this.courier.loses(frame.kind)) return;
    if (this.behindSubscription === undefined || frame.kind !== 'credit') this.send(subject, frame);
    else this.behindSubscription.push(() => this.send(subject, frame));
  }
  private send(subject: string, frame: SomeMessage): void {
    const before = this.held.get(subject);
    this.held.delete(subject);
    if (before !== undefined && frame.kind === 'barrier') {
      this.inner.publish(subject, { ...frame, seq: before.seq });
      this.inner.publish(subject, { ...before, seq: frame.seq });
      return;
    }
    if (before !== undefined) this.inner.publish(subject, before);
    if (this.barriersOvertake && frame.kind === 'data' && ++this.frames % 3 === 0) {
      this.hold(subject, frame);
      return;
    }
    this.inner.publish(subject, frame);
    if (!this.courier.doubles()) return;
    const { replayMs } = this.courier.faults;
    if (replayMs === 0) this.inner.publish(subject, frame);
    else this.world.after(replayMs * this.courier.faults.random.next(), 'replay', () => { if (!this.closed) this.inner.publish(subject, frame); });
  }
  private hold(subject: string, frame: SomeMessage): void {
    this.held.set(subject, frame);
    this.world.after(20, 'held frame goes', () => {
      if (this.closed || this.held.get(subject) !== frame) return;
      this.held.delete(subject);
      this.inner.publish(subject, frame);
    });
  }
  override subscribe(subject: string, handler: (message: unknown) => void): Subscription {
    const { subscribeMs } = this.courier.faults;
    if (subscribeMs === 0) return this.inner.subscribe(subject, handler);
    let subscription: Subscription | undefined;
    let wanted = true;
    this.behind(() => { if (wanted) subscription = this.inner.subscribe(subject, handler); }, subscribeMs);
    return {
      unsubscribe: () => {
        wanted = false;
        subscription?.unsubscribe();
      },
    };
  }
  /** A batch of subscriptions takes `delayMs`, and what is published meanwhile follows. */
  private behind(action: () => void, delayMs: number): void {
    if (this.behindSubscription === undefined) {
      const waiting: (() => void)[] = [];
      this.behindSubscription = waiting;
      this.world.after(delayMs, 'subscriptions in force', () => {
        this.behindSubscription = undefined;
        if (!this.closed) for (const next of waiting) next();
      });
    }
    this.behindSubscription.push(action);
  }
  /** What is on its way to the courier gets there no more. */
  crash(): void {
    this.closed = true;
  }
  override close(): Promise<void> {
    this.closed = true;
    return this.inner.close();
  }
}
