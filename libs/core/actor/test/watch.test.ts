import { describe, expect, it } from '@jest/globals';
import type { ActorContext, ActorSystem, Signal } from '@weir/actor';
import { TestNetwork } from './support/test-network.js';

interface Watching {
  readonly network: TestNetwork;
  readonly here: ActorSystem;
  readonly there: ActorSystem;
  readonly signals: Signal[];
  readonly context: ActorContext<never>;
}

/** `here/watcher` can watch `here/x` and `there/x`, which fail when told anything. */
function start(): Watching {
  const network = new TestNetwork();
  const here = network.system('here');
  const there = network.system('there');
  const signals: Signal[] = [];
  let context: ActorContext<never> | undefined;
  here.spawn<never>('watcher', {
    started: (own) => {
      context = own;
    },
    receive: () => undefined,
    signal: (signal) => void signals.push(signal),
  });
  for (const system of [here, there]) {
    system.spawn('x', {
      receive: () => {
        throw new Error('told to fail');
      },
    });
  }
  network.timers.runDeferred();
  return { network, here, there, signals, context: context as ActorContext<never> };
}

for (const place of ['here', 'there'] as const) {
  describe(`watching an actor ${place === 'here' ? 'of the same node' : 'of another node'}`, () => {
    const address = `${place}/x`;

    it('tells its end once, with the failure', () => {
      const watching = start();
      watching.context.watch(address);
      watching.context.watch(address);
      watching.network.timers.runDeferred();
      watching[place].tell(address, 'fail');
      watching.network.timers.advanceBy(5000);
      expect(watching.signals).toMatchObject([{ type: 'terminated', address, failure: { message: 'told to fail' } }]);
    });

    it('tells at once that nobody is there', () => {
      const { network, signals, context } = start();
      context.watch(`${place}/nobody`);
      network.timers.runDeferred();
      expect(signals).toEqual([{ type: 'terminated', address: `${place}/nobody` }]);
    });

    it('tells nothing after unwatch', () => {
      const watching = start();
      watching.context.watch(address);
      watching.network.timers.runDeferred();
      watching.context.unwatch(address);
      watching[place].stop(address);
      watching.network.timers.advanceBy(10_000);
      expect(watching.signals).toEqual([]);
      expect(watching.here.counts().timers).toBe(0);
    });
  });
}

describe('watching another node', () => {
  it('repairs lost messages of the watch by its ping', () => {
    const { network, there, signals, context } = start();
    network.lose = () => true;
    context.watch('there/x');
    network.timers.advanceBy(500);
    network.lose = (_from, _subject, message) => (message as { envelope?: { kind: string } }).envelope?.kind === 'terminated';
    network.timers.advanceBy(1000);
    there.stop('there/x');
    network.timers.advanceBy(1000);
    expect(signals).toEqual([{ type: 'terminated', address: 'there/x' }]);
  });

  it('given silence, then it is unreachable once, and the watch goes on', () => {
    const { network, there, signals, context } = start();
    context.watch('there/x');
    network.timers.advanceBy(1500);
    network.lose = (from) => from === 'there';
    network.timers.advanceBy(20_000);
    expect(signals).toEqual([{ type: 'unreachable', address: 'there/x' }]);
    network.lose = () => false;
    network.timers.advanceBy(2000);
    network.lose = (from) => from === 'there';
    network.timers.advanceBy(20_000);
    expect(signals.map(({ type }) => type)).toEqual(['unreachable', 'unreachable']);
    network.lose = () => false;
    there.stop('there/x');
    network.timers.advanceBy(2000);
    expect(signals.map(({ type }) => type)).toEqual(['unreachable', 'unreachable', 'terminated']);
  });

  it('given a killed process, then it is terminated at the next ping', () => {
    const { network, signals, context } = start();
    context.watch('there/x');
    network.timers.advanceBy(100);
    network.kill('there');
    network.timers.advanceBy(1000);
    expect(signals).toEqual([{ type: 'terminated', address: 'there/x' }]);
  });

  it('given another life of the node with the same addresses, then the watched one is terminated', () => {
    const { network, signals, context } = start();
    context.watch('there/x');
    network.timers.advanceBy(100);
    network.kill('there');
    network.system('there').spawn('x', { receive: () => undefined });
    network.timers.advanceBy(1000);
    expect(signals).toEqual([{ type: 'terminated', address: 'there/x' }]);
  });

  it('given a pause of this process, then the others are not taken for silent', () => {
    const { network, signals, context } = start();
    context.watch('there/x');
    network.timers.advanceBy(100);
    network.clock.advanceBy(60_000); // SIGSTOP: time passes, nothing runs
    network.timers.advanceBy(3000);
    expect(signals).toEqual([]);
  });
});
