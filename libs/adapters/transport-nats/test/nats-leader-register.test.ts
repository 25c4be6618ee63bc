/** The leader register when servers fail, lose their disk, or hold what somebody else wrote. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LeaderRecord } from '@weir/ports';
import { NatsLeaderRegister, type NatsServer } from '@weir/transport-nats';
import { connect, type KV, type NatsConnection } from 'nats';
import { freePorts, TestResources, testHost, until } from './servers.js';

const resources = new TestResources();
afterEach(() => resources.end());

const record = (leader: string, renewCount = 0): LeaderRecord => ({ epoch: 1, leader, restUrl: 'http://x:8081', nonce: leader, renewCount });

async function register(server: NatsServer, options: { operationTimeoutMs?: number } = {}): Promise<NatsLeaderRegister> {
  const made = new NatsLeaderRegister({ servers: [server.url], cluster: 'prod', ...options }, testHost());
  resources.atEnd(() => made.close());
  await made.open();
  return made;
}

async function client(server: NatsServer): Promise<NatsConnection> {
  const made = await connect({ servers: server.url });
  resources.atEnd(() => made.close());
  return made;
}

const bucket = async (server: NatsServer): Promise<KV> => (await client(server)).jetstream().views.kv('weir-prod', { bindOnly: true });

describe('NatsLeaderRegister', () => {
  it('is a key-value bucket that operators can read, with a history of one and no direct get', async () => {
    const server = await resources.server();
    await (await register(server)).compareAndSet(0, record('jm-1'));
    const kv = await bucket(server);
    expect((await kv.get('leader'))?.json()).toEqual(record('jm-1'));
    const { config } = await (await (await client(server)).jetstreamManager()).streams.info('KV_weir-prod');
    expect(config).toMatchObject({ max_msgs_per_subject: 1, allow_direct: false, storage: 'file', num_replicas: 1 });
  });

  it('takes what is no record for nothing, and sets over it', async () => {
    const server = await resources.server();
    const one = await register(server);
    await one.compareAndSet(0, record('jm-1'));
    const kv = await bucket(server);
    const almost = [{ ...record('x'), epoch: -1 }, { ...record('x'), nonce: 3 }].map((value) => JSON.stringify(value));
    for (const rubbish of ['', '{', 'null', '[]', '{"epoch":"1"}', ...almost]) {
      await kv.put('leader', rubbish);
      expect(await one.read()).toBeUndefined();
      expect(await one.compareAndSet(0, record('jm-2'))).toBe('set');
      expect((await one.read())?.value).toEqual(record('jm-2'));
    }
  });

  it('rejects while no server is there, and goes on with the same version after a crash of the server', async () => {
    const storeDirectory = resources.directory();
    const server = await resources.server({ storeDirectory });
    const one = await register(server, { operationTimeoutMs: 500 });
    await one.compareAndSet(0, record('jm-1'));
    const found = await one.read();
    let hints = 0;
    one.watch(() => hints++);
    await server.kill();
    const unreachable = { code: 'WEIR_LEADER_REGISTER_UNREACHABLE' };
    await expect(one.read()).rejects.toMatchObject(unreachable);
    await expect(one.compareAndSet(found?.version ?? 0, record('jm-1', 1))).rejects.toMatchObject(unreachable);
    await expect(one.clear(found?.version ?? 0)).rejects.toMatchObject(unreachable);
    hints = 0;
    await resources.server({ storeDirectory, port: server.port });
    await until(() => hints > 0, 'a hint after the reconnect');
    expect(await one.read()).toEqual(found);
    expect(await one.compareAndSet(found?.version ?? 0, record('jm-1', 1))).toBe('set');
  });

  it('is empty after the servers lost their disk, and its versions begin anew', async () => {
    const server = await resources.server();
    const one = await register(server, { operationTimeoutMs: 500 });
    let version = 0;
    for (let i = 0; i < 3; i++) {
      await one.compareAndSet(version, record('jm-1', i));
      version = (await one.read())?.version ?? 0;
    }
    await server.kill();
    await resources.server({ port: server.port });
    await until(async () => {
      try {
        return (await one.read()) === undefined;
      } catch (error) {
        expect(error).toMatchObject({ code: 'WEIR_LEADER_REGISTER_UNREACHABLE' });
        return false;
      }
    });
    await expect(one.compareAndSet(version, record('jm-1', 3))).rejects.toMatchObject({ code: 'WEIR_LEADER_REGISTER_UNREACHABLE' });
    expect(await one.compareAndSet(0, record('jm-2'))).toBe('set');
    expect((await one.read())?.version).toBeLessThan(version);
  });

  it('rejects on a server without JetStream', async () => {
    const server = await resources.server({ extraConfiguration: ['jetstream: disabled'] });
    const one = await register(server, { operationTimeoutMs: 500 });
    await expect(one.compareAndSet(0, record('jm-1'))).rejects.toMatchObject({ code: 'WEIR_LEADER_REGISTER_UNREACHABLE' });
  });

  it('needs no more than its own subjects; who may only look can see the leader and not become it', async () => {
    const jobManager =
      '{ user: jm, password: p, permissions: { publish: ["weir.prod.>", "$KV.weir-prod.>", "$JS.API.STREAM.CREATE.KV_weir-prod", ' +
      '"$JS.API.STREAM.MSG.GET.KV_weir-prod"], subscribe: ["weir.prod.>", "$KV.weir-prod.>"] } }';
    const taskManager =
      '{ user: tm, password: p, permissions: { publish: ["weir.prod.>", "$JS.API.STREAM.MSG.GET.KV_weir-prod"], ' +
      'subscribe: ["weir.prod.>", "$KV.weir-prod.>"] } }';
    const server = await resources.server({ extraConfiguration: [`authorization { users: [ ${jobManager}, ${taskManager} ] }`] });
    const as = async (user: string): Promise<NatsLeaderRegister> => {
      const credentials = { user, password: 'p' };
      const made = new NatsLeaderRegister({ servers: [server.url], cluster: 'prod', credentials, operationTimeoutMs: 1000 }, testHost());
      resources.atEnd(() => made.close());
      await made.open();
      return made;
    };
    const [jm, tm] = [await as('jm'), await as('tm')];
    let hints = 0;
    tm.watch(() => hints++);
    expect(await jm.compareAndSet(0, record('jm-1'))).toBe('set');
    await until(() => hints > 0);
    const found = await tm.read();
    expect(found?.value).toEqual(record('jm-1'));
    await expect(tm.compareAndSet(found?.version ?? 0, record('tm-1'))).rejects.toMatchObject({ code: 'WEIR_LEADER_REGISTER_UNREACHABLE' });
    await expect(tm.clear(found?.version ?? 0)).rejects.toMatchObject({ code: 'WEIR_LEADER_REGISTER_UNREACHABLE' });
    expect(await jm.read()).toEqual(found);
  });

  it('keeps its record, and never takes a version back, when the server that leads it is killed in a cluster of three', async () => {
    const ports = await freePorts(3);
    const routes = ports.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
    const servers = await Promise.all(
      ports.map((port, i) =>
        resources.server({ extraConfiguration: [`server_name: n${i}`, `cluster { name: three, listen: "127.0.0.1:${port}", routes: [${routes}] }`] }),
      ),
    );
    const urls = servers.map((server) => server.url);
    const made = new NatsLeaderRegister({ servers: urls, cluster: 'prod', replicas: 3 }, testHost());
    resources.atEnd(() => made.close());
    await made.open();
    /** As an elector does: on an unknown outcome it reads and goes on from what it finds. */
    const renew = async (renewCount: number, last: number): Promise<number> => {
      let version = -1;
      await until(async () => {
        try {
          const found = await made.read();
          expect(found?.version ?? 0).toBeGreaterThanOrEqual(last);
          if (found?.value.renewCount !== renewCount) await made.compareAndSet(found?.version ?? 0, record('jm-1', renewCount));
          else version = found.version;
        } catch (error) {
          expect(error).toMatchObject({ code: 'WEIR_LEADER_REGISTER_UNREACHABLE' });
        }
        return version !== -1;
      }, `renewal ${renewCount}`);
      return version;
    };
    let version = 0;
    for (let i = 1; i <= 20; i++) version = await renew(i, version);
    const asker = await connect({ servers: urls });
    const leader = (await (await asker.jetstreamManager()).streams.info('KV_weir-prod')).cluster?.leader;
    await asker.close();
    await servers[Number(leader?.slice(1))].kill();
    for (let i = 21; i <= 30; i++) version = await renew(i, version);
    expect((await made.read())?.value.renewCount).toBe(30);
  });

  it('rejects what is asked after it was closed', async () => {
    const one = await register(await resources.server());
    await one.close();
    await expect(one.read()).rejects.toMatchObject({ code: 'WEIR_LEADER_REGISTER_UNREACHABLE' });
  });
});
