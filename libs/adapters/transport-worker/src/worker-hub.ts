/**
 * Where the threads of a process meet: in its main thread, which runs no user code. Knows where each node lives, passes control messages on, makes
 * the rings between threads, and speaks for all of them to other processes.
 *
 * H1. A node lives in one thread at a time; when that thread ends its nodes are gone, and what asked for a receiver there is told so.
 * H2. Control messages of one thread to one node keep their order: they come by one port, are passed on when they come, and go by one port.
 * H3. A thread's end harms nobody else: its rings are read to the last whole message and dropped with it.
 */
import { assertNever, failureInfo, toError } from '@weir/base';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { type Connection, type ConnectionPurpose, type Logger, type Subject, SubjectTakenError, type Subscription, type Timers, type Transport } from '@weir/ports';
import { type FromHub, MAIN_THREAD, nodeOf, type ToHub } from './hub-protocol.js';
import { createRing, FLAG_WIRE } from './ring-buffer.js';
import { ThreadEndpoint } from './thread-endpoint.js';
import type { Upstream } from './upstream.js';
import type { ThreadAdmission } from './worker-transport.js';

/** Of one ring; a pair of threads that exchange data has two. */
export const RING_BYTES_DEFAULT = 1024 * 1024;

export interface WorkerHubOptions {
  readonly timers: Timers;
  readonly logger: Logger;
  /** Undefined: this process is all there is. It must be open for both purposes. */
  readonly upstream?: Upstream;
  /** A power of two. */
  readonly ringBytes?: number;
}

/** In place of a thread: another process asks. */
const OUTSIDE = -1;

interface Thread {
  readonly id: number;
  readonly send: (message: FromHub) => void;
  readonly port: MessagePort | undefined;
  /** Threads it has rings with. */
  readonly links: Set<number>;
  /** Messages passed on to it whose publishers wait for an answer, as `from:id`. */
  readonly expected: Map<string, { readonly from: number; readonly id: number }>;
}
interface Home {
  readonly thread: Thread;
  /** By purpose: what takes its messages from other processes; undefined without any. */
  readonly served: Map<ConnectionPurpose, Subscription | undefined>;
}

export class WorkerHub implements Transport {
  readonly kind = 'worker';
  readonly byReference = false;
  private readonly main: Thread;
  private readonly endpoint: ThreadEndpoint;
  private readonly threads = new Map<number, Thread>();
  private readonly homes = new Map<string, Home>();
  private nextThread = MAIN_THREAD + 1;
  /** Where to tell other processes that nobody was there. */
  private readonly outside = new Map<number, { readonly purpose: ConnectionPurpose; readonly replyTo: string }>();
  private nextOutside = 1;
  private readonly breaks: Subscription[] = [];

  constructor(private readonly options: WorkerHubOptions) {
    const { timers, logger, upstream } = options;
    this.endpoint = new ThreadEndpoint({
      thread: MAIN_THREAD, timers, logger, send: (message) => this.receive(this.main, message),
      uplink: (subject, wire, from, id) => this.leave('data', subject, wire, from, id),
    });
    this.main = { id: MAIN_THREAD, send: (message) => this.endpoint.receive(message), port: undefined, links: new Set(), expected: new Map() };
    this.threads.set(MAIN_THREAD, this.main);
    for (const purpose of ['control', 'data'] as const) {
      const subscription = upstream?.onDisconnect(purpose, () => this.tellAll({ type: 'disconnected', purpose }));
      if (subscription !== undefined) this.breaks.push(subscription);
    }
  }

  /** Connects a node of the main thread. */
  connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection> {
    return this.endpoint.connect(nodeId, purpose);
  }
  get subscriptionCount(): number {
    return this.endpoint.subscriptionCount;
  }
  /** Node names by thread; for status and leak audits. */
  get nodes(): ReadonlyMap<string, number> {
    return new Map([...this.homes].map(([node, { thread }]) => [node, thread.id]));
  }

