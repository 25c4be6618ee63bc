/** The hub as the process's voice: nodes of other processes, breaks, ends of threads, bounds. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Connection, ConnectionPurpose } from '@weir/ports';
import { transportConformance } from '@weir/testing/conformance';
import { OVERFLOW_BYTES_MAX } from '../src/internal.js';
import { HubRig, until } from './in-threads.js';
import { FakeNetwork } from './other-process.js';

/** Node `a` in one process, `b` in another; each in its main thread or in one of its own. */
function twoProcesses(inMain: readonly string[], purpose: ConnectionPurpose) {
  const network = new FakeNetwork();
  const rigs: HubRig[] = [];
  return Promise.resolve({
    transport: {
      kind: 'worker', byReference: false,
      connect: (nodeId: string): Promise<Connection> => {
        const rig = new HubRig({ upstream: network.upstream() });
        rigs.push(rig);
        return (inMain.includes(nodeId) ? rig.hub : rig.thread()).connect(nodeId, purpose);
      },
    },
    until,
    cleanUp: () => {
      for (const rig of rigs) rig.close();
      expect(network.nodes).toEqual([]);
      expect(network.listenerCount).toBe(0);
      return Promise.resolve();
    },
  });
}
describe.each<[string, readonly string[], ConnectionPurpose]>([
  ['control between threads of two processes', [], 'control'],
  ['control from a main thread', ['a'], 'control'],
  ['control to a main thread', ['b'], 'control'],
  ['data between threads of two processes', [], 'data'],
  ['data from a main thread', ['a'], 'data'],
  ['data to a main thread', ['b'], 'data'],
])('%s', (_name, inMain, purpose) => {
  transportConformance('WorkerHub with an upstream', { detectsNoReceiver: true }, () => twoProcesses(inMain, purpose));
});

