import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '@weir/ports';
import { SimulatedWorld } from '@weir/testing';

describe('SimulatedWorld', () => {
  it('moves time only by events, and gives the wall clock of each node apart', async () => {
    const world = new SimulatedWorld({ seed: 1, startMs: 1000 });
    const [a, b] = [world.node('a'), world.node('b')];
    let fired = false;
    a.timers.after(5000, () => (fired = true));
    b.stepWallClock(-3_600_000);
    await world.until(() => fired);
    expect([a.clock.monotonic(), a.clock.now(), b.clock.now()]).toEqual([5000, 6000, 6000 - 3_600_000]);
  });

  it('names seed, condition and last events when it gives up', async () => {
    const world = new SimulatedWorld({ seed: 42 });
    world.trace('something odd');
    world.after(100, 'later', () => undefined);
    await expect(world.until(() => false, { withinMs: 10 })).rejects.toThrow(/^seed 42: gave up waiting for [^]*false[^]*something odd/);
    await expect(world.until(() => false)).rejects.toThrow('nothing is left to happen');
  });

  it('given a crash, then timers, files and messages of that life end, and a restart has none of them', async () => {
    const world = new SimulatedWorld({ seed: 1 });
    const seen: string[] = [];
    const first = world.node('a');
    first.timers.after(10, () => seen.push('timer'));
    first.timers.defer(() => seen.push('deferred'));
    first.control.subscribe('s', () => seen.push('message'));
    first.files.createExclusive('x', new Uint8Array(1)).then(
      () => seen.push('file'),
      () => seen.push('file failed'),
    );
    world.node('b').control.publish('s', 1);
    world.crash('a');
    first.control.publish('from.a', 'ghost');
    const second = world.restart('a');
    world.node('b').control.subscribe('from.a', (message) => seen.push(String(message)));
    await world.runFor(1000);
    expect(seen).toEqual([]);
    expect([second.life, first.alive, second.alive]).toEqual([2, false, true]);
  });

  it('given a pause, then events wait and come as a burst in the old order', async () => {
    const world = new SimulatedWorld({ seed: 3 });
    const node = world.node('a');
    const seen: number[] = [];
    for (const ms of [10, 20, 30]) node.timers.after(ms, () => seen.push(ms));
    world.pause('a');
    await world.runFor(100);
    expect(seen).toEqual([]);
    world.resume('a');
    node.timers.after(0, () => seen.push(0));
    await world.runFor(1);
    expect(seen).toEqual([10, 20, 30, 0]);
  });

  it('a partition in one direction loses that direction only, until it is healed', async () => {
    const world = new SimulatedWorld({ seed: 1 });
    const [a, b] = [world.node('a'), world.node('b')];
    const seen: string[] = [];
    let breaks = 0;
    a.control.onDisconnect(() => breaks++);
    a.control.subscribe('to.a', (message) => seen.push(`a ${String(message)}`));
    b.control.subscribe('to.b', (message) => seen.push(`b ${String(message)}`));
    world.partition('a', 'b', 'one-way');
    a.control.publish('to.b', 1);
    b.control.publish('to.a', 2);
    await world.runFor(1000);
    expect([seen, breaks]).toEqual([['a 2'], 1]);
    world.heal();
    a.control.publish('to.b', 3);
    await world.runFor(1000);
    expect(seen).toEqual(['a 2', 'b 3']);
  });

  it('a disconnect may lose a tail and tells both connections, at times of their own', async () => {
    const noticed = new Set<string>();
    let lostSome = false;
    for (let seed = 0; seed < 30; seed++) {
      const world = new SimulatedWorld({ seed });
      const [a, b] = [world.node('a'), world.node('b')];
      const seen: unknown[] = [];
      const notices: string[] = [];
      b.control.subscribe('s', (message) => seen.push(message));
      a.control.onDisconnect(() => notices.push('control'));
      a.data.onDisconnect(() => notices.push('data'));
      for (let i = 0; i < 5; i++) a.control.publish('s', i);
      await world.runFor(0.5);
      for (let i = 5; i < 10; i++) a.control.publish('s', i);
      world.disconnect('a');
      await world.runFor(5000);
      a.control.publish('s', 'after');
      await world.until(() => seen.at(-1) === 'after');
      const before = seen.slice(0, -1) as number[];
      expect(before).toEqual([...before].sort((x, y) => x - y));
      lostSome ||= before.length < 10;
      noticed.add(notices.join());
    }
    expect(lostSome).toBe(true);
    expect([...noticed].sort()).toEqual(['control,data', 'data,control']);
  });

  it('a power cut kills every process and takes what was not synced', async () => {
    const world = new SimulatedWorld({ seed: 1 });
    const node = world.node('a');
    await world.resolved(node.files.createExclusive('durable', new Uint8Array([1])));
    const writer = await world.resolved(node.files.create('volatile'));
    await world.resolved(writer.write(new Uint8Array(4096)));
    world.powerCut();
    expect(node.alive).toBe(false);
    expect((await world.files.read('durable')).length).toBe(1);
    expect(new SeededRandom(world.seed).seed).toBe('1');
  });

  it('a timer that is cancelled while its process stands still does not fire after the resume', async () => {
    const world = new SimulatedWorld({ seed: 1 });
    const node = world.node('a');
    const fired: string[] = [];
    node.timers.after(30, () => cancel());
    const cancel = node.timers.after(40, () => fired.push('cancelled'));
    node.timers.after(50, () => fired.push('armed'));
    world.pause('a');
    await world.runFor(100);
    world.resume('a');
    await world.runFor(10);
    expect(fired).toEqual(['armed']);
  });

  it('without references every message arrives as a copy, and what is no data cannot be sent', async () => {
    const world = new SimulatedWorld({ seed: 1, network: { byReference: false } });
    const [a, b] = [world.node('a'), world.node('b')];
    const seen: unknown[] = [];
    b.control.subscribe('to.b', (message) => seen.push(message));
    const sent = { list: [1] };
    a.control.publish('to.b', sent);
    sent.list.push(2);
    await world.runFor(100);
    expect(seen).toEqual([{ list: [1] }]);
    expect(() => a.control.publish('to.b', { call: () => undefined })).toThrow();
  });

  it('orders events of equal time by seed, and the hash tells', async () => {
    const orders = new Set<string>();
    const hashes = new Set<string>();
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3]) {
      const world = new SimulatedWorld({ seed });
      let order = '';
      for (const name of ['a', 'b', 'c']) world.node(name).timers.after(10, () => (order += name));
      await world.runFor(10);
      orders.add(order);
      hashes.add(world.traceHash);
    }
    expect(orders.size).toBeGreaterThan(2);
    expect(hashes.size).toBeLessThanOrEqual(8);
  });
});
