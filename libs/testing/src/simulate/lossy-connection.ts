/** A connection that can lose what is published on it without a word, and tells of a break later. */
import type { Connection, ConnectionPurpose, Subscription } from '@weir/ports';
import type { SimulatedWorld } from '../simulation/simulated-world.js';

export class LossyConnection implements Connection {
  protected losing = false;
  private readonly listeners = new Set<() => void>();
  constructor(protected readonly inner: Connection, protected readonly world: SimulatedWorld) {}
  get nodeId(): string {
    return this.inner.nodeId;
  }
  get purpose(): ConnectionPurpose {
    return this.inner.purpose;
  }
  /** `toldAfterMs`: Infinity = never. */
  loseSilently(forMs: number, toldAfterMs: number): void {
    this.losing = true;
    this.world.after(forMs, 'loss over', () => { this.losing = false; });
    if (toldAfterMs !== Infinity) this.world.after(toldAfterMs, 'loss is told', () => { for (const listener of [...this.listeners]) listener(); });
  }
  publish(subject: string, message: unknown): void {
    if (!this.losing) this.inner.publish(subject, message);
  }
  publishExpectingReceiver(subject: string, message: unknown, onNoReceiver: () => void): void {
    this.inner.publishExpectingReceiver(subject, message, onNoReceiver);
  }
  subscribe(subject: string, handler: (message: unknown) => void): Subscription {
    return this.inner.subscribe(subject, handler);
  }
  onDisconnect(listener: () => void): Subscription {
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
