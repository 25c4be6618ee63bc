/**
 * Barriers of a task's input channels (Chandy-Lamport 1985; Carbone et al. 2015; FLIP-76), pure: which channels to block, when to snapshot, when
 * the cut is complete. A barrier *arrives* in a channel's queue and is *taken* from it when its turn comes.
 *
 *   idle --first barrier of n arrives or is taken--> aligning(n) --taken from every channel--> complete(n) --> idle
 *   aligning(n) --timeout, or one that overtook; taken from every channel that may not be overtaken--> overtake(n) --> collecting(n)
 *   collecting(n) --arrived in every channel--> collected(n) --> idle
 *   aligning(n), collecting(n) --barrier or cancellation of m > n--> n is given up, its channels are released
 *
 * A channel that has ended still delivers barriers: its producer lives until the final checkpoint.
 * B1: between taking a channel's barrier and the snapshot nothing is taken from it. B2: an id that completed or was given up never aligns again.
 * B3: what is taken between `overtake` and `collected` from channels whose barrier was not taken before lies ahead of their barrier, and is in the
 * state of the channel.
 */
export type AlignmentEffect =
  | { readonly type: 'block'; readonly channel: number }
  | { readonly type: 'release-all' }
  /** All barriers are in: snapshot now, then release. */
  | { readonly type: 'complete'; readonly checkpointId: number; readonly timestampMs: number }
  /** Snapshot now; what lies ahead of the barriers of these channels, now and until they arrive, belongs to it. */
  | { readonly type: 'overtake'; readonly checkpointId: number; readonly timestampMs: number; readonly channels: readonly number[] }
  /** The channels' states are whole. */
  | { readonly type: 'collected'; readonly checkpointId: number }
  /** Tell downstream and the coordinator that this id will not complete here. */
  | { readonly type: 'give-up'; readonly checkpointId: number; readonly reason: 'subsumed' | 'canceled' };

interface Alignment {
  readonly checkpointId: number;
  readonly timestampMs: number;
  /** No channel that may be overtaken is waited for any more. */
  urgent: boolean;
  collecting: boolean;
}

const REMEMBERED_ABORTS = 16;

export class BarrierAligner {
  private current: Alignment | undefined;
  private readonly arrived = new Set<number>();
  private readonly taken = new Set<number>();
  private lastId = 0;
  private readonly aborted = new Set<number>();

  /** `mayBeOvertaken`: by channel. */
  constructor(private readonly channelCount: number, private readonly mayBeOvertaken: (channel: number) => boolean = () => false) {}

  /** Also while it is collecting. */
  get aligning(): number | undefined {
    return this.current?.checkpointId;
  }

  /** A barrier is in the channel's queue. */
  arrive(channel: number, checkpointId: number, timestampMs: number, overtaking: boolean): AlignmentEffect[] {
    if (this.aborted.has(checkpointId)) return []; // told downstream when it is taken
    const effects = this.enter(checkpointId, timestampMs);
    const { current } = this;
    if (effects === undefined || current === undefined) return effects ?? [];
    this.arrived.add(channel);
    if (overtaking) current.urgent = true;
    return [...effects, ...this.advance(current)];
  }

  /** The channel's next frame is a barrier. */
  barrier(channel: number, checkpointId: number, timestampMs: number): AlignmentEffect[] {
    const effects = this.enter(checkpointId, timestampMs);
    if (effects === undefined) return [];
    if (this.aborted.delete(checkpointId)) {
      this.current = undefined;
      return [...effects, { type: 'give-up', checkpointId, reason: 'canceled' }];
    }
    const current = this.current as Alignment;
    this.arrived.add(channel);
    if (current.collecting) return [...effects, ...this.advance(current)];
    this.taken.add(channel);
    effects.push({ type: 'block', channel });
    return [...effects, ...this.advance(current)];
  }

  /** The time that this id had to align is over. */
  timeout(checkpointId: number): AlignmentEffect[] {
    const { current } = this;
    if (current?.checkpointId !== checkpointId) return [];
    current.urgent = true;
    return this.advance(current);
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
        if (this.aborted.size <= REMEMBERED_ABORTS) break;
        this.aborted.delete(id);
      }
    }
    return [];
  }

  /** Makes this id the current one; undefined when it is over (B2). */
  private enter(checkpointId: number, timestampMs: number): AlignmentEffect[] | undefined {
    if (this.current?.checkpointId === checkpointId) return [];
    if (checkpointId <= this.lastId) return undefined;
    const effects = this.current === undefined ? [] : this.giveUp('subsumed');
    this.current = { checkpointId, timestampMs, urgent: false, collecting: false };
    this.lastId = checkpointId;
    return effects;
  }

  private advance(current: Alignment): AlignmentEffect[] {
    const { checkpointId, timestampMs } = current;
    if (current.collecting) return this.collectedIfDue(checkpointId);
    const missing: number[] = [];
    for (let channel = 0; channel < this.channelCount; channel++) {
      if (!this.taken.has(channel)) missing.push(channel);
    }
    if (missing.length === 0) {
      this.reset();
      return [{ type: 'complete', checkpointId, timestampMs }, { type: 'release-all' }];
    }
    if (!current.urgent || !missing.every(this.mayBeOvertaken)) return [];
    current.collecting = true;
    return [{ type: 'overtake', checkpointId, timestampMs, channels: missing }, { type: 'release-all' }, ...this.collectedIfDue(checkpointId)];
  }
  private collectedIfDue(checkpointId: number): AlignmentEffect[] {
    if (this.arrived.size < this.channelCount) return [];
    this.reset();
    return [{ type: 'collected', checkpointId }];
  }
  private giveUp(reason: 'subsumed' | 'canceled'): AlignmentEffect[] {
    const { checkpointId } = this.current as Alignment;
    this.reset();
    return [{ type: 'release-all' }, { type: 'give-up', checkpointId, reason }];
  }
  private reset(): void {
    this.current = undefined;
    this.arrived.clear();
    this.taken.clear();
  }
}
