/** The leader that a standby has seen last, and since when: it is taken over only when it stood unchanged for a whole lease, or is certainly gone (L3). */
import type { LeaderRecord, Versioned } from '@weir/ports';

export class ObservedLeader {
  /** Certainly not there any more. */
  isGone: boolean;

  /** `sinceMs` by the standby's monotonic clock. A name is used by one life at a time: the record of an earlier life of `node` is nobody's. */
  constructor(private readonly found: Versioned<LeaderRecord>, private readonly sinceMs: number, node: string) {
    this.isGone = found.value.leader === node;
  }

  get record(): LeaderRecord {
    return this.found.value;
  }

  stands(found: Versioned<LeaderRecord>): boolean {
    const [a, b] = [this.found, found];
    return a.version === b.version && a.value.nonce === b.value.nonce && a.value.epoch === b.value.epoch && a.value.renewCount === b.value.renewCount;
  }

  /** Until it may be taken over; at most 0 from then on. */
  leftMs(leaseMs: number, nowMs: number): number {
    return this.isGone ? 0 : this.sinceMs + leaseMs - nowMs;
  }
}
