/**
 * Messages between nodes that live in one thread: by reference, in memory, with nothing that can break. One transport object is one
 * network; nodes that shall talk connect to the same object. Hot path: `publish`, `deliver`.
 *
 *  - Messages are handed over in batches, one deferred task each, in the order of `publish` over all connections; control before data.
 *  - A subject is looked up when its message is delivered: `onNoReceiver` is certain.
 *  - A handler that throws breaks an invariant of its owner: the error surfaces in the host, the other messages are delivered.
 */
import { assert } from '@weir/base';
import {
  type Connection,
  type ConnectionPurpose,
  type Subject,
  SubjectTakenError,
  type Subscription,
  type Timers,
  type Transport,
  TransportClosedError,
} from '@weir/ports';

type Handler = (message: unknown) => void;

class Delivery {
  constructor(
    readonly subject: Subject,
    readonly message: unknown,
    readonly onNoReceiver: (() => void) | undefined,
  ) {}
}

/** Messages handed over in one task at most; then I/O has its turn. */
const BATCH_MESSAGES = 4096;

export class InProcessTransport implements Transport {
  readonly kind = 'in-process';
  readonly byReference = true;
  private readonly handlers = new Map<Subject, Handler>();
  private control: Delivery[] = [];
  private data: Delivery[] = [];
  private scheduled = false;

  constructor(private readonly timers: Timers) {}

  connect(nodeId: string, purpose: ConnectionPurpose): Promise<Connection> {
    return Promise.resolve(new InProcessConnection(this, nodeId, purpose));
  }

  /** Subjects that have a subscriber now; for leak audits. */
  get subscriptionCount(): number {
    return this.handlers.size;
  }

  enqueue(purpose: ConnectionPurpose, delivery: Delivery): void {
    (purpose === 'control' ? this.control : this.data).push(delivery);
    if (!this.scheduled) this.schedule();
  }

  addHandler(subject: Subject, handler: Handler): Subscription {
    if (this.handlers.has(subject)) throw new SubjectTakenError(subject);
    this.handlers.set(subject, handler);
    return {
      unsubscribe: () => {
        if (this.handlers.get(subject) === handler) this.handlers.delete(subject);
      },
    };
  }

  /** Resolves after everything that was published before. */
  flush(): Promise<void> {
    return new Promise((resolve) => this.timers.defer(resolve));
  }

  private schedule(): void {
    this.scheduled = true;
    this.timers.defer(this.deliverBatch);
  }

  private readonly deliverBatch = (): void => {
    const control = this.control;
    const data = this.data;
    this.control = [];
    this.data = [];
    let done = 0;
    const total = Math.min(control.length + data.length, BATCH_MESSAGES);
    try {
      while (done < total) {
        const next = done < control.length ? control[done] : data[done - control.length];
        done++;
        this.deliver(next);
      }
    } finally {
      const dataDone = Math.max(0, done - control.length);
      if (done < control.length) this.control = control.slice(done).concat(this.control);
      if (dataDone < data.length) this.data = data.slice(dataDone).concat(this.data);
      this.scheduled = false;
      if (this.control.length + this.data.length > 0) this.schedule();
    }
  };

  private deliver(delivery: Delivery): void {
    const handler = this.handlers.get(delivery.subject);
    if (handler !== undefined) handler(delivery.message);
    else delivery.onNoReceiver?.();
  }
}

class InProcessConnection implements Connection {
  private readonly subscriptions = new Set<Subscription>();
  private closed = false;

  constructor(
    private readonly transport: InProcessTransport,
    readonly nodeId: string,
    readonly purpose: ConnectionPurpose,
  ) {}

  publish(subject: Subject, message: unknown): void {
    this.send(subject, message, undefined);
  }

  publishExpectingReceiver(subject: Subject, message: unknown, onNoReceiver: () => void): void {
    this.send(subject, message, onNoReceiver);
  }

  subscribe(subject: Subject, handler: Handler): Subscription {
    if (this.closed) throw new TransportClosedError(this.nodeId);
    assert(subject.startsWith(`${this.nodeId}.`), `node ${this.nodeId} may subscribe below its own name, not ${subject}`);
    const inner = this.transport.addHandler(subject, handler);
    const subscription = {
      unsubscribe: () => {
        inner.unsubscribe();
        this.subscriptions.delete(subscription);
      },
    };
    this.subscriptions.add(subscription);
    return subscription;
  }

  /** Never calls its listener: memory does not break. */
  onDisconnect(listener: () => void): Subscription {
    assert(typeof listener === 'function', 'a disconnect listener is a function');
    return { unsubscribe: () => undefined };
  }

  flush(): Promise<void> {
    return this.closed ? Promise.reject(new TransportClosedError(this.nodeId)) : this.transport.flush();
  }

  close(): Promise<void> {
    this.closed = true;
    for (const subscription of [...this.subscriptions]) subscription.unsubscribe();
    return Promise.resolve();
  }

  private send(subject: Subject, message: unknown, onNoReceiver: (() => void) | undefined): void {
    if (this.closed) throw new TransportClosedError(this.nodeId);
    this.transport.enqueue(this.purpose, new Delivery(subject, message, onNoReceiver));
  }
}
