/**
 * Barrier alignment (Chandy-Lamport 1985; Carbone et al. 2015), pure: which channels to block, and when the cut is complete.
 *
 *   idle --first barrier of n--> aligning(n) --barrier n on every channel--> complete(n) --> idle
 *   aligning(n) --barrier or cancellation of m > n--> n is given up, its channels are released
 *
 * A channel that has ended still delivers barriers: its producer lives until the final checkpoint.
 * B1: between a channel's barrier and the completion nothing is taken from it. B2: an id that completed or was given up never aligns again.
 */
export type AlignmentEffect =
  | { readonly type: 'block'; readonly channel: number }
  | { readonly type: 'release-all' }
  /** All barriers are in: snapshot now, then release. */
  | { readonly type: 'complete'; readonly checkpointId: number; readonly timestampMs: number }
  /** Tell downstream and the coordinator that this id will not complete here. */
  | { readonly type: 'give-up'; readonly checkpointId: number; readonly reason: 'subsumed' | 'canceled' };

export class BarrierAligner {
  private current: { readonly checkpointId: number; readonly timestampMs: number } | undefined;
  private readonly arrived = new Set<number>();
  private lastId = 0;
  private readonly aborted = new Set<number>();
  /** Monotonic time of the first barrier of the current alignment, set by the caller. */
  startedMs = 0;

  constructor(private readonly channelCount: number) {}

  get aligning(): number | undefined {
    return this.current?.checkpointId;
  }

  barrier(channel: number, checkpointId: number, timestampMs: number): AlignmentEffect[] {
    if (checkpointId <= this.lastId && this.current?.checkpointId !== checkpointId) return [];
    const effects: AlignmentEffect[] = [];
    if (this.current !== undefined && this.current.checkpointId < checkpointId) effects.push(...this.giveUp('subsumed'));
    if (this.aborted.delete(checkpointId)) {
      this.lastId = checkpointId;
      return [...effects, { type: 'give-up', checkpointId, reason: 'canceled' }];
    }
    if (this.current === undefined) {
      this.current = { checkpointId, timestampMs };
      this.lastId = checkpointId;
    }
    this.arrived.add(channel);
    effects.push({ type: 'block', channel });
    return [...effects, ...this.completeIfDue()];
  }

  /** A cancellation that travelled in the channel. */
  cancelBarrier(checkpointId: number): AlignmentEffect[] {
    if (this.current?.checkpointId === checkpointId) return this.giveUp('canceled');
    if (checkpointId <= this.lastId) return [];
    const effects = this.current === undefined ? [] : this.giveUp('subsumed');
    this.lastId = checkpointId;
    return [...effects, { type: 'give-up', checkpointId, reason: 'canceled' }];
  }

  /** The coordinator aborted this id; its barrier may still be on its way. */
  abort(checkpointId: number): AlignmentEffect[] {
    if (this.current?.checkpointId === checkpointId) return this.giveUp('canceled');
    if (checkpointId > this.lastId) {
      this.aborted.add(checkpointId);
      for (const id of this.aborted) {
        if (this.aborted.size <= 16) break;
        this.aborted.delete(id);
      }
    }
    return [];
  }

  private completeIfDue(): AlignmentEffect[] {
    const { current } = this;
    if (current === undefined) return [];
    for (let channel = 0; channel < this.channelCount; channel++) {
      if (!this.arrived.has(channel)) return [];
    }
    this.reset();
    return [{ type: 'complete', checkpointId: current.checkpointId, timestampMs: current.timestampMs }, { type: 'release-all' }];
  }
  private giveUp(reason: 'subsumed' | 'canceled'): AlignmentEffect[] {
    const { checkpointId } = this.current as { checkpointId: number };
    this.reset();
    return [{ type: 'release-all' }, { type: 'give-up', checkpointId, reason }];
  }
  private reset(): void {
    this.current = undefined;
    this.arrived.clear();
  }
}
