/** A connection in one thread whose messages a test delivers, repeats or loses one by one. */
import type { Connection } from '@weir/ports';
import { KIND } from '../../src/channels/frame-format.js';

/** Delivers when told; loses what it is told to. */
export class Courier implements Connection {
  readonly nodeId = 'test';
  readonly purpose = 'data';
  readonly published: { readonly subject: string; readonly message: unknown }[] = [];
  private readonly handlers = new Map<string, (message: unknown) => void>();

  /** `inThread`: subjects whose node is in this thread. */
  constructor(private readonly inThreadSubjects: readonly string[] = []) {}

  inThread(subject: string): ((message: unknown) => void) | undefined {
    return this.inThreadSubjects.includes(subject) ? (message) => this.publish(subject, message) : undefined;
  }
  publish(subject: string, message: unknown): void {
    this.published.push({ subject, message });
  }
  publishExpectingReceiver(subject: string, message: unknown): void {
    this.publish(subject, message);
  }
  subscribe(subject: string, handler: (message: unknown) => void): { unsubscribe: () => void } {
    this.handlers.set(subject, handler);
    return { unsubscribe: () => this.handlers.delete(subject) };
  }
  onDisconnect(): { unsubscribe: () => void } {
    return { unsubscribe: () => undefined };
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  /** Hands over the oldest message; twice, or not at all, when told. */
  deliver(times = 1): void {
    const next = this.published.shift();
    for (let i = 0; next !== undefined && i < times; i++) {
      // Bytes arrive as a copy (T5), whose sender may use their memory again afterwards.
      this.handlers.get(next.subject)?.(next.message instanceof Uint8Array ? new Uint8Array(next.message) : next.message);
    }
  }
  deliverAll(): void {
    while (this.published.length > 0) this.deliver();
  }
  get nextKind(): string | undefined {
    const message = this.published[0]?.message;
    if (message instanceof Uint8Array) return Object.entries(KIND).find(([, kind]) => kind === message[1])?.[0];
    return (message as { kind: string } | undefined)?.kind;
  }
}
