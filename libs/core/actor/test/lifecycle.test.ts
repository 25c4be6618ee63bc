import { describe, expect, it } from '@jest/globals';
import type { Actor, ActorContext, ActorRef, Signal, StopReason, SupervisionDecision } from '@weir/actor';
import type { FailureInfo } from '@weir/base';
import { TestNetwork } from './support/test-network.js';

interface Family {
  readonly network: TestNetwork;
  readonly child: ActorRef<string>;
  readonly log: string[];
  readonly system: ReturnType<TestNetwork['system']>;
}

/** A parent with one child that fails on `boom` and tells its life in `log`. */
function family(decision: SupervisionDecision, restarts = 10): Family {
  const network = new TestNetwork();
  const system = network.system('a');
  const log: string[] = [];
  let instances = 0;
  let child: ActorRef<string> | undefined;
  const makeChild = (): Actor<string> => {
    const number = ++instances;
    return {
      started: () => void log.push(`started ${number}`),
      receive: (message) => {
        if (message === 'boom') throw new Error('boom');
        log.push(`${number} got ${message}`);
      },
      stopped: (reason: StopReason) => void log.push(`stopped ${number} ${reason}`),
    };
  };
  system.spawn('parent', {
    started: (context: ActorContext<never>) => {
      child = context.spawn('child', makeChild, { restartLimit: { restarts, withinMs: 1000 } });
    },
    receive: () => undefined,
    signal: (signal: Signal) => void log.push(`parent: ${signal.type} ${signal.address} ${signal.type === 'terminated' ? signal.failure?.code : ''}`),
    supervise: (_address: string, failure: FailureInfo) => {
      log.push(`supervise ${failure.message}`);
      return decision;
    },
  });
  network.timers.runDeferred();
  return { network, system, log, child: child as ActorRef<string> };
}

describe('supervision', () => {
  it('given restart, when a message throws, then only that message is lost', () => {
    const { network, child, log } = family('restart');
    for (const message of ['one', 'boom', 'two']) child.tell(message);
    network.timers.runDeferred();
    expect(log).toEqual(['started 1', '1 got one', 'supervise boom', 'stopped 1 restarting', 'started 2', '2 got two']);
  });

  it('given stop, then the parent is told, the rest of the mailbox is dead and the address stays unused', () => {
    const { network, system, child, log } = family('stop');
    for (const message of ['boom', 'two']) child.tell(message);
    network.timers.runDeferred();
    expect(log).toEqual(['started 1', 'supervise boom', 'stopped 1 failed', 'parent: terminated a/parent/child WEIR_USER_CODE_FAILED']);
    expect(system.totals()).toMatchObject({ deadLetters: 1, failures: 1, restarts: 0 });
    expect(network.failures).toEqual([]);
  });

  it('given escalate, then the parent fails too, up to the failure sink', () => {
    const { network, system, child } = family('escalate');
    child.tell('boom');
    network.timers.runDeferred();
    expect(network.failures).toMatchObject([{ address: 'a/parent', failure: { message: 'boom' } }]);
    expect(system.counts().actors).toBe(0);
  });

  it('stops an actor that fails more often than its limit, with the cause', () => {
    const { network, child, log } = family('restart', 2);
    for (let i = 0; i < 3; i++) child.tell('boom');
    network.timers.runDeferred();
    expect(log.at(-1)).toBe('parent: terminated a/parent/child WEIR_ACTOR_RESTART_LIMIT');
  });

  it('counts restarts within the window only', () => {
    const { network, system, child } = family('restart', 2);
    for (let i = 0; i < 6; i++) {
      child.tell('boom');
      network.timers.advanceBy(600);
    }
    expect(system.has('a/parent/child')).toBe(true);
    expect(system.totals().restarts).toBe(6);
  });

  it('drops what the failed instance had under way: its pipes, timers and asks do not reach the next one', async () => {
    const network = new TestNetwork();
    const system = network.system('a');
    const log: string[] = [];
    let finish: (value: string) => void = () => undefined;
    let instances = 0;
    let cancelled = false;
    const makeChild = (): Actor<string> => ({
      started: (context) => {
        if (++instances > 1) return;
        context.timers.after(50, 'timer');
        context.pipe(new Promise<string>((resolve) => (finish = resolve)), (value) => value, String);
        const asking = context.ask(context.refFor<string>('a/parent'), () => 'ignored', { timeoutMs: 1000 });
        asking.catch(() => (cancelled = true));
      },
      receive: (message) => {
        if (message === 'boom') throw new Error('boom');
        log.push(message);
      },
    });
    system.spawn<string>('parent', {
      started: (context) => context.spawn('child', makeChild).tell('boom'),
      receive: () => undefined,
      supervise: () => 'restart',
    });
    network.timers.runDeferred();
    finish('pipe');
    await network.timers.runUntil(() => cancelled);
    network.timers.advanceBy(100);
    expect([instances, log, system.counts()]).toMatchObject([2, [], { timers: 0, pendingAsks: 0 }]);
  });

  it('restarts an actor whose factory or start threw', () => {
    const network = new TestNetwork();
    let tries = 0;
    const system = network.system('a');
    system.spawn('parent', {
      started: (context: ActorContext<never>) =>
        void context.spawn('child', () => {
          if (++tries < 3) throw new Error('not yet');
          return { receive: () => undefined };
        }),
      receive: () => undefined,
      supervise: () => 'restart',
    });
    network.timers.runDeferred();
    expect([tries, system.has('a/parent/child')]).toEqual([3, true]);
  });
});

