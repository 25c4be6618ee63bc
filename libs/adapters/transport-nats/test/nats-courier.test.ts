/**
 * The courier between two processes' worth of connections, on a real server: long messages, rubbish, receivers that are not there, breaks.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeWireMessage } from '@weir/types';
import fc from 'fast-check';
import { connect } from 'nats';
import { type CourierHandler, MAX_MESSAGE_BYTES, NatsCourier, type NatsServer, NatsTransport } from '@weir/transport-nats';
import { TestResources, testHost, until } from './servers.js';
import { TcpProxy } from './tcp-proxy.js';

const forAll = new TestResources();
const resources = new TestResources();
let server: NatsServer;
beforeAll(async () => {
  server = await forAll.server();
});
afterEach(() => resources.end());
afterAll(() => forAll.end());

let clusters = 0;
const nextCluster = (): string => `courier-${clusters++}`;

function courier(cluster: string, url = server.url, host = testHost()): NatsCourier {
  const made = new NatsCourier({ servers: [url], cluster }, host);
  resources.atEnd(() => made.close());
  return made;
}

async function proxy(): Promise<TcpProxy> {
  const made = await TcpProxy.to(server.port);
  resources.atEnd(() => made.close());
  return made;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(1));
const wire = (message: string): Uint8Array => encodeWireMessage(new TextEncoder().encode(message));
const collect =
  (into: string[]): CourierHandler =>
  (subject, bytes) =>
    into.push(`${subject} ${text(bytes)}`);

describe('NatsCourier', () => {
  it('carries all nodes of a process over one connection a purpose', async () => {
    const way = await proxy();
    const cluster = nextCluster();
    const [here, there] = [courier(cluster), courier(cluster, way.url)];
    const seen: string[] = [];
    for (const node of ['tm-1', 'tm-1-slot-0', 'tm-1-slot-1']) {
      await there.serve(node, 'control', collect(seen));
      await there.serve(node, 'data', collect(seen));
    }
    await here.open('data');
    for (const node of ['tm-1', 'tm-1-slot-0', 'tm-1-slot-1']) here.publish('data', `${node}.x`, wire('hello'));
    await until(() => seen.length === 3);
    expect(seen).toEqual(['tm-1.x hello', 'tm-1-slot-0.x hello', 'tm-1-slot-1.x hello']);
    expect(way.connectionCount).toBe(2);
  });

  it('keeps control and data apart, and clusters too', async () => {
    const [one, other] = [nextCluster(), nextCluster()];
    const [mine, theirs] = [courier(one), courier(other)];
    const seen: string[] = [];
    await mine.serve('n', 'control', (subject, bytes) => seen.push(`control ${subject} ${text(bytes)}`));
    await mine.serve('n', 'data', (subject, bytes) => seen.push(`data ${subject} ${text(bytes)}`));
    await theirs.serve('n', 'data', () => seen.push('wrong cluster'));
    mine.publish('data', 'n.s', wire('d'));
    mine.publish('control', 'n.s', wire('c'));
    await until(() => seen.length === 2);
    await theirs.flush('data');
    expect(seen.sort()).toEqual(['control n.s c', 'data n.s d']);
  });

  it('cuts messages above the payload of the server, and keeps them whole and in order from several senders', async () => {
    const small = await resources.server({ extraConfiguration: ['max_payload: 1000'] });
    const cluster = nextCluster();
    const [one, two, there] = [courier(cluster, small.url), courier(cluster, small.url), courier(cluster, small.url)];
    const seen: string[] = [];
    await there.serve('n', 'data', (_, bytes) => seen.push(text(bytes)));
    await one.open('data');
    await two.open('data');
    const message = (sender: string, number: number): string => `${sender}${number} `.repeat(1 + ((number * 977) % 4000));
    for (let i = 0; i < 100; i++) {
      one.publish('data', 'n.s', wire(message('a', i)));
      two.publish('data', 'n.s', wire(message('b', i)));
      if (i % 10 === 0) await Promise.all([one.flush('data'), two.flush('data')]);
    }
    await until(() => seen.length === 200);
    for (const sender of ['a', 'b']) {
      const expected = Array.from({ length: 100 }, (_, i) => message(sender, i));
      expect(seen.filter((arrived) => arrived.startsWith(sender)).every((arrived, i) => arrived === expected[i])).toBe(true);
    }
    expect(there.statistics('data').refusedMessages).toBe(0);
  });

  it('carries the longest message on a server with defaults, and refuses one byte more', async () => {
    const cluster = nextCluster();
    const [here, there] = [courier(cluster), courier(cluster)];
    const seen: Uint8Array[] = [];
    await there.serve('n', 'data', (_, bytes) => seen.push(bytes));
    await here.open('data');
    const longest = new Uint8Array(MAX_MESSAGE_BYTES);
    for (let i = 0; i < longest.length; i += 4093) longest[i] = i;
    longest[0] = 1;
    here.publish('data', 'n.s', longest);
    await until(() => seen.length === 1);
    expect(Buffer.compare(seen[0], longest)).toBe(0);
    expect(() => here.publish('data', 'n.s', new Uint8Array(MAX_MESSAGE_BYTES + 1))).toThrow(expect.objectContaining({ code: 'WEIR_NATS_PAYLOAD' }));
  });

  it('tells that nobody received: no such node, a node that says so, a node that has gone', async () => {
    const cluster = nextCluster();
    const [here, there] = [courier(cluster), courier(cluster)];
    const seen: string[] = [];
    const node = await there.serve('n', 'control', (subject, bytes, replyTo) => {
      if (subject === 'n.known') seen.push(text(bytes));
      else there.answerNoReceiver('control', replyTo);
    });
    await here.open('control');
    const nobody: string[] = [];
    const ask = (subject: string): void => here.publishExpectingReceiver('control', subject, wire('?'), () => nobody.push(subject));
    ask('n.known');
    ask('m.whatever');
    await until(() => nobody.length === 1);
    ask('n.unknown');
    await until(() => nobody.length === 2);
    node.unsubscribe();
    node.unsubscribe();
    await there.flush('control');
    ask('n.known');
    await until(() => nobody.length === 3);
    expect(nobody).toEqual(['m.whatever', 'n.unknown', 'n.known']);
    expect(seen).toEqual(['?']);
  });

  it('can be listened to before it is connected, and drops what is published then', async () => {
    const here = courier(nextCluster());
    let breaks = 0;
    here.onDisconnect('data', () => breaks++).unsubscribe();
    here.publish('data', 'n.s', wire('early'));
    await expect(here.flush('data')).rejects.toMatchObject({ code: 'WEIR_TRANSPORT_BROKEN' });
    expect(here.statistics('data').lostMessages).toBe(1);
    await Promise.all([here.open('data'), here.open('data')]);
    await here.flush('data');
    expect(breaks).toBe(0);
  });

  it('serves a node once at a time', async () => {
    const there = courier(nextCluster());
    const first = await there.serve('n', 'control', () => undefined);
    await expect(there.serve('n', 'control', () => undefined)).rejects.toMatchObject({ code: 'WEIR_TRANSPORT_SUBJECT_TAKEN' });
    first.unsubscribe();
    await there.serve('n', 'control', () => undefined);
    await expect(there.serve('n.x', 'control', () => undefined)).rejects.toMatchObject({ code: 'WEIR_NATS_OPTIONS' });
  });

  it('never lets a subject become a command', async () => {
    const here = courier(nextCluster());
    await here.open('control');
    for (const subject of ['', 'n.*', 'n.>', 'n.a b', 'n.a\r\nPUB x 0\r\n\r\n', 'n..a', '.n', 'n.']) {
      expect(() => here.publish('control', subject, wire('x'))).toThrow(/is not a subject/);
    }
  });

  it('delivers the others when a handler throws, and lets the error out on the host', async () => {
    const errors: unknown[] = [];
    const host = testHost();
    const timers = {
      after: host.timers.after.bind(host.timers),
      defer: (callback: () => void) =>
        host.timers.defer(() => {
          try {
            callback();
          } catch (error) {
            errors.push(error);
          }
        }),
    };
    const here = courier(nextCluster(), server.url, { ...host, timers });
    const seen: string[] = [];
    await here.serve('n', 'control', (_, bytes) => {
      if (text(bytes) === 'bad') throw new Error('broken handler');
      seen.push(text(bytes));
    });
    for (const message of ['one', 'bad', 'two']) here.publish('control', 'n.s', wire(message));
    await until(() => seen.length === 2 && errors.length === 1);
    expect(seen).toEqual(['one', 'two']);
    expect(errors).toEqual([new Error('broken handler')]);
  });

  it('sends what was published before it closes', async () => {
    const cluster = nextCluster();
    const [here, there] = [courier(cluster), courier(cluster)];
    let received = 0;
    await there.serve('n', 'data', () => received++);
    await here.open('data');
    for (let i = 0; i < 1000; i++) here.publish('data', 'n.s', wire(`${i}`));
    await here.close();
    await here.close();
    await until(() => received === 1000);
    expect(() => here.publish('data', 'n.s', wire('late'))).toThrow(expect.objectContaining({ code: 'WEIR_TRANSPORT_CLOSED' }));
    await expect(here.flush('data')).rejects.toMatchObject({ code: 'WEIR_TRANSPORT_CLOSED' });
  });
});

describe('a connection that breaks', () => {
  it('drops and counts what is published meanwhile, so that nothing arrives after a break from before it', async () => {
    const way = await proxy();
    const cluster = nextCluster();
    const [here, there] = [courier(cluster, way.url), courier(cluster)];
    const seen: string[] = [];
    await there.serve('n', 'data', collect(seen));
    await here.open('data');
    const events: string[] = [];
    here.onDisconnect('data', () => events.push('disconnect'));
    here.publish('data', 'n.s', wire('before'));
    await until(() => seen.length === 1);
    way.refuse(true);
    await until(() => events.length === 1);
    for (let i = 0; i < 100; i++) here.publish('data', 'n.s', wire('meanwhile'));
    await expect(here.flush('data')).rejects.toMatchObject({ code: 'WEIR_TRANSPORT_BROKEN' });
    expect(here.statistics('data').lostMessages).toBe(100);
    expect(here.pendingBytes('data')).toBe(0);
    way.refuse(false);
    await until(() => {
      here.publish('data', 'n.s', wire('after'));
      return seen.length > 1;
    });
    expect(new Set(seen)).toEqual(new Set(['n.s before', 'n.s after']));
    expect(events).toEqual(['disconnect']);
    expect(here.statistics('data').disconnects).toBe(1);
  });

  it('can be reached again afterwards, also at a node that was added meanwhile', async () => {
    const way = await proxy();
    const cluster = nextCluster();
    const [here, there] = [courier(cluster), courier(cluster, way.url)];
    const seen: string[] = [];
    await here.open('control');
    await there.serve('old', 'control', collect(seen));
    let breaks = 0;
    there.onDisconnect('control', () => breaks++);
    way.refuse(true);
    await until(() => breaks === 1);
    const added = there.serve('new', 'control', collect(seen));
    way.refuse(false);
    await added;
    here.publish('control', 'old.s', wire('1'));
    here.publish('control', 'new.s', wire('2'));
    await until(() => seen.length === 2);
    expect(seen).toEqual(['old.s 1', 'new.s 2']);
  });

  it('rejects a flush that was waiting', async () => {
    const way = await proxy();
    const here = courier(nextCluster(), way.url);
    await here.open('data');
    way.freeze();
    const flushed = here.flush('data');
    way.cut();
    await expect(flushed).rejects.toMatchObject({ code: 'WEIR_TRANSPORT_BROKEN' });
  });

  it('is noticed when nothing passes any more, even with the socket full of unsent bytes', async () => {
    const way = await proxy();
    const here = courier(nextCluster(), way.url);
    await here.open('data');
    let breaks = 0;
    here.onDisconnect('data', () => breaks++);
    way.freeze();
    for (let i = 0; i < 32; i++) here.publish('data', 'n.s', new Uint8Array(1_000_000).fill(1));
    expect(here.pendingBytes('data')).toBe(32_000_000);
    await until(() => breaks === 1);
    await until(async () => {
      try {
        await here.flush('data');
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: 'WEIR_TRANSPORT_BROKEN' });
        return false;
      }
    });
  });

  it('is given up, which is told, rather than buffering without bound', async () => {
    const way = await proxy();
    const here = courier(nextCluster(), way.url);
    await here.open('data');
    let breaks = 0;
    here.onDisconnect('data', () => breaks++);
    way.freeze();
    for (let i = 0; i < 80; i++) here.publish('data', 'n.s', new Uint8Array(1_000_000).fill(1));
    expect(breaks).toBe(1);
    expect(here.pendingBytes('data')).toBeLessThan(64 * 1024 * 1024);
    expect(here.statistics('data').lostMessages).toBeGreaterThan(0);
  });

  it('confirms what the server took', async () => {
    const here = courier(nextCluster());
    await here.open('data');
    for (let i = 0; i < 100; i++) here.publish('data', 'n.s', new Uint8Array(16 * 1024).fill(1));
    expect(here.pendingBytes('data')).toBe(100 * 16 * 1024);
    await until(() => here.pendingBytes('data') === 0);
  });
});

describe('rubbish on a subject', () => {
  it('is counted, logged now and then, and dropped; the node goes on', async () => {
    const cluster = nextCluster();
    const host = testHost();
    const there = courier(cluster, server.url, host);
    const node = await new NatsTransport(there, host).connect('n', 'control');
    const seen: unknown[] = [];
    node.subscribe('n.s', (message) => seen.push(message));
    await node.flush();
    const hostile = await connect({ servers: server.url });
    const subject = `weir.${cluster}.c.n.s`;
    const well = encodeWireMessage({ a: [1, 2, 3] });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(), (bytes, at) => {
        hostile.publish(subject, bytes);
        hostile.publish(subject, well.subarray(0, at % well.length));
        hostile.publish(subject, Uint8Array.of(2, ...bytes));
      }),
      { numRuns: 300 },
    );
    hostile.publish(subject, encodeWireMessage('well'));
    hostile.publish(`weir.${cluster}.c.n`, encodeWireMessage('not below the node'));
    await hostile.flush();
    await until(() => seen.includes('well'));
    await hostile.close();
    const warnings = host.logger.messages('warn');
    expect(warnings).toContain('dropped bytes that are no message');
    expect(warnings.length).toBeLessThan(20);
    expect(there.statistics('control').refusedMessages).toBeGreaterThanOrEqual(300);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});
