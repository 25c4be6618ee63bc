/**
 * What Weir relies on in a NATS server, and what it must protect itself from, with the bare client: if a version of the server changes
 * one of these, it is learned here. `WEIR_NATS_SERVER` chooses the binary; 2.9.10 and 2.15.1 were seen to hold.
 */
import { readFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connect, type ConnectionOptions, ErrorCode, type NatsConnection } from 'nats';
import { OLDEST_SERVER } from '@weir/transport-nats';
import { isAtLeast } from '../src/nats-version.js';
import { TestResources, until } from './servers.js';
import { TcpProxy } from './tcp-proxy.js';

const resources = new TestResources();
afterEach(() => resources.end());

async function client(url: string, options: ConnectionOptions = {}): Promise<NatsConnection> {
  const made = await connect({ servers: url, reconnectTimeWait: 20, reconnectJitter: 0, maxReconnectAttempts: -1, ...options });
  resources.atEnd(() => made.close());
  return made;
}

const numberOf = (bytes: Uint8Array): number => Number(new TextDecoder().decode(bytes));
const bytesOf = (number: number): Uint8Array => new TextEncoder().encode(`${number}`);

async function nobodyAnswers(asker: NatsConnection): Promise<boolean> {
  const outcome = await asker.request('s', bytesOf(0), { timeout: 1_000 }).catch((error: { code: string }) => error.code);
  return outcome === ErrorCode.NoResponders;
}

describe('a NATS server', () => {
  it('has at least the version that is checked for', async () => {
    const server = await resources.server();
    expect(isAtLeast(server.version, OLDEST_SERVER)).toBe(true);
    expect((await client(server.url)).info).toMatchObject({ headers: true, max_payload: 1024 * 1024 });
  });

  it('leaves a hole in a stream when it restarts: no error, no gap marker, order kept', async () => {
    const server = await resources.server();
    const [publisher, subscriber] = [await client(server.url), await client(server.url)];
    const seen: number[] = [];
    subscriber.subscribe('s', { callback: (_, message) => seen.push(numberOf(message.data)) });
    await subscriber.flush();
    let next = 0;
    const publishUntil = (condition: () => boolean): Promise<void> =>
      until(() => {
        publisher.publish('s', bytesOf(next++)); // never throws
        return condition();
      });
    await publishUntil(() => seen.length > 10);
    await server.kill();
    const atKill = next;
    await publishUntil(() => next > atKill + 50);
    await resources.server({ port: server.port });
    const atRestart = next;
    await publishUntil(() => (seen.at(-1) ?? 0) > atRestart);
    expect(seen.every((number, i) => i === 0 || number > seen[i - 1])).toBe(true);
    expect(seen.length).toBeLessThan(next - 10);
  });

  it('forgets what was published while a subscriber reconnects, though its publisher hears no error', async () => {
    const server = await resources.server();
    const way = await TcpProxy.to(server.port);
    resources.atEnd(() => way.close());
    const [publisher, subscriber] = [await client(server.url), await client(way.url)];
    const seen: number[] = [];
    subscriber.subscribe('s', { callback: (_, message) => seen.push(numberOf(message.data)) });
    await subscriber.flush();
    way.refuse(true);
    await until(() => nobodyAnswers(publisher));
    for (let i = 1; i <= 100; i++) publisher.publish('s', bytesOf(i));
    await publisher.flush();
    way.refuse(false);
    let after = 100;
    await until(() => {
      publisher.publish('s', bytesOf(++after));
      return seen.some((number) => number > 100);
    });
    expect(seen.filter((number) => number > 0 && number <= 100)).toEqual([]);
  });

  it('says at once that nobody listens, also after the listener was killed', async () => {
    const server = await resources.server();
    const way = await TcpProxy.to(server.port);
    resources.atEnd(() => way.close());
    const [asker, answerer] = [await client(server.url), await client(way.url)];
    await expect(asker.request('nobody', bytesOf(1), { timeout: 30_000 })).rejects.toMatchObject({ code: ErrorCode.NoResponders });
    answerer.subscribe('s', { callback: (_, message) => void message.respond(message.data) });
    await answerer.flush();
    expect(numberOf((await asker.request('s', bytesOf(7), { timeout: 30_000 })).data)).toBe(7);
    way.refuse(true);
    await until(() => nobodyAnswers(asker));
  });

  it('cuts a slow consumer, and what was on its way to it is gone', async () => {
    const server = await resources.server({ extraConfiguration: ['max_pending: 2000000', 'write_deadline: "500ms"'] });
    const publisher = await client(server.url);
    const slow = connectSocket(server.port, '127.0.0.1');
    resources.atEnd(() => void slow.destroy());
    let received = 0;
    let closed = false;
    slow.on('close', () => (closed = true));
    slow.on('error', () => (closed = true));
    slow.write('CONNECT {"verbose":false}\r\nSUB s 1\r\nPING\r\n');
    await new Promise<void>((resolve) => {
      slow.on('data', (bytes) => {
        received += bytes.length;
        if (bytes.toString('latin1').includes('PONG')) resolve();
      });
    });
    slow.pause();
    const frame = new Uint8Array(16 * 1024).fill(65);
    let sent = 0;
    await until(async () => {
      for (let i = 0; i < 256; i++) publisher.publish('s', frame);
      sent += 256 * frame.length;
      await publisher.flush();
      return readFileSync(server.logFile, 'utf8').includes('Slow Consumer');
    });
    slow.resume();
    await until(() => closed, 'the end of the slow connection');
    expect(received).toBeLessThan(sent);
  });

  it('does not carry more than its max_payload: the client throws before it sends', async () => {
    const server = await resources.server();
    const publisher = await client(server.url);
    const limit = publisher.info?.max_payload ?? 0;
    publisher.publish('s', new Uint8Array(limit));
    expect(() => publisher.publish('s', new Uint8Array(limit + 1))).toThrow(expect.objectContaining({ code: ErrorCode.MaxPayloadExceeded }));
    await publisher.flush();
  });

  it('lets one of 20 contenders create a key, each time', async () => {
    const server = await resources.server();
    const bucket = async () => (await client(server.url)).jetstream().views.kv('b', { history: 1, allow_direct: false });
    const buckets = await Promise.all(Array.from({ length: 20 }, bucket));
    for (let round = 0; round < 25; round++) {
      const outcomes = await Promise.allSettled(buckets.map((kv, i) => kv.create('leader', bytesOf(i))));
      const winners = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i] : []));
      expect(winners).toHaveLength(1);
      expect(numberOf((await buckets[0].get('leader'))?.value ?? new Uint8Array(0))).toBe(winners[0]);
      await buckets[0].delete('leader');
    }
  });

  it('keeps acknowledged writes of a bucket over its own crash (not over a power cut)', async () => {
    const storeDirectory = resources.directory();
    const server = await resources.server({ storeDirectory });
    const first = await client(server.url);
    const kv = await first.jetstream().views.kv('b', { history: 1 });
    let revision = 0;
    for (let i = 0; i < 200; i++) revision = await kv.put('k', bytesOf(i));
    await server.kill();
    const again = await resources.server({ storeDirectory });
    const entry = await (await (await client(again.url)).jetstream().views.kv('b')).get('k');
    expect([numberOf(entry?.value ?? new Uint8Array(0)), entry?.revision]).toEqual([199, revision]);
  });
});
