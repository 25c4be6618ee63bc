/** Single turns of the leader election that the model reaches too rarely to name. */
import { describe, expect, it } from '@jest/globals';
import type { LeaderRecord } from '@weir/ports';
import { type ElectionEffect, type ElectionEvent, LeaderElection } from '../src/index.js';

const record = (over: Partial<LeaderRecord> = {}): LeaderRecord => ({ epoch: 57, leader: 'jm-2', restUrl: '', nonce: 'theirs', renewCount: 4, ...over });

/** A contender whose calls the test answers. */
class Contender {
  readonly machine = new LeaderElection({ node: 'jm-1', restUrl: 'http://jm-1', nonce: 'mine', leaseMs: 15_000, renewMs: 3000 });
  nowMs = 1000;
  effects: readonly ElectionEffect[] = [];

  do(event: ElectionEvent): this {
    this.effects = this.machine.handle(event, this.nowMs);
    return this;
  }

  get call(): number {
    const calls = this.effects.flatMap((effect) => ('call' in effect ? [effect.call] : []));
    return calls.at(-1) ?? 0;
  }

  get types(): string[] {
    return this.effects.map(({ type }) => type).filter((type) => type !== 'timer');
  }

  sent<T extends ElectionEffect['type']>(type: T): Extract<ElectionEffect, { type: T }> | undefined {
    return this.effects.find((effect): effect is Extract<ElectionEffect, { type: T }> => effect.type === type);
  }

  found(version: number, value: LeaderRecord | undefined): this {
    return this.do({ type: 'register-read', call: this.call, found: value === undefined ? undefined : { version, value } });
  }

  /** Leads with epoch 5. */
  leading(): this {
    this.do({ type: 'start' }).found(0, undefined).do({ type: 'epoch-claimed', call: this.call, epoch: 5 });
    this.do({ type: 'register-changed', call: this.call, outcome: 'set' }).do({ type: 'largest-epoch', call: this.call, epoch: 5 });
    expect(this.types).toEqual(['granted', 'leader']);
    return this;
  }
}

describe('the leader election of one contender', () => {
  it('claims on until its epoch is above that of the register, when the files know less', () => {
    const contender = new Contender().do({ type: 'start' }).found(9, record({ leader: 'jm-1', nonce: 'earlier life' }));
    for (const epoch of [1, 2, 57]) expect(contender.do({ type: 'epoch-claimed', call: contender.call, epoch }).types).toEqual(['claim-epoch']);
    contender.do({ type: 'epoch-claimed', call: contender.call, epoch: 58 });
    expect(contender.sent('set-register')).toMatchObject({ expectedVersion: 9, record: { epoch: 58, leader: 'jm-1', nonce: 'mine', restUrl: 'http://jm-1' } });
  });

  it('does not begin to lead when the files know a larger epoch after its first write', () => {
    const contender = new Contender().do({ type: 'start' }).found(0, undefined).do({ type: 'epoch-claimed', call: 2, epoch: 5 });
    contender.do({ type: 'register-changed', call: contender.call, outcome: 'set' }).do({ type: 'largest-epoch', call: contender.call, epoch: 6 });
    expect(contender.types).toEqual(['read-register']);
    expect(contender.found(1, record({ leader: 'jm-1', nonce: 'mine', epoch: 5, renewCount: 1 })).types).toEqual(['claim-epoch']);
  });

  it('counts its lease from before the write was sent, not from the answer', () => {
    const contender = new Contender().do({ type: 'start' }).found(0, undefined).do({ type: 'epoch-claimed', call: 2, epoch: 5 });
    contender.nowMs += 14_000;
    contender.do({ type: 'register-changed', call: contender.call, outcome: 'set' }).do({ type: 'largest-epoch', call: contender.call, epoch: 5 });
    expect(contender.types).toContain('granted');
    expect(contender.machine.leads(contender.nowMs + 999)).toBe(5);
    expect(contender.machine.leads(contender.nowMs + 1000)).toBeUndefined();
    expect(contender.machine.leadsWithoutDoubt(contender.nowMs)).toBeUndefined();
  });

  it('steps down before anything else when it wakes up after its lease, even if the answer to a renewal waits', () => {
    const contender = new Contender().leading();
    contender.nowMs += 3000;
    contender.do({ type: 'timer', timer: 'renew' }).found(1, record({ leader: 'jm-1', nonce: 'mine', epoch: 5, renewCount: 1 }));
    const { call } = contender;
    contender.nowMs += 20_000;
    contender.do({ type: 'register-changed', call, outcome: 'set' });
    expect(contender.types).toEqual(['lost', 'leader', 'read-register']);
  });

  it('takes an unknown outcome of a renewal as done when it finds its own nonce with the last count', () => {
    const contender = new Contender().leading();
    contender.nowMs += 3000;
    contender.do({ type: 'timer', timer: 'renew' }).found(1, record({ leader: 'jm-1', nonce: 'mine', epoch: 5, renewCount: 1 }));
    expect(contender.sent('set-register')).toMatchObject({ expectedVersion: 1, record: { renewCount: 2 } });
    contender.do({ type: 'call-failed', call: contender.call, reason: 'lost' });
    contender.nowMs += 750;
    contender.do({ type: 'timer', timer: 'retry' }).found(2, record({ leader: 'jm-1', nonce: 'mine', epoch: 5, renewCount: 2 }));
    expect(contender.sent('set-register')).toBeUndefined();
    expect(contender.machine.leads(1000 + 3000 + 14_999)).toBe(5);
  });

  it('writes itself again when the register is lost, unless the files know a larger epoch', () => {
    for (const [largest, then] of [[5, 'set-register'], [6, 'lost']] as const) {
      const contender = new Contender().leading();
      contender.do({ type: 'register-hint' }).found(0, undefined);
      expect(contender.types).toEqual(['read-largest-epoch']);
      expect(contender.do({ type: 'largest-epoch', call: contender.call, epoch: largest }).types[0]).toBe(then);
    }
  });

  it('replaces a record of a smaller epoch, and gives way to one of a larger', () => {
    expect(new Contender().leading().do({ type: 'register-hint' }).found(7, record({ epoch: 4 })).types).toEqual(['read-largest-epoch']);
    expect(new Contender().leading().do({ type: 'register-hint' }).found(7, record({ epoch: 6 })).types).toEqual(['lost', 'leader', 'leader', 'watch-leader']);
  });

  it('ignores the news that an earlier leader is gone', () => {
    const contender = new Contender().do({ type: 'start' }).found(3, record());
    expect(contender.types).toEqual(['leader', 'watch-leader']);
    contender.do({ type: 'leader-gone', nonce: 'another life' });
    expect(contender.types).toEqual([]);
    contender.do({ type: 'leader-gone', nonce: 'theirs' });
    expect(contender.types).toEqual(['read-register']);
    expect(contender.found(3, record()).types).toEqual(['claim-epoch']);
  });

  it('says that it is in doubt at half the lease, and that it is not once it has renewed', () => {
    const contender = new Contender().leading();
    contender.nowMs += 7500;
    expect(contender.do({ type: 'timer', timer: 'doubt' }).types).toEqual(['in-doubt']);
    contender.do({ type: 'timer', timer: 'renew' }).found(1, record({ leader: 'jm-1', nonce: 'mine', epoch: 5, renewCount: 1 }));
    expect(contender.do({ type: 'register-changed', call: contender.call, outcome: 'set' }).types).toEqual(['confirmed']);
  });
});
