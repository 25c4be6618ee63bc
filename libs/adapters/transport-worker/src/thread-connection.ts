/** A node's connection in its thread; all work is the endpoint's. */
import { assert } from '@weir/base';
import { type Connection, type ConnectionPurpose, type Subject, type Subscription, TransportClosedError } from '@weir/ports';
import type { Handler, ThreadEndpoint } from './thread-endpoint.js';

export class ThreadConnection implements Connection {
  private readonly subscriptions = new Set<Subscription>();
  private readonly listeners = new Set<() => void>();
  private isClosed = false;

  constructor(
    private readonly endpoint: ThreadEndpoint,
    readonly nodeId: string,
    readonly purpose: ConnectionPurpose,
  ) {}

  publish(subject: Subject, message: unknown): void {
    this.checkOpen();
    this.endpoint.publish(this, subject, message, undefined);
  }

  publishExpectingReceiver(subject: Subject, message: unknown, onNoReceiver: () => void): void {
    this.checkOpen();
    this.endpoint.publish(this, subject, message, () => {
      if (!this.isClosed) onNoReceiver();
    });
  }

  inThread(subject: Subject): ((message: unknown) => void) | undefined {
    const publish = this.endpoint.inThread(this, subject);
    return publish === undefined ? undefined : (message) => {
      this.checkOpen();
      publish(message);
    };
  }

  subscribe(subject: Subject, handler: Handler): Subscription {
    this.checkOpen();
    assert(subject.startsWith(`${this.nodeId}.`), `${subject} does not begin with its node ${this.nodeId}`);
    const own: Handler = (message) => handler(message);
    this.endpoint.subscribe(this.purpose, subject, own);
    const subscription = {
      unsubscribe: () => {
        this.endpoint.unsubscribe(this.purpose, subject, own);
        this.subscriptions.delete(subscription);
      },
    };
    this.subscriptions.add(subscription);
    return subscription;
  }

  onDisconnect(listener: () => void): Subscription {
    this.checkOpen();
    const own = (): void => listener();
    this.listeners.add(own);
    return { unsubscribe: () => this.listeners.delete(own) };
  }
  disconnected(): void {
    for (const listener of [...this.listeners]) listener();
  }

  flush(): Promise<void> {
    return this.isClosed ? Promise.reject(new TransportClosedError(this.nodeId)) : this.endpoint.flush(this);
  }

  close(): Promise<void> {
    this.isClosed = true;
    for (const subscription of [...this.subscriptions]) subscription.unsubscribe();
    this.listeners.clear();
    this.endpoint.closed(this);
    return Promise.resolve();
  }

  private checkOpen(): void {
    if (this.isClosed) throw new TransportClosedError(this.nodeId);
  }
}
