/**
 * The transport as one thread sees it: its nodes' connections, where other nodes live, links to other threads.
 *
 * E1. All control messages of this thread pass the hub in their order; all data messages for one node take one way, in their order. While the way is
 *     being asked for they wait, and the way changes only when the node does.
 * E2. Nothing is handed over within a call of `publish`: messages within the thread go through a deferred queue, as copies like all others unless
 *     `inThread` was asked for.
 * E3. What waits for room in the rings is bounded by OVERFLOW_BYTES_MAX; credits of the data channels keep it far below. Beyond, the data
 *     connections of this thread break, which is told.
 */
import { RemoteFailureError, toError, type FailureInfo } from '@weir/base';
import { type Connection, type ConnectionPurpose, type Logger, type Subject, SubjectTakenError, type Timers, TransportBrokenError, type Transport } from '@weir/ports';
import { decodeWireMessage, encodeWireMessage } from '@weir/types';
import { AskedReceivers } from './asked-receivers.js';
import { type FromHub, nodeOf, type ToHub } from './hub-protocol.js';
import { FLAG_WIRE, type RingMessage } from './ring-buffer.js';
import { RingLink } from './ring-link.js';
import { ThreadConnection } from './thread-connection.js';

export const OVERFLOW_BYTES_MAX = 64 * 1024 * 1024;

export type Handler = (message: unknown) => void;

/** Data for nodes that are in no thread of this process; the main thread has such a way, if the process has. */
export interface Uplink {
  (subject: Subject, wire: Uint8Array, from: number, id: number): void;
}

export interface ThreadEndpointOptions {
  readonly thread: number;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly send: (message: ToHub) => void;
  readonly uplink?: Uplink;
}

interface LocalMessage {
  readonly purpose: ConnectionPurpose;
  readonly subject: Subject;
  readonly message: unknown;
  readonly onNoReceiver: (() => void) | undefined;
}
export interface DataMessage {
  readonly subject: Subject;
  readonly flags: number;
  /** Not 0: the thread `from` asks for a receiver. */
  readonly id: number;
  readonly from: number;
  readonly payload: Uint8Array;
}
/** The way to a node: its thread, nowhere, or being asked for. */
type Route = { readonly thread: number | undefined } | { readonly asked: DataMessage[] };

export class ThreadEndpoint implements Transport {
  readonly kind = 'worker';
  readonly byReference = false;
  private readonly handlers = { control: new Map<Subject, Handler>(), data: new Map<Subject, Handler>() };
  private readonly connections = new Set<ThreadConnection>();
  /** Open connections by node. */
  private readonly nodes = new Map<string, number>();
  private readonly routes = new Map<string, Route>();
  private readonly links = new Map<number, RingLink>();
  private readonly asked = new AskedReceivers();
  private readonly requests = new Map<number, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  private nextRequest = 1;
  private local: LocalMessage[] = [];
  private askedBytes = 0;
  private drainWaiters: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  private undecodableMessages = 0;

  constructor(private readonly options: ThreadEndpointOptions) {}

  async connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection> {
    const connection = new ThreadConnection(this, nodeId, purpose);
    this.nodes.set(nodeId, (this.nodes.get(nodeId) ?? 0) + 1);
    try {
      await this.request((request) => ({ type: 'add-node', request, node: nodeId, purpose }));
    } catch (error) {
      this.leave(nodeId);
      throw error;
    }
    this.connections.add(connection);
    return connection;
  }
  /** Subjects that have a subscriber in this thread; for leak audits. */
  get subscriptionCount(): number {
    return this.handlers.control.size + this.handlers.data.size;
  }

  // --- for connections ----------------------------------------------------------------------------------------------------------------

  publish(connection: ThreadConnection, subject: Subject, message: unknown, onNoReceiver: (() => void) | undefined): void {
    const { purpose } = connection;
    const node = nodeOf(subject);
    if (this.nodes.has(node)) this.publishLocally({ purpose, subject, message: copyOf(message), onNoReceiver });
    else if (purpose === 'control') {
      const bytes = ownBytes(encodeWireMessage(message));
      this.options.send({ type: 'control', subject, bytes, id: onNoReceiver === undefined ? 0 : this.asked.ask(onNoReceiver) });
    } else this.publishData(node, subject, message, onNoReceiver);
  }