describe('stopping', () => {
  it('finishes the handler, then stops children before parents', () => {
    const network = new TestNetwork();
    const system = network.system('a');
    const log: string[] = [];
    const node = (name: string, below: string[]): Actor<string> => ({
      started: (context) => {
        if (below.length > 0) context.spawn(below[0], node(below[0], below.slice(1)));
      },
      receive: (message, context) => {
        if (message === 'stop') context.stop();
        log.push(`${name} after ${message}`);
      },
      stopped: (reason) => void log.push(`${name} ${reason}`),
    });
    const ref = system.spawn('x', node('x', ['y', 'z']));
    network.timers.runDeferred();
    ref.tell('stop');
    ref.tell('more');
    network.timers.runDeferred();
    expect(log).toEqual(['x after stop', 'z requested', 'y requested', 'x requested']);
    expect(system.totals().deadLetters).toBe(1);
  });

  it('never uses an address twice', () => {
    const network = new TestNetwork();
    const system = network.system('a');
    system.spawn('x', { receive: () => undefined });
    system.stop('a/x');
    network.timers.runDeferred();
    expect(() => system.spawn('x', { receive: () => undefined })).toThrow('the address a/x was used before');
  });

  it('leaves nothing after a shutdown', async () => {
    const network = new TestNetwork();
    const system = network.system('a');
    system.spawn('x', {
      started: (context: ActorContext<number>) => {
        context.timers.after(1000, 1);
        context.timers.setTimer('key', 1000, 2);
        context.watch('elsewhere/y');
        context.spawn('child', { receive: () => undefined });
        context.pipe(context.ask(context.refFor('elsewhere/y'), () => 0, { timeoutMs: 5000 }), () => 3, () => 4);
      },
      receive: () => undefined,
    });
    const cancelled = expect(system.ask(system.refFor('a/x'), () => 0, { timeoutMs: 5000 })).rejects.toMatchObject({ code: 'WEIR_ASK_CANCELLED' });
    network.lose = () => true;
    network.timers.runDeferred();
    expect(system.counts()).toEqual({ actors: 2, timers: 6, subscriptions: 1, pendingAsks: 2, unacknowledged: 1 });
    let down = false;
    const stopping = system.shutdown().then(() => {
      down = true;
    });
    await network.timers.runUntil(() => down);
    await stopping;
    await cancelled;
    expect(system.counts()).toEqual({ actors: 0, timers: 0, subscriptions: 0, pendingAsks: 0, unacknowledged: 0 });
    expect([network.timers.pendingCount, network.subscriptionCount]).toEqual([0, 0]);
    expect(() => system.spawn('z', { receive: () => undefined })).toThrow(expect.objectContaining({ code: 'WEIR_ACTOR_SYSTEM_STOPPED' }));
  });
});

describe('timers and pipes', () => {
  /** An actor that hands its context out and keeps its messages. */
  const open = (network: TestNetwork): { context: ActorContext<string>; seen: string[]; stop: () => void } => {
    const system = network.system('a');
    const seen: string[] = [];
    let context: ActorContext<string> | undefined;
    system.spawn<string>('x', {
      started: (own) => {
        context = own;
      },
      receive: (message) => void seen.push(message),
    });
    network.timers.runDeferred();
    return { context: context as ActorContext<string>, seen, stop: () => system.stop('a/x') };
  };

  it('become messages to self; a keyed one replaces the one before', () => {
    const network = new TestNetwork();
    const { context, seen } = open(network);
    context.timers.after(10, 'after');
    context.timers.setTimer('k', 5, 'first');
    context.timers.setTimer('k', 20, 'second');
    network.timers.advanceBy(100);
    expect(seen).toEqual(['after', 'second']);
    expect(context.timers.isPending('k')).toBe(false);
  });

  it('a cancelled timer is not delivered, even when its message waits in the mailbox', () => {
    const network = new TestNetwork();
    const { context, seen } = open(network);
    const cancel = context.timers.after(10, 'after');
    network.timers.runNext(); // due: its message waits
    cancel();
    network.timers.runDeferred();
    context.timers.setTimer('k', 10, 'keyed');
    network.timers.runNext();
    context.timers.cancelTimer('k');
    network.timers.runDeferred();
    expect(seen).toEqual([]);
  });

  it('a promise comes back as a message, its failure as another, and not at all after the stop', async () => {
    const network = new TestNetwork();
    const { context, seen, stop } = open(network);
    const onOk = (value: string): string => `ok ${value}`;
    const onError = (error: Error): string => `error ${error.message}`;
    context.pipe(Promise.resolve('1'), onOk, onError);
    context.pipe(Promise.reject(new Error('2')), onOk, onError);
    await network.timers.runUntil(() => seen.length === 2);
    expect(seen).toEqual(['ok 1', 'error 2']);
    let finish: (value: string) => void = () => undefined;
    context.pipe(new Promise<string>((resolve) => (finish = resolve)), onOk, onError);
    stop();
    network.timers.runDeferred();
    finish('late');
    await Promise.resolve();
    network.timers.runDeferred();
    expect(seen).toHaveLength(2);
  });

  it('a pipe whose mapping throws fails the actor', async () => {
    const network = new TestNetwork();
    const { context } = open(network);
    context.pipe(
      Promise.resolve(1),
      () => {
        throw new Error('bad mapping');
      },
      () => 'unused',
    );
    await network.timers.runUntil(() => network.failures.length === 1);
    expect(network.failures[0].failure.message).toBe('bad mapping');
  });
});
