import { describe, expect, it } from '@jest/globals';
import { ManualClock, ManualTimers } from '@weir/ports';
import type { Signal } from '../src/actor.js';
import type { ActorAddress } from '../src/address.js';
import type { LooseEnvelope } from '../src/envelope.js';
import { NodeWatch } from '../src/node-watch.js';
import { TrackedTimers } from '../src/tracked-timers.js';

const PEER = 'jm/job/1' as ActorAddress;

function watchOfSecondLife(): { readonly watch: NodeWatch; readonly signals: Signal[]; readonly sent: LooseEnvelope[] } {
  const clock = new ManualClock();
  const signals: Signal[] = [];
  const sent: LooseEnvelope[] = [];
  const watch = new NodeWatch({
    node: 'tm-1', incarnation: 'second life', clock, timers: new TrackedTimers(new ManualTimers(clock)), pingIntervalMs: 1000, unreachableAfterMs: 5000,
    send: (_node, envelope) => void sent.push(envelope),
  });
  watch.watch({ postSignal: (signal) => void signals.push(signal) }, PEER);
  return { watch, signals, sent };
}

describe('a node in its second life', () => {
  it('given an answer to its first life on the way / when it comes before the true one / then nothing is taken for terminated', () => {
    const { watch, signals } = watchOfSecondLife();
    watch.pong({ kind: 'pong', from: 'jm', asker: 'first life', sequence: 7, incarnation: 'old', gone: [] });
    watch.pong({ kind: 'pong', from: 'jm', asker: 'second life', sequence: 1, incarnation: 'new', gone: [] });
    expect(signals).toEqual([]);
    expect(watch.incarnationOf(PEER)).toBe('new');
  });

  it('given answers of two incarnations to itself / then the peer has terminated', () => {
    const { watch, signals, sent } = watchOfSecondLife();
    expect(sent).toMatchObject([{ kind: 'ping', asker: 'second life', sequence: 1 }]);
    for (const incarnation of ['one', 'other']) watch.pong({ kind: 'pong', from: 'jm', asker: 'second life', sequence: 1, incarnation, gone: [] });
    expect(signals).toEqual([{ type: 'terminated', address: PEER }]);
  });
});