describe('a worker hub', () => {
  const rigs: HubRig[] = [];
  const rigOf = (...options: ConstructorParameters<typeof HubRig>): HubRig => {
    const rig = new HubRig(...options);
    rigs.push(rig);
    return rig;
  };
  afterEach(() => {
    for (const rig of rigs.splice(0)) rig.close();
  });

  it('given a break of the upstream / then connections of that purpose hear it in every thread, the others do not', async () => {
    const network = new FakeNetwork();
    const rig = rigOf({ upstream: network.upstream() });
    const heard: string[] = [];
    for (const [node, transport] of [['main', rig.hub], ['t', rig.thread()]] as const) {
      for (const purpose of ['control', 'data'] as const) (await transport.connect(node, purpose)).onDisconnect(() => heard.push(`${node} ${purpose}`));
    }
    network.break('data');
    await until(() => heard.length === 2);
    network.break('control');
    await until(() => heard.length === 4);
    expect(heard.slice(0, 2).sort()).toEqual(['main data', 't data']);
  });

  it('given a subject whose node lives in the same thread / then it can be published by reference, in order with the rest', async () => {
    const thread = rigOf().thread();
    const [a, b] = [await thread.connect('a', 'data'), await thread.connect('b', 'data')];
    const received: unknown[] = [];
    b.subscribe('b.data', (message) => received.push(message));
    const frame = { values: [{ of: 'a record' }] };
    a.publish('b.data', 'before');
    a.inThread?.('b.data')?.(frame);
    a.publish('b.data', 'behind');
    expect(received).toEqual([]);
    await until(() => received.length === 3);
    expect(received).toEqual(['before', frame, 'behind']);
    expect(received[1]).toBe(frame);
  });

  it('given a subject whose node lives in another thread / then nothing is published by reference', async () => {
    const rig = rigOf();
    const a = await rig.thread().connect('a', 'data');
    await rig.thread().connect('b', 'data');
    expect(a.inThread?.('b.data')).toBeUndefined();
  });

  it('given an upstream that cannot flush / then flush rejects in the thread that asked', async () => {
    const network = new FakeNetwork();
    const rig = rigOf({ upstream: network.upstream() });
    const connection = await rig.thread().connect('a', 'control');
    await connection.flush();
    network.isBroken = true;
    await expect(connection.flush()).rejects.toMatchObject({ code: 'WEIR_TRANSPORT_BROKEN' });
  });

  it('given a node that another thread has / then its second connection is refused; given an end of the first / then it is taken', async () => {
    const rig = rigOf();
    const [first, second] = [rig.thread(), rig.thread()];
    const connection = await first.connect('a', 'control');
    await first.connect('a', 'data');
    await expect(second.connect('a', 'control')).rejects.toMatchObject({ code: 'WEIR_TRANSPORT_SUBJECT_TAKEN' });
    await expect(first.connect('a', 'control')).rejects.toMatchObject({ code: 'WEIR_TRANSPORT_SUBJECT_TAKEN' });
    await connection.close();
    first.close();
    await until(() => !rig.hub.nodes.has('a'));
    await second.connect('a', 'control');
    expect(rig.hub.nodes.size).toBe(1);
  });

  it('given an upstream where the node is served already / then connect fails and leaves nothing behind', async () => {
    const network = new FakeNetwork();
    await network.upstream().serve('a', 'control', () => undefined);
    const rig = rigOf({ upstream: network.upstream() });
    await expect(rig.thread().connect('a', 'control')).rejects.toMatchObject({ message: 'control/a is served already' });
    expect(rig.hub.nodes.size).toBe(0);
  });

  it('given bytes from outside that are no message / then they are dropped and logged, and the rest arrives', async () => {
    const network = new FakeNetwork();
    const rig = rigOf({ upstream: network.upstream() });
    const connection = await rig.thread().connect('a', 'control');
    const seen: unknown[] = [];
    connection.subscribe('a.x', (message) => seen.push(message));
    const outside = network.upstream();
    outside.publish('control', 'a.x', Uint8Array.of(7, 7));
    outside.publish('control', 'a.x', Uint8Array.of(0, 1));
    await until(() => seen.length === 1);
    expect(seen).toEqual([1]);
    expect(rig.logger.entries).toEqual([expect.objectContaining({ message: 'dropped bytes that are no message' })]);
  });

  it('given a reader that takes nothing / then what waits is bounded, and the break is told', async () => {
    const rig = rigOf({ ringBytes: 4096 });
    // A thread that never looks at its ring.
    const silent = rig.hub.attach();
    silent.port.postMessage({ type: 'add-node', request: 1, node: 'silent', purpose: 'data' });
    await until(() => rig.hub.nodes.has('silent'));
    const connection = await rig.thread().connect('a', 'data');
    let breaks = 0;
    connection.onDisconnect(() => breaks++);
    const megabyte = new Uint8Array(1 << 20);
    connection.publish('silent.x', megabyte);
    const flushed = connection.flush().then(() => 'flushed', (error: { code: string }) => error.code);
    for (let sent = 0; sent <= OVERFLOW_BYTES_MAX; sent += megabyte.length) connection.publish('silent.x', megabyte);
    await until(() => breaks === 1);
    expect(await flushed).toBe('WEIR_TRANSPORT_BROKEN');
    silent.port.close();
  });

  it('keeps order when messages switch between ring and overflow', async () => {
    const rig = rigOf({ ringBytes: 4096 });
    const [a, b] = [await rig.thread().connect('a', 'data'), await rig.thread().connect('b', 'data')];
    const seen: number[] = [];
    b.subscribe('b.x', (message) => seen.push((message as Uint8Array)[0] + 256 * (message as Uint8Array)[1]));
    for (let i = 0; i < 3000; i++) {
      const bytes = new Uint8Array(2 + ((i * 37) % 3000));
      bytes[0] = i & 0xff;
      bytes[1] = i >> 8;
      a.publish('b.x', bytes);
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => seen.length === 3000);
    expect(seen).toEqual(Array.from({ length: 3000 }, (_, i) => i));
  });
});
