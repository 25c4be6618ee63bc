/**
 * One node's connection: encodes, decodes, and hands over by subject. Whoever can publish to the servers can publish rubbish (F32): bytes
 * that are no message are counted, logged and dropped. Hot path: `publish` of bytes and `receive`.
 */
import { assert, toError } from '@weir/base';
import {
  type Connection,
  type ConnectionPurpose,
  type Logger,
  type Subject,
  SubjectTakenError,
  type Subscription,
  TransportClosedError,
} from '@weir/ports';
import { decodeWireMessage, encodeWireMessage } from '@weir/types';
import type { NatsCourier } from './nats-courier.js';

type Handler = (message: unknown) => void;

export class NatsNodeConnection implements Connection {
  private readonly handlers = new Map<Subject, Handler>();
  private readonly listening = new Set<Subscription>();
  private served: Subscription | undefined;
  private closed = false;
  /** Messages dropped because their bytes are no message. */
  undecodableMessages = 0;

  constructor(
    readonly nodeId: string,
    readonly purpose: ConnectionPurpose,
    private readonly courier: NatsCourier,
    private readonly logger: Logger,
  ) {}

  async open(): Promise<void> {
    this.served = await this.courier.serve(this.nodeId, this.purpose, this.receive);
  }

  publish(subject: Subject, message: unknown): void {
    this.checkOpen();
    this.courier.publish(this.purpose, subject, encodeWireMessage(message, Buffer.allocUnsafe));
  }

  publishExpectingReceiver(subject: Subject, message: unknown, onNoReceiver: () => void): void {
    this.checkOpen();
    this.courier.publishExpectingReceiver(this.purpose, subject, encodeWireMessage(message, Buffer.allocUnsafe), () => {
      if (!this.closed) onNoReceiver();
    });
  }

  subscribe(subject: Subject, handler: Handler): Subscription {
    this.checkOpen();
    assert(subject.startsWith(`${this.nodeId}.`), `${subject} does not begin with its node ${this.nodeId}`);
    if (this.handlers.has(subject)) throw new SubjectTakenError(subject);
    this.handlers.set(subject, handler);
    return {
      unsubscribe: () => {
        if (this.handlers.get(subject) === handler) this.handlers.delete(subject);
      },
    };
  }

  onDisconnect(listener: () => void): Subscription {
    this.checkOpen();
    const inner = this.courier.onDisconnect(this.purpose, listener);
    const subscription = {
      unsubscribe: () => {
        inner.unsubscribe();
        this.listening.delete(subscription);
      },
    };
    this.listening.add(subscription);
    return subscription;
  }

  flush(): Promise<void> {
    return this.closed ? Promise.reject(new TransportClosedError(this.nodeId)) : this.courier.flush(this.purpose);
  }

  close(): Promise<void> {
    this.closed = true;
    this.handlers.clear();
    for (const subscription of [...this.listening]) subscription.unsubscribe();
    this.served?.unsubscribe();
    return Promise.resolve();
  }

  private checkOpen(): void {
    if (this.closed) throw new TransportClosedError(this.nodeId);
  }

  private readonly receive = (subject: Subject, bytes: Uint8Array, replyTo: string): void => {
    const handler = this.handlers.get(subject);
    if (handler === undefined) {
      this.courier.answerNoReceiver(this.purpose, replyTo);
      return;
    }
    let message: unknown;
    try {
      message = decodeWireMessage(bytes);
    } catch (error) {
      this.dropped(subject, bytes.length, toError(error));
      return;
    }
    handler(message);
  };

  /** Logged at 1, 2, 4, 8, … : who sends rubbish shall not fill the disk too. */
  private dropped(subject: Subject, bytes: number, reason: Error): void {
    const count = ++this.undecodableMessages;
    if ((count & (count - 1)) !== 0) return;
    this.logger.log('warn', 'dropped bytes that are no message', { node: this.nodeId, subject, bytes, reason: reason.message, count });
  }
}
