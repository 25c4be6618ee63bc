/**
 * All traffic of one purpose (control or data) of one process, over one NATS connection: a wildcard subscription for each node that lives
 * in the process, messages out, messages in. Bytes only; what they mean is decided above. Hot path: `publish`, `receive`; benchmark `nats`.
 *
 *  W1. One publisher, one connection, one order: what is published here arrives in that order, with holes only where `onDisconnect` tells
 *      of a break.
 *  W2. Nothing is published while there is no connection: it would arrive after a break that its sender has not yet heard of, or never.
 *  W3. A handler that throws breaks an invariant of its owner: the error surfaces in the host, the connection lives.
 *  W4. Bytes that are not confirmed by the server are bounded; beyond the bound the connection is given up, which is told, instead of
 *      memory.
 *  W5. For a while after a reconnect a server that knows no receiver proves nothing: the receiver may be on its way back as we were.
 */
import { assert } from '@weir/base';
import { type ConnectionPurpose, type Subject, SubjectTakenError, type Subscription, TransportClosedError } from '@weir/ports';
import type { Msg, NatsConnection, Subscription as NatsSubscription } from 'nats';
import { NatsAuthError, NatsPayloadError } from './errors.js';
import { ExpectedReceivers } from './expected-receivers.js';
import { KIND_PART, MAX_MESSAGE_BYTES, PartAssembler, PartCutter } from './message-parts.js';
import { checkWord, type NatsHost, type NatsOptions } from './nats-options.js';
import { NatsSession } from './nats-session.js';
import { UnconfirmedBytes } from './unconfirmed-bytes.js';

/**
 * Takes a message for a node: the subject without the cluster's prefix, the bytes as published, and where to say that nobody is there
 * (`''`: nowhere). The bytes may be a view into the socket's buffer at any offset: copy what is kept for long or handed to another thread.
 */
export type CourierHandler = (subject: Subject, bytes: Uint8Array, replyTo: string) => void;

/** Counters of one purpose; they only rise. */
export interface CourierStatistics {
  readonly publishedMessages: number;
  readonly publishedBytes: number;
  readonly receivedMessages: number;
  readonly receivedBytes: number;
  /** Published while there was no connection. */
  readonly lostMessages: number;
  /** Empty messages, foreign or broken parts; what cannot be decoded is counted by who decodes. */
  readonly refusedMessages: number;
  readonly disconnects: number;
}

/** Unconfirmed bytes of one connection; credits of all data channels together stay far below. */
export const MAX_UNCONFIRMED_BYTES = 64 * 1024 * 1024;

/** Longer than a node takes to come back after its server has. */
const YOUNG_MS = 3000;
const NO_RESPONDERS = 503;

const MAX_CACHED_ADDRESSES = 4096;
const SUBJECT = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const NOBODY_HERE = Uint8Array.of(0);

class ServedNode {
  subscription: NatsSubscription | undefined;

  constructor(
    readonly node: string,
    readonly handler: CourierHandler,
  ) {}
}

export class NatsWire {
  private readonly session: NatsSession;
  private readonly prefix: string;
  private readonly inbox: string;
  private readonly nodes = new Map<string, ServedNode>();
  private readonly addresses = new Map<Subject, string>();
  private readonly cutter: PartCutter;
  private readonly parts: PartAssembler;
  private readonly expected: ExpectedReceivers;
  private readonly unconfirmed: UnconfirmedBytes;
  private maxPayload = 1024 * 1024;
  private reconnectedAtMs = Number.NEGATIVE_INFINITY;
  private isFirst = true;
  private publishedMessages = 0;
  private publishedBytes = 0;
  private receivedMessages = 0;
  private receivedBytes = 0;
  private lostMessages = 0;
  private emptyMessages = 0;

  constructor(
    readonly purpose: ConnectionPurpose,
    private readonly options: NatsOptions,
    private readonly host: NatsHost,
  ) {
    const life = host.random.hex(8);
    this.prefix = `weir.${options.cluster}.${purpose === 'control' ? 'c' : 'd'}.`;
    this.inbox = `weir.${options.cluster}.r.${life}.`;
    this.cutter = new PartCutter(Uint8Array.from({ length: 8 }, (_, i) => Number.parseInt(life.slice(2 * i, 2 * i + 2), 16)));
    this.parts = new PartAssembler(host.clock);
    this.expected = new ExpectedReceivers(host.timers);
    const name = `${options.processName ?? 'weir'}/${purpose}`;
    this.session = new NatsSession(name, options, host, (connection, denied) => this.setUp(connection, denied));
    this.unconfirmed = new UnconfirmedBytes(host.timers, () => this.session.flush());
    this.session.onDisconnect(() => this.onBreak());
  }

  open(): Promise<void> {
    return this.session.open();
  }

  /** Takes what is published for this node. Resolves when the servers know of it; fails with `WEIR_NATS_AUTH` when they do not allow it. */
  async serve(node: string, handler: CourierHandler): Promise<Subscription> {
    checkWord('the node name', node);
    if (this.session.isClosed) throw new TransportClosedError(node);
    if (this.nodes.has(node)) throw new SubjectTakenError(`${node}.>`);
    const served = new ServedNode(node, handler);
    this.nodes.set(node, served);
    const stop = (): void => {
      if (this.nodes.get(node) !== served) return;
      this.nodes.delete(node);
      served.subscription?.unsubscribe();
    };
    let refusal: Error | undefined;
    if (this.session.connection !== undefined) this.subscribe(this.session.connection, served, (error) => (refusal = error));
    try {
      await this.session.whenConnected();
      if (refusal !== undefined) throw new NatsAuthError(this.options.servers, refusal.message, refusal);
    } catch (error) {
      stop();
      throw error;
    }
    return { unsubscribe: stop };
  }

