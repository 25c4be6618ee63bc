/**
 * Strategy: channels as queues of barriers; random arrivals, takes, timeouts and aborts. Invariants: a snapshot is taken at most once for an id, and ids rise
 * (B2); nothing is taken behind a barrier before it (B1); it overtakes no channel that may not be overtaken; a cut is collected exactly when the barrier
 * has arrived everywhere.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AlignmentEffect, BarrierAligner } from '../src/channels/barrier-aligner.js';

const CHANNELS = 3;
type Action = { readonly kind: 'arrive' | 'take'; readonly channel: number } | { readonly kind: 'timeout' | 'abort' };

class Model {
  readonly aligner: BarrierAligner;
  readonly arrived = [0, 0, 0];
  readonly taken = [0, 0, 0];
  readonly blocked = new Set<number>();
  readonly snapshots: number[] = [];
  collecting: number | undefined;

  constructor(private readonly stubborn: ReadonlySet<number>) {
    this.aligner = new BarrierAligner(CHANNELS, (channel) => !stubborn.has(channel));
  }

  act(action: Action): void {
    switch (action.kind) {
      case 'arrive': {
        if (this.arrived[action.channel] > Math.min(...this.arrived)) break; // the next checkpoint has not begun
        const id = ++this.arrived[action.channel];
        this.apply(this.aligner.arrive(action.channel, id, 0, false));
        break;
      }
      case 'take':
        if (this.blocked.has(action.channel) || this.taken[action.channel] === this.arrived[action.channel]) break; // B1
        this.apply(this.aligner.barrier(action.channel, ++this.taken[action.channel], 0));
        break;
      case 'timeout':
        if (this.aligner.aligning !== undefined) this.apply(this.aligner.timeout(this.aligner.aligning));
        break;
      case 'abort': this.apply(this.aligner.abort(Math.max(...this.arrived)));
    }
  }

  private apply(effects: readonly AlignmentEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'block': this.blocked.add(effect.channel); break;
        case 'release-all': this.blocked.clear(); break;
        case 'complete':
          expect(this.taken).toEqual([effect.checkpointId, effect.checkpointId, effect.checkpointId]);
          this.snapshot(effect.checkpointId);
          break;
        case 'overtake':
          expect(effect.channels).toEqual([0, 1, 2].filter((channel) => !this.blocked.has(channel)));
          for (const channel of effect.channels) expect(this.stubborn.has(channel)).toBe(false);
          this.snapshot(effect.checkpointId);
          this.collecting = effect.checkpointId;
          break;
        case 'collected':
          expect(effect.checkpointId).toBe(this.collecting);
          for (const id of this.arrived) expect(id).toBeGreaterThanOrEqual(effect.checkpointId);
          this.collecting = undefined;
          break;
        case 'give-up':
          if (this.collecting === effect.checkpointId) this.collecting = undefined;
      }
    }
  }
  private snapshot(checkpointId: number): void {
    expect(checkpointId).toBeGreaterThan(this.snapshots.at(-1) ?? 0);
    this.snapshots.push(checkpointId);
  }
}

describe('barriers that may overtake', () => {
  it('given two channels / when the time is over after the first barrier / then the snapshot is taken at once and collected with the second', () => {
    const aligner = new BarrierAligner(2, () => true);
    expect(aligner.arrive(0, 1, 5, false)).toEqual([]);
    expect(aligner.timeout(1)).toEqual([{ type: 'overtake', checkpointId: 1, timestampMs: 5, channels: [0, 1] }, { type: 'release-all' }]);
    expect(aligner.barrier(0, 1, 5)).toEqual([]);
    expect(aligner.arrive(1, 1, 5, false)).toEqual([{ type: 'collected', checkpointId: 1 }]);
    expect(aligner.barrier(1, 1, 5)).toEqual([]);
  });

  it('given a channel that may not be overtaken / when the time is over / then its barrier is waited for', () => {
    const aligner = new BarrierAligner(2, (channel) => channel !== 0);
    aligner.arrive(1, 1, 5, true);
    expect(aligner.timeout(1)).toEqual([]);
    expect(aligner.barrier(0, 1, 5)).toEqual([
      { type: 'block', channel: 0 }, { type: 'overtake', checkpointId: 1, timestampMs: 5, channels: [1] }, { type: 'release-all' }, { type: 'collected', checkpointId: 1 },
    ]);
  });

  it('given a checkpoint whose barriers are still coming / when a newer one arrives / then the older is given up', () => {
    const aligner = new BarrierAligner(2, () => true);
    aligner.arrive(0, 1, 5, true);
    expect(aligner.arrive(0, 2, 6, false)).toEqual([{ type: 'release-all' }, { type: 'give-up', checkpointId: 1, reason: 'subsumed' }]);
    expect(aligner.arrive(1, 1, 5, false)).toEqual([]);
  });

  it('given any interleaving / then the invariants hold', () => {
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('arrive' as const), channel: fc.nat(CHANNELS - 1) }) },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('take' as const), channel: fc.nat(CHANNELS - 1) }) },
      { weight: 2, arbitrary: fc.constant<Action>({ kind: 'timeout' }) },
      { weight: 1, arbitrary: fc.constant<Action>({ kind: 'abort' }) },
    );
    let snapshots = 0;
    fc.assert(fc.property(fc.array(action, { minLength: 40, maxLength: 120 }), fc.subarray([0, 1, 2]), (actions, stubborn) => {
      const model = new Model(new Set(stubborn));
      for (const step of actions) model.act(step);
      snapshots += model.snapshots.length;
    }), { numRuns: 500 });
    expect(snapshots).toBeGreaterThan(300);
  });
});
