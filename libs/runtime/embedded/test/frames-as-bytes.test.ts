/** Whole jobs over a transport that carries bytes, as between threads and processes: the same output, also after restarts. */
import { describe, expect, it } from '@jest/globals';
import { type Connection, InMemoryMeter, type Transport } from '@weir/ports';
import { SimulatedWorld } from '@weir/testing';
import { decodeWireMessage, encodeWireMessage } from '@weir/types';
import { EmbeddedCluster } from '../src/index.js';
import { expectedTotals, ReduceJob } from './support/reduce-job.js';
import { jobOptions } from './support/simulated-cluster.js';

/** Counts the messages of bytes on data connections; anything else there fails. */
class ByteTransport implements Transport {
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

async function clusterOf(world: SimulatedWorld): Promise<{ cluster: EmbeddedCluster; transport: ByteTransport }> {
  const { clock, timers, random, logger, files } = world.node('process');
  const transport = new ByteTransport(world.transport);
  const cluster = new EmbeddedCluster({ clock, timers, random, logger, files, transport, meter: new InMemoryMeter() });
  await world.resolved(cluster.start());
  return { cluster, transport };
}

describe('jobs whose frames are bytes', () => {
  it.each([2, 3])('given parallelism %i / when the job ends / then its output is that of plain arithmetic', async (parallelism) => {
    const world = new SimulatedWorld({ seed: parallelism });
    const { cluster, transport } = await clusterOf(world);
    const job = new ReduceJob({ parallelism, last: 4999 });
    const result = await world.resolved((await world.resolved(cluster.submit(job.program, jobOptions(world)))).result);
    expect({ state: result.state, failure: result.failure?.message }).toEqual({ state: 'finished', failure: undefined });
    expect(job.totals()).toEqual(expectedTotals(4999));
    expect(job.sink.results()).toHaveLength(5000);
    expect(transport.frames).toBeGreaterThan(10);
    await world.resolved(cluster.close());
  });

  it('given checkpoints and a function that throws once / then the output is exact', async () => {
    const world = new SimulatedWorld({ seed: 'bytes, throws once' });
    const { cluster } = await clusterOf(world);
    let thrown = false;
    const job = new ReduceJob({
      parallelism: 2, last: 1999, recordsPerSecond: 500,
      onNumber: (value) => {
        if (value !== 1500 || thrown) return;
        thrown = true;
        throw new Error('a bad number');
      },
    });
    const handle = await world.resolved(cluster.submit(job.program, jobOptions(world, { 'execution.checkpointing.interval': '300 ms' })));
    const result = await world.resolved(handle.result);
    expect({ state: result.state, restarts: result.status.restarts }).toEqual({ state: 'finished', restarts: 1 });
    expect(job.totals()).toEqual(expectedTotals(1999));
    expect(job.sink.results()).toHaveLength(2000);
    await world.resolved(cluster.close());
  });
});
