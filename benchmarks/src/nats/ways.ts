/** Two ways to carry frames between processes: Weir's data connection, and the client library alone with the same subjects. */
import { SystemClock, SystemRandom, SystemTimers } from '@weir/host-node';
import { silentLogger } from '@weir/ports';
import { NatsCourier, NatsTransport } from '@weir/transport-nats';
import { connect } from 'nats';

export type WayName = 'weir' | 'raw';

/** One end: takes what is published for its node, and publishes for others. */
export interface Way {
  subscribe(subject: string, handler: (bytes: Uint8Array) => void): void;
  publish(subject: string, bytes: Uint8Array): void;
  /** Resolves when the server knows all subscriptions. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export function openWay(name: WayName, url: string, node: string): Promise<Way> {
  return name === 'raw' ? rawWay(url) : weirWay(url, node);
}

async function weirWay(url: string, node: string): Promise<Way> {
  const host = { clock: new SystemClock(), timers: new SystemTimers(), random: new SystemRandom(), logger: silentLogger };
  const courier = new NatsCourier({ servers: [url], cluster: 'bench' }, host);
  const connection = await new NatsTransport(courier, host).connect(node, 'data');
  return {
    subscribe: (subject, handler) => void connection.subscribe(subject, (message) => handler(message as Uint8Array)),
    publish: (subject, bytes) => connection.publish(subject, bytes),
    ready: () => connection.flush(),
    close: () => courier.close(),
  };
}

async function rawWay(url: string): Promise<Way> {
  const connection = await connect({ servers: url });
  return {
    subscribe: (subject, handler) => void connection.subscribe(`weir.bench.d.${subject}`, { callback: (_, message) => handler(message.data) }),
    publish: (subject, bytes) => connection.publish(`weir.bench.d.${subject}`, bytes),
    ready: () => connection.flush(),
    close: () => connection.close(),
  };
}