  /** Undefined for a node elsewhere. */
  inThread({ purpose }: ThreadConnection, subject: Subject): ((message: unknown) => void) | undefined {
    if (!this.nodes.has(nodeOf(subject))) return undefined;
    return (message) => this.publishLocally({ purpose, subject, message, onNoReceiver: undefined });
  }
  private publishLocally(message: LocalMessage): void {
    this.local.push(message);
    if (this.local.length === 1) this.options.timers.defer(this.deliverLocal);
  }
  /** E2. A handler that throws ends the turn; the others have one of their own. */
  private readonly deliverLocal = (): void => {
    const { local } = this;
    this.local = [];
    let done = 0;
    try {
      while (done < local.length) {
        const { purpose, subject, message, onNoReceiver } = local[done++];
        const handler = this.handlers[purpose].get(subject);
        if (handler !== undefined) handler(message);
        else onNoReceiver?.();
      }
    } finally {
      if (done < local.length) {
        this.local = [...local.slice(done), ...this.local];
        this.options.timers.defer(this.deliverLocal);
      }
    }
  };

  private publishData(node: string, subject: Subject, message: unknown, onNoReceiver: (() => void) | undefined): void {
    const isBytes = message instanceof Uint8Array;
    const payload = isBytes ? message : encodeWireMessage(message);
    const id = onNoReceiver === undefined ? 0 : this.asked.ask(onNoReceiver);
    this.sendData(node, { subject, flags: isBytes ? 0 : FLAG_WIRE, id, from: this.options.thread, payload });
  }

  /** E1, E3. Also for what came from another process. */
  sendData(node: string, message: DataMessage): void {
    const route = this.routes.get(node);
    if (route === undefined) {
      this.routes.set(node, { asked: [message] });
      this.askedBytes += message.payload.length;
      this.options.send({ type: 'route', node });
    } else if ('asked' in route) {
      route.asked.push(message);
      this.askedBytes += message.payload.length;
    } else this.sendTo(route.thread, message);
    if (this.waitingBytes > OVERFLOW_BYTES_MAX) this.breakData();
  }
  private sendTo(thread: number | undefined, { subject, flags, id, from, payload }: DataMessage): void {
    const { uplink } = this.options;
    const link = thread === undefined ? undefined : this.links.get(thread);
    if (thread !== undefined && link !== undefined) {
      if (id !== 0 && from === this.options.thread) this.asked.sentTo(thread, id);
      link.send(subject, flags, id, from, payload);
    } else if (uplink !== undefined) uplink(subject, wireOf(flags, payload), from, id);
    else if (id !== 0) this.options.timers.defer(() => this.asked.answered(id, 'no-receiver'));
  }
  private get waitingBytes(): number {
    let bytes = this.askedBytes;
    for (const link of this.links.values()) bytes += link.overflowBytes;
    return bytes;
  }
  private breakData(): void {
    this.options.logger.log('error', 'data for other threads is not taken; its connections break', { thread: this.options.thread, bytes: this.waitingBytes });
    for (const [node, route] of this.routes) if ('asked' in route) this.routes.set(node, { asked: [] });
    this.askedBytes = 0;
    for (const link of this.links.values()) link.dropOverflow();
    this.options.timers.defer(() => this.disconnected('data'));
    this.rejectWaiters();
  }
  private rejectWaiters(): void {
    const broken = new TransportBrokenError(`thread ${this.options.thread}`);
    for (const { reject } of this.drainWaiters.splice(0)) reject(broken);
  }

  subscribe(purpose: ConnectionPurpose, subject: Subject, handler: Handler): void {
    if (this.handlers[purpose].has(subject)) throw new SubjectTakenError(subject);
    this.handlers[purpose].set(subject, handler);
  }
  unsubscribe(purpose: ConnectionPurpose, subject: Subject, handler: Handler): void {
    if (this.handlers[purpose].get(subject) === handler) this.handlers[purpose].delete(subject);
  }

  /** For data: when the rings, and what leaves the process after them, have taken what this thread published. */
  async flush(connection: ThreadConnection): Promise<void> {
    if (connection.purpose === 'data') await this.drained();
    try {
      await this.request((request) => ({ type: 'flush', request, purpose: connection.purpose }));
    } catch (error) {
      throw error instanceof RemoteFailureError && error.code === 'WEIR_TRANSPORT_BROKEN' ? new TransportBrokenError(connection.nodeId) : error;
    }
  }
  private drained(): Promise<void> {
    if (this.waitingBytes === 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.drainWaiters.push({ resolve, reject }));
  }
  private readonly checkDrained = (): void => {
    if (this.drainWaiters.length === 0 || this.waitingBytes > 0) return;
    const waiters = this.drainWaiters;
    this.drainWaiters = [];
    for (const { resolve } of waiters) resolve();
  };

  closed(connection: ThreadConnection): void {
    if (!this.connections.delete(connection)) return;
    this.leave(connection.nodeId);
    this.options.send({ type: 'remove-node', node: connection.nodeId, purpose: connection.purpose });
  }
  private leave(node: string): void {
    const left = (this.nodes.get(node) ?? 1) - 1;
    if (left === 0) this.nodes.delete(node);
    else this.nodes.set(node, left);
  }

