import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Actor, ActorContext } from '@weir/actor';
import { TestNetwork } from './support/test-network.js';

/** Keeps what it receives. */
class Recorder<M> implements Actor<M> {
  readonly seen: M[] = [];
  receive(message: M): void {
    this.seen.push(message);
  }
}

describe('delivery', () => {
  it('never handles a message within the call that sent it', () => {
    const network = new TestNetwork();
    const recorder = new Recorder<number>();
    const ref = network.system('a').spawn('r', recorder);
    ref.tell(1);
    expect(recorder.seen).toEqual([]);
    network.timers.runDeferred();
    expect(recorder.seen).toEqual([1]);
  });

  it('is FIFO per sender and receiver, on one node and between two', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(2)), { maxLength: 150 }), (sends) => {
        const network = new TestNetwork();
        const systems = { a: network.system('a'), b: network.system('b') };
        const recorders = [0, 1, 2].map((i) => {
          const recorder = new Recorder<{ from: string; n: number }>();
          systems.a.spawn(`r${i}`, recorder);
          return recorder;
        });
        sends.forEach(([from, to], n) => systems[from as 'a' | 'b'].refFor<{ from: string; n: number }>(`a/r${to}`).tell({ from, n }));
        network.timers.runDeferred();
        recorders.forEach((recorder, to) => {
          for (const sender of ['a', 'b']) {
            const expected = sends.flatMap(([from, receiver], n) => (from === sender && receiver === to ? [n] : []));
            expect(recorder.seen.filter(({ from }) => from === sender).map(({ n }) => n)).toEqual(expected);
          }
        });
      }),
    );
  });

  it('drains all actors in few tasks and takes turns, so that a busy actor does not hold up another', () => {
    const network = new TestNetwork();
    const system = network.system('a');
    const order: string[] = [];
    const refs = ['x', 'y'].map((name) => system.spawn<number>(name, { receive: () => void order.push(name) }, { turnMessages: 3 }));
    for (let i = 0; i < 7; i++) refs[0].tell(i);
    refs[1].tell(0);
    network.timers.runDeferred();
    expect(order.join('')).toBe('xxxyxxxx');
  });

  it('counts a message to nobody as a dead letter and logs it at debug', () => {
    const network = new TestNetwork();
    const system = network.system('a');
    system.refFor('a/nobody').tell({ type: 'hello' });
    expect(system.totals().deadLetters).toBe(1);
    expect(network.logger.entries.at(-1)).toMatchObject({ level: 'debug', message: 'dead letter', fields: { to: 'a/nobody', type: 'hello' } });
  });

  it('survives whatever arrives on its subjects', () => {
    const network = new TestNetwork();
    const system = network.system('a');
    const recorder = new Recorder();
    system.spawn('r', recorder);
    fc.assert(
      fc.property(fc.anything(), (message) => {
        network.deliverRaw('a.r', message);
        network.deliverRaw('a.system', message);
      }),
    );
    expect(system.totals().deadLetters).toBeGreaterThan(0);
  });

  it('bounds the mailbox: what does not fit is a dead letter, warned of once an episode', () => {
    const network = new TestNetwork();
    const system = network.system('a');
    const recorder = new Recorder<number>();
    const ref = system.spawn('r', recorder, { mailboxCapacity: 10 });
    network.timers.runDeferred();
    for (let i = 0; i < 15; i++) ref.tell(i);
    network.timers.runDeferred();
    expect(recorder.seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(system.totals()).toMatchObject({ mailboxOverflow: 5, deadLetters: 5 });
    expect(network.logger.messages('warn')).toEqual(['mailbox is full']);
  });
});

describe('wake and run', () => {
  it('runs a batch after the messages of the turn, and goes on while it returns true', () => {
    const network = new TestNetwork();
    const events: string[] = [];
    let batches = 3;
    let context: ActorContext<string> | undefined;
    const ref = network.system('a').spawn<string>('data', {
      started: (own) => {
        context = own;
      },
      receive: (message) => void events.push(message),
      run: () => {
        events.push(`batch ${batches}`);
        if (batches === 3) ref.tell('barrier');
        return --batches > 0;
      },
    });
    network.timers.runDeferred();
    expect(events).toEqual([]);
    context?.wake();
    context?.wake();
    ref.tell('control');
    network.timers.runDeferred();
    expect(events).toEqual(['control', 'batch 3', 'barrier', 'batch 2', 'batch 1']);
  });

  it('fails the actor when a batch throws', () => {
    const network = new TestNetwork();
    const system = network.system('a');
    system.spawn('data', {
      started: (own) => own.wake(),
      receive: () => undefined,
      run: () => {
        throw new Error('bad record');
      },
    });
    network.timers.runDeferred();
    expect(network.failures).toMatchObject([{ address: 'a/data', failure: { message: 'bad record' } }]);
    expect(system.has('a/data')).toBe(false);
  });
});
