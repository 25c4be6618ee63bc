/**
 * Slots in threads of their own: one thread a slot, and the thread goes with the slot, so that nothing that user code left behind meets another job.
 * An endless loop, a full heap or a crash costs this slot and nothing else.
 */
import type { ActorAddress } from '@weir/actor';
import type { FailureInfo } from '@weir/base';
import type { SlotAssignment, SlotHost } from '@weir/cluster';
import type { Subscription } from '@weir/ports';
import type { NodeThread, ThreadPool } from '@weir/process';
import type { SlotThreadCommand } from './slot-thread-settings.js';

/** Time for tasks to close what they opened, before the thread is ended by force. A thread in an endless loop takes all of it. */
const CLOSE_GRACE_MS = 500;

export class ThreadSlotHost implements SlotHost {
  private readonly threads = new Map<ActorAddress, NodeThread>();
  private readonly listeners = new Set<(address: ActorAddress, failure?: FailureInfo) => void>();

  /** The threads of `pool` run `slot-thread`. */
  constructor(private readonly pool: ThreadPool) {}

  /** The slot is the actor `slot` on the thread's node: `name` is not needed. */
  async open(_name: string, assignment: SlotAssignment): Promise<ActorAddress> {
    const thread = await this.pool.take();
    let address: ActorAddress;
    try {
      address = await thread.call<ActorAddress>({ type: 'open-slot', assignment } satisfies SlotThreadCommand);
    } catch (error) {
      await this.pool.give(thread, 0);
      throw error;
    }
    this.threads.set(address, thread);
    void thread.ended.then((failure) => this.ended(address, failure));
    return address;
  }

  async close(address: ActorAddress): Promise<void> {
    const thread = this.threads.get(address);
    if (thread === undefined) return;
    this.threads.delete(address);
    await this.pool.give(thread, CLOSE_GRACE_MS);
  }

  onLost(listener: (address: ActorAddress, failure?: FailureInfo) => void): Subscription {
    this.listeners.add(listener);
    return { unsubscribe: () => void this.listeners.delete(listener) };
  }

  private ended(address: ActorAddress, failure: FailureInfo | undefined): void {
    if (!this.threads.delete(address)) return; // it was closed
    for (const listener of [...this.listeners]) listener(address, failure);
  }
}
