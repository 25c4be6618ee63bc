/**
 * Strategy: drive the aligner with random interleavings of barriers, cancellations and aborts over a few channels, next to a naive model that
 * remembers for each id which channels delivered it. Invariants: B1 (a channel is blocked from its barrier to the completion), B2 (an id
 * completes at most once and ids complete in rising order), and an id completes only when every channel delivered its barrier.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AlignmentEffect, BarrierAligner } from '../src/channels/barrier-aligner.js';

const completed = (effects: readonly AlignmentEffect[]): number[] => effects.flatMap((e) => (e.type === 'complete' ? [e.checkpointId] : []));
const givenUp = (effects: readonly AlignmentEffect[]): number[] => effects.flatMap((e) => (e.type === 'give-up' ? [e.checkpointId] : []));

describe('given two channels', () => {
  it('when one delivers a barrier, then it is blocked and nothing completes', () => {
    const aligner = new BarrierAligner(2);
    expect(aligner.barrier(0, 1, 100)).toEqual([{ type: 'block', channel: 0 }]);
    expect(aligner.aligning).toBe(1);
  });

  it('when both delivered the barrier, then the checkpoint completes before the channels are released', () => {
    const aligner = new BarrierAligner(2);
    aligner.barrier(0, 1, 100);
    expect(aligner.barrier(1, 1, 100).map((e) => e.type)).toEqual(['block', 'complete', 'release-all']);
  });

  it('when a newer barrier comes first, then the older checkpoint is given up and its late barrier is ignored', () => {
    const aligner = new BarrierAligner(2);
    aligner.barrier(0, 1, 100);
    expect(givenUp(aligner.barrier(1, 2, 200))).toEqual([1]);
    expect(aligner.barrier(1, 1, 100)).toEqual([]);
    expect(completed(aligner.barrier(0, 2, 200))).toEqual([2]);
  });

  it('when the coordinator aborts an id whose barrier has not come yet, then its barrier is cancelled downstream instead', () => {
    const aligner = new BarrierAligner(2);
    expect(aligner.abort(3)).toEqual([]);
    expect(aligner.barrier(0, 3, 0)).toEqual([{ type: 'give-up', checkpointId: 3, reason: 'canceled' }]);
    expect(aligner.barrier(1, 3, 0)).toEqual([]);
  });

  it('when a cancellation arrives while aligning, then blocked channels are released', () => {
    const aligner = new BarrierAligner(2);
    aligner.barrier(0, 1, 0);
    expect(aligner.cancelBarrier(1)).toEqual([{ type: 'release-all' }, { type: 'give-up', checkpointId: 1, reason: 'canceled' }]);
  });
});

it('given any interleaving, an id completes once, in order, and only with the barrier of every channel', () => {
  const action = fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('barrier' as const), channel: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), ahead: fc.nat(2) }) },
  );
  fc.assert(fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
    const aligner = new BarrierAligner(3);
    const nextOfChannel = [1, 1, 1];
    const blocked = new Set<number>();
    const delivered = new Map<number, Set<number>>();
    const done: number[] = [];
    const apply = (effects: readonly AlignmentEffect[]): void => {
      for (const effect of effects) {
        if (effect.type === 'block') blocked.add(effect.channel);
        if (effect.type === 'release-all') blocked.clear();
        if (effect.type === 'complete') {
          expect(delivered.get(effect.checkpointId)?.size).toBe(3);
          expect(effect.checkpointId).toBeGreaterThan(done.at(-1) ?? 0);
          done.push(effect.checkpointId);
        }
      }
    };
    for (const step of actions) {
      if (step.kind === 'abort') {
        apply(aligner.abort(Math.max(...nextOfChannel) + step.ahead - 1));
        continue;
      }
      // B1: a blocked channel delivers nothing.
      if (blocked.has(step.channel)) continue;
      const id = nextOfChannel[step.channel]++;
      const channels = delivered.get(id) ?? new Set<number>();
      delivered.set(id, channels.add(step.channel));
      apply(aligner.barrier(step.channel, id, 0));
      if (aligner.aligning === id) expect(blocked.has(step.channel)).toBe(true);
    }
  }), { numRuns: 500 });
});
