/** The rules of every LeaderRegister, on a real server. */
import { afterAll, beforeAll } from '@jest/globals';
import { leaderRegisterConformance } from '@weir/testing/conformance';
import { NatsLeaderRegister, type NatsServer } from '@weir/transport-nats';
import { connect } from 'nats';
import { TestResources, testHost, until } from './servers.js';

const resources = new TestResources();
let server: NatsServer;
beforeAll(async () => {
  server = await resources.server();
});
afterAll(() => resources.end());

let clusters = 0;

leaderRegisterConformance('NatsLeaderRegister', () => {
  const cluster = `c${clusters++}`;
  const registers: NatsLeaderRegister[] = [];
  return Promise.resolve({
    contender: async () => {
      const register = new NatsLeaderRegister({ servers: [server.url], cluster }, testHost());
      await register.open();
      registers.push(register);
      return register;
    },
    until,
    lose: async () => {
      const connection = await connect({ servers: server.url });
      const manager = await connection.jetstreamManager();
      await manager.streams.delete(`KV_weir-${cluster}`);
      await connection.close();
    },
    cleanUp: async () => {
      for (const register of registers) await register.close();
    },
  });
});
