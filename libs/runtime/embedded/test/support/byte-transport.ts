/** A transport that carries bytes, as between threads and processes. */
import { expect } from '@jest/globals';
import { type Connection, InMemoryMeter, type Transport } from '@weir/ports';
import type { SimulatedWorld } from '@weir/testing';
import { decodeWireMessage, encodeWireMessage } from '@weir/types';
import { EmbeddedCluster } from '../../src/index.js';

/** Counts the messages of bytes on data connections; anything else there fails. */
export class ByteTransport implements Transport {
  readonly kind = 'bytes';
  readonly byReference = false;
  frames = 0;

  constructor(private readonly inner: Transport) {}

  async connect(nodeId: string, purpose: 'control' | 'data'): Promise<Connection> {
    const connection = await this.inner.connect(nodeId, purpose);
    const encode = (message: unknown): Uint8Array => {
      if (purpose === 'data') {
        expect(message).toBeInstanceOf(Uint8Array);
        this.frames++;
      }
      return encodeWireMessage(message);
    };
    return {
      nodeId, purpose,
      publish: (subject, message) => connection.publish(subject, encode(message)),
      publishExpectingReceiver: (subject, message, onNoReceiver) => connection.publishExpectingReceiver(subject, encode(message), onNoReceiver),
      subscribe: (subject, handler) => connection.subscribe(subject, (bytes) => handler(decodeWireMessage(bytes as Uint8Array))),
      onDisconnect: (listener) => connection.onDisconnect(listener),
      flush: () => connection.flush(),
      close: () => connection.close(),
    };
  }
}

export async function clusterOfBytes(world: SimulatedWorld): Promise<{ cluster: EmbeddedCluster; transport: ByteTransport }> {
  const { clock, timers, random, logger, files } = world.node('process');
  const transport = new ByteTransport(world.transport);
  const cluster = new EmbeddedCluster({ clock, timers, random, logger, files, transport, meter: new InMemoryMeter() });
  await world.resolved(cluster.start());
  return { cluster, transport };
}

export async function bytesCluster(world: SimulatedWorld): Promise<EmbeddedCluster> {
  return (await clusterOfBytes(world)).cluster;
}
