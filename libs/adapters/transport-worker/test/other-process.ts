/** Hubs of several processes, joined by an upstream in memory that behaves like a courier: bytes, one node in one process, nothing within a call. */
import type { ConnectionPurpose, Subject, Subscription } from '@weir/ports';
import type { Upstream } from '@weir/transport-worker';
import { timers } from './in-threads.js';

type Handler = (subject: Subject, bytes: Uint8Array, replyTo: string) => void;

export class FakeNetwork {
  private readonly served = new Map<string, Handler>();
  private readonly asking = new Map<string, () => void>();
  private readonly listeners = new Set<{ readonly purpose: ConnectionPurpose; readonly listener: () => void }>();
  private asks = 0;
  isBroken = false;
  /** Who serves what, as `purpose/node`. */
  get nodes(): string[] {
    return [...this.served.keys()].sort();
  }

  /** One process's end. */
  upstream(): Upstream {
    const send = (purpose: ConnectionPurpose, subject: Subject, bytes: Uint8Array, replyTo: string): void => {
      // Bytes at an odd offset of a larger buffer, which is used again after the call.
      const socket = Buffer.alloc(bytes.length + 3);
      timers.defer(() => {
        socket.set(bytes, 3);
        const handler = this.served.get(`${purpose}/${subject.split('.')[0]}`);
        if (handler === undefined) this.nobody(replyTo);
        else handler(subject, socket.subarray(3), replyTo);
        socket.fill(0xff);
      });
    };
    return {
      serve: (node, purpose, handler) => {
        const key = `${purpose}/${node}`;
        if (this.served.has(key)) return Promise.reject(new Error(`${key} is served already`));
        this.served.set(key, handler);
        return Promise.resolve({ unsubscribe: () => this.served.delete(key) });
      },
      publish: (purpose, subject, bytes) => send(purpose, subject, bytes, ''),
      publishExpectingReceiver: (purpose, subject, bytes, onNoReceiver) => {
        const replyTo = `reply.${this.asks++}`;
        this.asking.set(replyTo, onNoReceiver);
        send(purpose, subject, bytes, replyTo);
      },
      answerNoReceiver: (_purpose, replyTo) => this.nobody(replyTo),
      onDisconnect: (purpose, listener): Subscription => {
        const entry = { purpose, listener };
        this.listeners.add(entry);
        return { unsubscribe: () => this.listeners.delete(entry) };
      },
      flush: () => (this.isBroken ? Promise.reject(new Error('broken')) : Promise.resolve()),
    };
  }
  private nobody(replyTo: string): void {
    const callback = this.asking.get(replyTo);
    this.asking.delete(replyTo);
    if (callback !== undefined) timers.defer(callback);
  }
  break(purpose: ConnectionPurpose): void {
    for (const entry of [...this.listeners]) if (entry.purpose === purpose) entry.listener();
  }
  get listenerCount(): number {
    return this.listeners.size;
  }
}
