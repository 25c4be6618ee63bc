/** Callbacks of `publishExpectingReceiver` that wait for an answer. */
import type { ReceiverOutcome } from './hub-protocol.js';

/** Messages to other processes whose fate stays unknown: of more than these the oldest are forgotten, which means that nothing is known. */
const UNKNOWN_MAX = 4096;

export class AskedReceivers {
  private nextId = 1;
  private readonly callbacks = new Map<number, () => void>();
  /** Messages that went to another thread without passing the hub. */
  private readonly threads = new Map<number, number>();
  private readonly unknown = new Set<number>();

  ask(onNoReceiver: () => void): number {
    const id = this.nextId;
    this.nextId = id === 0xffff_ffff ? 1 : id + 1;
    this.callbacks.set(id, onNoReceiver);
    return id;
  }

  answered(id: number, outcome: ReceiverOutcome): void {
    if (outcome === 'unknown') {
      this.unknown.add(id);
      for (const oldest of this.unknown) {
        if (this.unknown.size <= UNKNOWN_MAX) break;
        this.forget(oldest);
      }
      return;
    }
    const callback = this.callbacks.get(id);
    this.forget(id);
    if (outcome === 'no-receiver') callback?.();
  }
  sentTo(thread: number, id: number): void {
    this.threads.set(id, thread);
  }
  /** Whether the messages on the way to it arrived: certainly nobody answers any more. */
  threadGone(thread: number): void {
    for (const [id, target] of [...this.threads]) if (target === thread) this.answered(id, 'no-receiver');
  }
  private forget(id: number): void {
    this.threads.delete(id);
    this.unknown.delete(id);
    this.callbacks.delete(id);
  }

  get size(): number {
    return this.callbacks.size;
  }
}