  /** A place for another thread, which makes a {@link WorkerTransport} of it. Ends when the thread does, or by {@link detach}. */
  attach(): ThreadAdmission {
    const { port1, port2 } = new MessageChannel();
    const id = this.nextThread++;
    const thread: Thread = {
      id, port: port1, links: new Set(), expected: new Map(),
      send: (message) => port1.postMessage(message, message.type === 'link' ? [message.port] : []),
    };
    this.threads.set(id, thread);
    port1.on('message', (message: ToHub) => this.receive(thread, message));
    // Node closes the port of a thread that ended, however it ended.
    port1.on('close', () => this.detach(id));
    // What keeps the process alive is the thread, not its port.
    port1.unref();
    return { thread: id, port: port2 };
  }

  /** H1, H3. Idempotent. */
  detach(id: number): void {
    const thread = this.threads.get(id);
    if (thread === undefined || id === MAIN_THREAD) return;
    this.threads.delete(id);
    thread.port?.close();
    const nodes = [...this.homes].filter(([, home]) => home.thread === thread).map(([node]) => node);
    for (const node of nodes) {
      for (const served of this.homes.get(node)?.served.values() ?? []) served?.unsubscribe();
      this.homes.delete(node);
    }
    for (const other of this.threads.values()) other.links.delete(id);
    this.tellAll({ type: 'thread-gone', thread: id, nodes });
    for (const { from, id: asked } of thread.expected.values()) this.answer(from, asked, false);
    for (const other of this.threads.values()) {
      for (const [key, { from }] of other.expected) if (from === id) other.expected.delete(key);
    }
  }

  /** Ends all threads' part in it. The upstream is its owner's to close. */
  close(): void {
    for (const id of [...this.threads.keys()]) this.detach(id);
    for (const subscription of this.breaks) subscription.unsubscribe();
    this.endpoint.close();
  }

  private tellAll(message: FromHub): void {
    for (const thread of this.threads.values()) thread.send(message);
  }

  private receive(thread: Thread, message: ToHub): void {
    switch (message.type) {
      case 'control':
        this.passOn(thread.id, message.subject, message.bytes, message.id);
        break;
      case 'answer':
        thread.expected.delete(`${message.to}:${message.id}`);
        this.answer(message.to, message.id, message.received);
        break;
      case 'route':
        this.route(thread, message.node);
        break;
      case 'add-node':
        this.reply(thread, message.request, this.addNode(thread, message.node, message.purpose));
        break;
      case 'remove-node':
        this.removeNode(thread, message.node, message.purpose);
        break;
      case 'flush':
        this.reply(thread, message.request, this.options.upstream?.flush(message.purpose) ?? Promise.resolve());
        break;
      default:
        assertNever(message, 'message to the hub');
    }
  }

  private reply(thread: Thread, request: number, done: Promise<void>): void {
    done.then(
      () => thread.send({ type: 'reply', request, failure: undefined }),
      (error: unknown) => thread.send({ type: 'reply', request, failure: failureInfo(error, 'WEIR_TRANSPORT_BROKEN') }),
    );
  }

  // --- control ------------------------------------------------------------------------------------------------------------------------

  /** H2. */
  private passOn(from: number, subject: Subject, bytes: Uint8Array, id: number): void {
    const home = this.homes.get(nodeOf(subject));
    if (home === undefined) {
      this.leave('control', subject, bytes, from, id);
      return;
    }
    this.expect(home.thread, from, id);
    home.thread.send({ type: 'control', subject, bytes, from, id });
  }
  private expect(thread: Thread, from: number, id: number): void {
    if (id !== 0) thread.expected.set(`${from}:${id}`, { from, id });
  }

  /** To another process. */
  private leave(purpose: ConnectionPurpose, subject: Subject, wire: Uint8Array, from: number, id: number): void {
    const { upstream } = this.options;
    if (upstream === undefined || from === OUTSIDE || this.homes.has(nodeOf(subject))) this.answer(from, id, false);
    else if (id === 0) upstream.publish(purpose, subject, wire);
    else {
      this.threads.get(from)?.send({ type: 'answered', id, outcome: 'unknown' });
      upstream.publishExpectingReceiver(purpose, subject, wire, () => this.answer(from, id, false));
    }
  }