  /** Hands bytes to the server. Throws `WEIR_NATS_PAYLOAD` when they are too many, `WEIR_TRANSPORT_CLOSED` after `close`. */
  publish(subject: Subject, bytes: Uint8Array): void {
    this.send(subject, bytes, undefined);
  }

  publishExpectingReceiver(subject: Subject, bytes: Uint8Array, onNoReceiver: () => void): void {
    this.send(subject, bytes, onNoReceiver);
  }

  /** Tells the publisher of a message that nobody is at its subject. */
  answerNoReceiver(replyTo: string): void {
    const connection = this.session.connection;
    if (replyTo === '' || connection === undefined || connection.isClosed()) return;
    connection.publish(replyTo, NOBODY_HERE);
  }

  onDisconnect(listener: () => void): Subscription {
    return this.session.onDisconnect(listener);
  }

  flush(): Promise<void> {
    return this.session.flush();
  }

  /** Bytes that the server has not yet confirmed; lags by 1 MiB or 200 ms. */
  get pendingBytes(): number {
    return this.unconfirmed.bytes;
  }

  get statistics(): CourierStatistics {
    return {
      publishedMessages: this.publishedMessages,
      publishedBytes: this.publishedBytes,
      receivedMessages: this.receivedMessages,
      receivedBytes: this.receivedBytes,
      lostMessages: this.lostMessages,
      refusedMessages: this.emptyMessages + this.parts.refused,
      disconnects: this.session.disconnectCount,
    };
  }

  async close(): Promise<void> {
    await this.session.close();
    this.expected.clear();
    this.unconfirmed.reset();
    this.parts.clear();
    this.nodes.clear();
  }

  private send(subject: Subject, bytes: Uint8Array, onNoReceiver: (() => void) | undefined): void {
    if (this.session.isClosed) throw new TransportClosedError(this.session.name);
    if (bytes.length > MAX_MESSAGE_BYTES) throw new NatsPayloadError(subject, bytes.length, MAX_MESSAGE_BYTES);
    const address = this.addresses.get(subject) ?? this.newAddress(subject);
    const connection = this.session.connection;
    if (connection === undefined || connection.isClosed()) {
      this.lostMessages++; // W2
      return;
    }
    const reply = onNoReceiver === undefined ? undefined : { reply: this.inbox + this.expected.expect(onNoReceiver) };
    if (bytes.length <= this.maxPayload) {
      connection.publish(address, bytes, reply);
    } else {
      this.cutter.cut(bytes, this.maxPayload, (part, last) => connection.publish(address, part, last ? reply : undefined));
    }
    this.publishedMessages++;
    this.publishedBytes += bytes.length;
    this.unconfirmed.add(bytes.length);
    if (this.unconfirmed.bytes > MAX_UNCONFIRMED_BYTES) this.session.abandon(`${this.unconfirmed.bytes} bytes are unconfirmed`); // W4
  }

  /** Subjects come from names that people give: one with a space or a line break would be a command to the server. */
  private newAddress(subject: Subject): string {
    assert(SUBJECT.test(subject), `${JSON.stringify(subject)} is not a subject`);
    if (this.addresses.size >= MAX_CACHED_ADDRESSES) this.addresses.clear();
    const address = this.prefix + subject;
    this.addresses.set(subject, address);
    return address;
  }

  /** W5. */
  private isYoung(): boolean {
    return this.host.clock.monotonic() - this.reconnectedAtMs < YOUNG_MS;
  }

  private setUp(connection: NatsConnection, denied: (error: Error) => void): void {
    if (!this.isFirst) this.reconnectedAtMs = this.host.clock.monotonic();
    this.isFirst = false;
    this.maxPayload = Math.min(connection.info?.max_payload ?? this.maxPayload, MAX_MESSAGE_BYTES);
    connection.subscribe(`${this.inbox}*`, {
      callback: (error, message) => {
        if (error !== null) denied(error);
        else if (message.headers?.code !== NO_RESPONDERS || !this.isYoung()) this.nobody(message.subject.slice(this.inbox.length));
      },
    });
    for (const served of this.nodes.values()) this.subscribe(connection, served, denied);
  }

  private subscribe(connection: NatsConnection, served: ServedNode, denied: (error: Error) => void): void {
    served.subscription = connection.subscribe(`${this.prefix}${served.node}.>`, {
      callback: (error, message) => {
        if (error === null) this.receive(served, message);
        else denied(error);
      },
    });
  }

  private receive(served: ServedNode, message: Msg): void {
    const bytes = message.data;
    const subject = message.subject.slice(this.prefix.length);
    if (bytes.length === 0) {
      this.emptyMessages++;
      return;
    }
    const whole = bytes[0] === KIND_PART ? this.parts.accept(subject, bytes) : bytes;
    if (whole === undefined || this.nodes.get(served.node) !== served) return;
    this.receivedMessages++;
    this.receivedBytes += whole.length;
    try {
      served.handler(subject, whole, message.reply ?? '');
    } catch (error) {
      this.surface(error);
    }
  }

  private onBreak(): void {
    this.expected.clear();
    this.unconfirmed.reset();
    this.parts.clear();
  }

  private nobody(token: string): void {
    try {
      this.expected.nobody(token);
    } catch (error) {
      this.surface(error);
    }
  }

  /** W3: the client library would end its reader on an exception, and say nothing. */
  private surface(error: unknown): void {
    this.host.timers.defer(() => {
      throw error;
    });
  }
}