  private request(make: (request: number) => ToHub): Promise<void> {
    const request = this.nextRequest++;
    return new Promise((resolve, reject) => {
      this.requests.set(request, { resolve, reject });
      this.options.send(make(request));
    });
  }

  // --- from the hub -------------------------------------------------------------------------------------------------------------------

  receive(message: FromHub): void {
    switch (message.type) {
      case 'control':
        this.receiveControl(message.subject, message.bytes, message.from, message.id);
        break;
      case 'answered':
        this.asked.answered(message.id, message.outcome);
        break;
      case 'routed':
        this.routed(message.node, message.thread);
        break;
      case 'link':
        this.links.set(message.thread, new RingLink(message, this.options.timers, this.receiveData, this.checkDrained));
        break;
      case 'node-moved':
        if (!this.isAsked(message.node)) this.routes.delete(message.node);
        break;
      case 'thread-gone':
        for (const node of message.nodes) if (!this.isAsked(node)) this.routes.delete(node);
        this.links.get(message.thread)?.close();
        this.links.delete(message.thread);
        this.asked.threadGone(message.thread);
        this.checkDrained();
        break;
      case 'disconnected':
        this.disconnected(message.purpose);
        break;
      case 'reply':
        this.replied(message.request, message.failure);
    }
  }

  private receiveControl(subject: Subject, bytes: Uint8Array, from: number, id: number): void {
    const handler = this.handlers.control.get(subject);
    if (id !== 0) this.options.send({ type: 'answer', to: from, id, received: handler !== undefined });
    if (handler !== undefined) this.handOver(handler, subject, bytes);
  }
  private readonly receiveData = ({ subject, flags, id, from, payload }: RingMessage): void => {
    const { uplink, send } = this.options;
    if (uplink !== undefined && !this.nodes.has(nodeOf(subject))) {
      uplink(subject, wireOf(flags, payload), from, id);
      return;
    }
    const handler = this.handlers.data.get(subject);
    if (id !== 0) send({ type: 'answer', to: from, id, received: handler !== undefined });
    if (handler === undefined) return;
    if ((flags & FLAG_WIRE) !== 0) this.handOver(handler, subject, payload);
    else handler(payload);
  };
  /** From another process: a message of bytes arrives at an odd offset, which its reader takes, slower. */
  receiveWire(purpose: ConnectionPurpose, subject: Subject, bytes: Uint8Array): boolean {
    const handler = this.handlers[purpose].get(subject);
    if (handler !== undefined) this.handOver(handler, subject, bytes);
    return handler !== undefined;
  }
  /** Whoever reaches the process can send rubbish: it is counted, logged at 1, 2, 4, … and dropped. */
  private handOver(handler: Handler, subject: Subject, bytes: Uint8Array): void {
    let message: unknown;
    try {
      message = decodeWireMessage(bytes);
    } catch (error) {
      const count = ++this.undecodableMessages;
      if ((count & (count - 1)) === 0) {
        this.options.logger.log('warn', 'dropped bytes that are no message', { subject, bytes: bytes.length, reason: toError(error).message, count });
      }
      return;
    }
    handler(message);
  }

  private isAsked(node: string): boolean {
    const route = this.routes.get(node);
    return route !== undefined && 'asked' in route;
  }
  private routed(node: string, thread: number | undefined): void {
    const route = this.routes.get(node);
    this.routes.set(node, { thread });
    if (route === undefined || !('asked' in route)) return;
    for (const message of route.asked) {
      this.askedBytes -= message.payload.length;
      this.sendTo(thread, message);
    }
    this.checkDrained();
  }
  private disconnected(purpose: ConnectionPurpose): void {
    for (const connection of [...this.connections]) if (connection.purpose === purpose) connection.disconnected();
  }
  private replied(request: number, failure: FailureInfo | undefined): void {
    const waiting = this.requests.get(request);
    this.requests.delete(request);
    if (failure === undefined) waiting?.resolve();
    else waiting?.reject(new RemoteFailureError(failure));
  }

  /** The thread or the hub ends: links close, and who waits hears it. */
  close(): void {
    for (const link of this.links.values()) link.close();
    this.links.clear();
    this.rejectWaiters();
    const waiting = [...this.requests.values()];
    this.requests.clear();
    for (const { reject } of waiting) reject(new TransportBrokenError(`thread ${this.options.thread}`));
  }
}

/** Messages of the thread itself are copies as well (T5), but for those of whoever says that nobody changes them. */
function copyOf(message: unknown): unknown {
  return message instanceof Uint8Array ? new Uint8Array(message) : decodeWireMessage(encodeWireMessage(message));
}
/** Posting a view would copy all of its buffer. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
export function wireOf(flags: number, payload: Uint8Array): Uint8Array {
  return (flags & FLAG_WIRE) !== 0 ? payload : encodeWireMessage(payload);
}