  private answer(from: number, id: number, received: boolean): void {
    if (id === 0) return;
    if (from !== OUTSIDE) {
      const outcome = received ? 'received' : 'no-receiver';
      const thread = this.threads.get(from);
      // To this thread it must not come within the call that asked.
      if (thread === this.main) this.options.timers.defer(() => this.main.send({ type: 'answered', id, outcome }));
      else thread?.send({ type: 'answered', id, outcome });
      return;
    }
    const asked = this.outside.get(id);
    this.outside.delete(id);
    if (asked !== undefined && !received) this.options.upstream?.answerNoReceiver(asked.purpose, asked.replyTo);
  }

  // --- nodes --------------------------------------------------------------------------------------------------------------------------

  private async addNode(thread: Thread, node: string, purpose: ConnectionPurpose): Promise<void> {
    const known = this.homes.get(node);
    if (known !== undefined && (known.thread !== thread || known.served.has(purpose))) throw new SubjectTakenError(node);
    const home = known ?? { thread, served: new Map<ConnectionPurpose, Subscription | undefined>() };
    if (known === undefined) {
      this.homes.set(node, home);
      this.tellAll({ type: 'node-moved', node });
    }
    home.served.set(purpose, undefined);
    const { upstream } = this.options;
    if (upstream === undefined) return;
    try {
      const served = await upstream.serve(node, purpose, (subject, bytes, replyTo) => this.enter(purpose, subject, bytes, replyTo));
      // The thread or the connection may have ended meanwhile.
      if (this.homes.get(node) === home && home.served.has(purpose)) home.served.set(purpose, served);
      else served.unsubscribe();
    } catch (error) {
      this.removeNode(thread, node, purpose);
      throw toError(error);
    }
  }

  private removeNode(thread: Thread, node: string, purpose: ConnectionPurpose): void {
    const home = this.homes.get(node);
    if (home === undefined || home.thread !== thread) return;
    home.served.get(purpose)?.unsubscribe();
    home.served.delete(purpose);
    if (home.served.size > 0) return;
    this.homes.delete(node);
    this.tellAll({ type: 'node-moved', node });
  }

  /** From another process. */
  private enter(purpose: ConnectionPurpose, subject: Subject, bytes: Uint8Array, replyTo: string): void {
    const { upstream } = this.options;
    const home = this.homes.get(nodeOf(subject));
    if (home === undefined) {
      if (replyTo !== '') upstream?.answerNoReceiver(purpose, replyTo);
      return;
    }
    if (home.thread === this.main) {
      if (!this.endpoint.receiveWire(purpose, subject, new Uint8Array(bytes)) && replyTo !== '') upstream?.answerNoReceiver(purpose, replyTo);
      return;
    }
    const id = replyTo === '' ? 0 : this.askOutside(purpose, replyTo);
    this.expect(home.thread, OUTSIDE, id);
    if (purpose === 'control') home.thread.send({ type: 'control', subject, bytes: new Uint8Array(bytes), from: OUTSIDE, id });
    else this.endpoint.sendData(nodeOf(subject), { subject, flags: FLAG_WIRE, id, from: OUTSIDE, payload: new Uint8Array(bytes) });
  }
  private askOutside(purpose: ConnectionPurpose, replyTo: string): number {
    const id = this.nextOutside;
    this.nextOutside = id === 0xffff_ffff ? 1 : id + 1;
    this.outside.set(id, { purpose, replyTo });
    return id;
  }

  // --- data ---------------------------------------------------------------------------------------------------------------------------

  /** Nodes that are in no thread of this process are reached through the main thread. */
  private route(thread: Thread, node: string): void {
    const home = this.homes.get(node);
    const target = home?.thread ?? this.main;
    const reachable = home !== undefined || this.options.upstream !== undefined;
    if (reachable && target !== thread && !thread.links.has(target.id)) this.link(thread, target);
    thread.send({ type: 'routed', node, thread: reachable && target !== thread ? target.id : undefined });
  }
  private link(a: Thread, b: Thread): void {
    const size = this.options.ringBytes ?? RING_BYTES_DEFAULT;
    const { port1, port2 } = new MessageChannel();
    const [forth, back] = [createRing(size), createRing(size)];
    a.links.add(b.id);
    b.links.add(a.id);
    b.send({ type: 'link', thread: a.id, outbound: back, inbound: forth, port: port2 });
    a.send({ type: 'link', thread: b.id, outbound: forth, inbound: back, port: port1 });
  }
}
