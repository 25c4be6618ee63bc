/** The rules of every Transport, on a real server, each node with connections of its own. */
import { afterAll, beforeAll } from '@jest/globals';
import type { Transport } from '@weir/ports';
import { transportConformance } from '@weir/testing/conformance';
import { NatsCourier, type NatsServer, NatsTransport } from '@weir/transport-nats';
import { TestResources, testHost, until } from './servers.js';
import { TcpProxy } from './tcp-proxy.js';

const resources = new TestResources();
let server: NatsServer;
beforeAll(async () => {
  server = await resources.server();
});
afterAll(() => resources.end());

let clusters = 0;

transportConformance('NatsTransport', { detectsNoReceiver: true }, async () => {
  const cluster = `c${clusters++}`;
  const couriers: NatsCourier[] = [];
  const proxies = new Map<string, TcpProxy>();
  const transport: Transport = {
    kind: 'nats',
    byReference: false,
    connect: async (nodeId, purpose) => {
      const proxy = await TcpProxy.to(server.port);
      proxies.set(nodeId, proxy);
      const host = testHost();
      const courier = new NatsCourier({ servers: [proxy.url], cluster }, host);
      couriers.push(courier);
      return new NatsTransport(courier, host).connect(nodeId, purpose);
    },
  };
  return Promise.resolve({
    transport,
    until,
    breakNode: (node) => proxies.get(node)?.cut(),
    cleanUp: async () => {
      for (const courier of couriers) await courier.close();
      for (const proxy of proxies.values()) await proxy.close();
    },
  });
});
