import { describe, expect, it } from '@jest/globals';
import type { ActorSystem, ReplyTo } from '@weir/actor';
import { WeirError } from '@weir/base';
import { TestNetwork } from './support/test-network.js';

type Echo = { readonly type: 'echo' | 'refuse' | 'throw' | 'silent'; readonly text: string; readonly replyTo: ReplyTo<string> };

class RefusedError extends WeirError {
  constructor() {
    super({ code: 'WEIR_TEST_REFUSED', domain: 'user', retry: 'never', message: 'refused', hint: 'Ask for something else.' });
  }
}

function spawnEcho(system: ActorSystem): void {
  system.spawn<Echo>('echo', (context) => ({
    receive: ({ type, text, replyTo }) => {
      if (type === 'echo') {
        context.reply(replyTo, text);
        context.reply(replyTo, 'a second answer');
      }
      if (type === 'refuse') context.replyFailure(replyTo, new RefusedError());
      if (type === 'throw') throw new RefusedError();
    },
  }));
}

for (const [place, asker] of [
  ['on the same node', 'server'],
  ['on another node', 'client'],
]) {
  describe(`ask ${place}`, () => {
    const start = (): { network: TestNetwork; ask: (type: Echo['type'], signal?: AbortSignal) => Promise<string>; system: ActorSystem } => {
      const network = new TestNetwork();
      const server = network.system('server');
      spawnEcho(server);
      const system = asker === 'server' ? server : network.system('client');
      const ask = (type: Echo['type'], signal?: AbortSignal): Promise<string> =>
        system.ask<Echo, string>(system.refFor('server/echo'), (replyTo) => ({ type, text: 'hello', replyTo }), {
          timeoutMs: 100,
          ...(signal === undefined ? {} : { signal }),
        });
      return { network, system, ask };
    };
    const outcome = async (network: TestNetwork, promise: Promise<string>): Promise<unknown> => {
      let result: { value: unknown } | undefined;
      promise.then(
        (value) => (result = { value }),
        (error: unknown) => (result = { value: error }),
      );
      await network.timers.runUntil(() => result !== undefined);
      return result?.value;
    };

    it('brings the first answer', async () => {
      const { network, ask, system } = start();
      expect(await outcome(network, ask('echo'))).toBe('hello');
      network.timers.advanceBy(100);
      expect(system.counts()).toMatchObject({ pendingAsks: 0, timers: 0, unacknowledged: 0 });
    });

    it('brings a failure with its code', async () => {
      const { network, ask } = start();
      expect(await outcome(network, ask('refuse'))).toMatchObject({ code: 'WEIR_TEST_REFUSED', message: 'refused', hint: 'Ask for something else.' });
    });

    it('brings the failure of a handler that threw, and then says that nobody is there', async () => {
      const { network, ask } = start();
      expect(await outcome(network, ask('throw'))).toMatchObject({ code: 'WEIR_TEST_REFUSED' });
      network.timers.runDeferred();
      expect(await outcome(network, ask('echo'))).toMatchObject({ code: 'WEIR_ASK_NO_RECEIVER' });
    });

    it('times out when nobody answers', async () => {
      const { network, ask, system } = start();
      expect(await outcome(network, ask('silent'))).toMatchObject({ code: 'WEIR_ASK_TIMEOUT' });
      expect(system.counts()).toMatchObject({ pendingAsks: 0, timers: 0 });
    });

    it('ends when it is aborted', async () => {
      const { network, ask } = start();
      const controller = new AbortController();
      const asking = outcome(network, ask('silent', controller.signal));
      controller.abort();
      expect(await asking).toMatchObject({ code: 'WEIR_ASK_CANCELLED' });
      expect(await outcome(network, ask('echo', controller.signal))).toMatchObject({ code: 'WEIR_ASK_CANCELLED' });
    });

    it('is refused by a full mailbox', async () => {
      const { network, system, ask } = start();
      network.timers.runDeferred();
      const full = network.system('full');
      full.spawn('x', { receive: () => undefined }, { mailboxCapacity: 1 });
      const refs = [1, 2].map(() => system.ask<number, string>(system.refFor('full/x'), () => 0, { timeoutMs: 100 }));
      refs[0].catch(() => undefined);
      expect(await outcome(network, refs[1])).toMatchObject({ code: 'WEIR_MAILBOX_FULL' });
      expect(await outcome(network, ask('echo'))).toBe('hello');
    });
  });
}
