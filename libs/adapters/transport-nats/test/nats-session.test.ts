/** What a process is told when it cannot connect: codes and hints, against real and made-up servers. */
import { type AddressInfo, createServer } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NatsCourier, NatsLeaderRegister, type NatsOptions } from '@weir/transport-nats';
import { isAtLeast } from '../src/nats-version.js';
import { TestResources, testHost, until } from './servers.js';
import { TcpProxy } from './tcp-proxy.js';

const resources = new TestResources();
afterEach(() => resources.end());

const open = async (options: Partial<NatsOptions> & { servers: readonly string[] }): Promise<NatsCourier> => {
  const courier = new NatsCourier({ cluster: 'c', connectTimeoutMs: 0, ...options }, testHost());
  resources.atEnd(() => courier.close());
  await courier.open('control');
  return courier;
};

/** A server that says this and nothing else. */
async function imitation(greeting: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => bytes.toString().includes('PING') && socket.write('PONG\r\n'));
    socket.write(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  resources.atEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `nats://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port where nobody listens: it was free a moment ago. */
async function deadPort(): Promise<string> {
  const proxy = await TcpProxy.to(1);
  await proxy.close();
  return proxy.url;
}

describe('a first connect', () => {
  it('names the addresses when nobody answers', async () => {
    const url = await deadPort();
    await expect(open({ servers: [url] })).rejects.toMatchObject({
      code: 'WEIR_NATS_UNREACHABLE',
      message: expect.stringContaining(url),
      hint: expect.stringContaining('Start a server'),
    });
  });

  it('keeps trying for a while: a server that comes up later will do', async () => {
    const server = await resources.server();
    const proxy = await TcpProxy.to(server.port);
    resources.atEnd(() => proxy.close());
    proxy.refuse(true);
    const opened = open({ servers: [proxy.url], connectTimeoutMs: 60_000 });
    await until(() => proxy.refusedCount > 1);
    proxy.refuse(false);
    await (await opened).flush('control');
  });

  it('goes on to the next address', async () => {
    const server = await resources.server();
    await (await open({ servers: [await deadPort(), server.url] })).flush('control');
  });

  it('refuses a server that is too old', async () => {
    const url = await imitation('INFO {"server_id":"x","version":"2.8.4","headers":true,"max_payload":1048576,"proto":1}\r\n');
    await expect(open({ servers: [url] })).rejects.toMatchObject({ code: 'WEIR_NATS_VERSION', found: '2.8.4', wanted: '2.9.0' });
  });

  it('says so when it is no NATS server at all', async () => {
    await expect(open({ servers: [await imitation('HTTP/1.1 400 Bad Request\r\n\r\n')] })).rejects.toMatchObject({ code: 'WEIR_NATS_UNREACHABLE' });
  });

  it('refuses at once when the token is wrong or missing, and connects with the right one', async () => {
    const { url } = await resources.server({ authorization: { token: 'secret' } });
    const servers = [url];
    await expect(open({ servers, connectTimeoutMs: 60_000 })).rejects.toMatchObject({ code: 'WEIR_NATS_AUTH' });
    await expect(open({ servers, connectTimeoutMs: 60_000, credentials: { token: 'guess' } })).rejects.toMatchObject({ code: 'WEIR_NATS_AUTH' });
    await (await open({ servers, credentials: { token: 'secret' } })).flush('control');
  });

  it('takes user and password, and never shows them', async () => {
    const { url } = await resources.server({ authorization: { user: 'weir', password: 'pass "word"' } });
    await (await open({ servers: [url], credentials: { user: 'weir', password: 'pass "word"' } })).flush('control');
    const refused = open({ servers: [url], credentials: { user: 'weir', password: 'canary' } });
    await expect(refused).rejects.toMatchObject({ code: 'WEIR_NATS_AUTH', message: expect.not.stringContaining('canary') });
  });

  it('takes an nkey and a credentials file', async () => {
    const { nkeys } = await import('nats');
    const user = nkeys.createUser();
    const { url } = await resources.server({ extraConfiguration: [`authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`] });
    const nkeySeed = new TextDecoder().decode(user.getSeed());
    await (await open({ servers: [url], credentials: { nkeySeed } })).flush('control');
    const file = join(resources.directory(), 'weir.creds');
    const section = (name: string, content: string): string => `-----BEGIN ${name}-----\n${content}\n------END ${name}------\n\n`;
    writeFileSync(file, section('NATS USER JWT', 'eyJ0') + section('USER NKEY SEED', nkeySeed));
    await (await open({ servers: [url], credentials: { credentialsFile: file } })).flush('control');
    await expect(open({ servers: [url], credentials: { credentialsFile: `${file}.missing` } })).rejects.toMatchObject({ code: 'WEIR_NATS_OPTIONS' });
  });

  it('is refused by code when the account may not subscribe', async () => {
    const permissions = 'permissions: { publish: ">", subscribe: ["weir.c.r.>", "weir.c.c.allowed.>"] }';
    const { url } = await resources.server({ extraConfiguration: [`authorization { users: [ { user: u, password: p, ${permissions} } ] }`] });
    const courier = await open({ servers: [url], credentials: { user: 'u', password: 'p' } });
    await courier.serve('allowed', 'control', () => undefined);
    await expect(courier.serve('forbidden', 'control', () => undefined)).rejects.toMatchObject({
      code: 'WEIR_NATS_AUTH',
      message: expect.stringContaining('forbidden'),
    });
    await expect(open({ servers: [url], cluster: 'other', credentials: { user: 'u', password: 'p' } })).rejects.toMatchObject({ code: 'WEIR_NATS_AUTH' });
  });
});

describe('options', () => {
  const make = (options: Partial<NatsOptions>) => () => new NatsCourier({ servers: ['nats://127.0.0.1:4222'], cluster: 'c', ...options }, testHost());

  it('that make no sense are refused by code', () => {
    for (const options of [
      { cluster: 'a.b' },
      { cluster: '' },
      { cluster: '>' },
      { servers: [] },
      { servers: ['http://x/y'] },
      { servers: ['a b'] },
      { credentials: { user: 'u', token: 't' } },
    ]) {
      expect(make(options)).toThrow(expect.objectContaining({ code: 'WEIR_NATS_OPTIONS' }));
    }
    expect(() => new NatsLeaderRegister({ servers: ['x'], cluster: 'a b' }, testHost())).toThrow(expect.objectContaining({ code: 'WEIR_NATS_OPTIONS' }));
  });

  it('with a password in the address are refused without showing it', () => {
    expect(make({ servers: ['nats://user:canary@host:4222'] })).toThrow(
      expect.objectContaining({ code: 'WEIR_NATS_OPTIONS', message: expect.not.stringContaining('canary') }),
    );
  });

  it('versions are compared by number', () => {
    for (const version of ['2.9.0', '2.10.1', '3.0.0', '2.9.10-RC.1', 'v2.15.1']) expect([version, isAtLeast(version, '2.9.0')]).toEqual([version, true]);
    for (const version of ['2.8.99', '1.9.9', '', 'unknown', '2.9']) expect([version, isAtLeast(version, '2.9.0')]).toEqual([version, false]);
  });
});
