/**
 * Records between threads (`threads-rebalance`: about 100 bytes each, beside the codec alone in one thread), and the round trip of one message
 * (`threads-round-trip`, beside a plain MessagePort).
 *
 *   npm run bench -- network [--json] [--records N] [--rounds N] [--only NAME]
 *
 * Measured: partition writer, encoder, channel, rings, decoder, a loop over the records. Not measured: making the records. `ratio` counts the CPU of both
 * threads; `wallRatio` is the throughput and needs two free cores. Reference of the first: encode and decode, nothing else.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { ByteReader, ByteWriter } from '@weir/base';
import { SeededRandom } from '@weir/ports';
import { RecordContext, ResultPartition } from '@weir/task/internal';
import { WorkerHub, WorkerThread } from '@weir/transport-worker';
import { inferType } from '@weir/types';
import { type Comparison, compare, median, round3 } from '../measure.js';
import { printReport } from '../report.js';
import { channelOf, host } from './host.js';
import { DISTINCT, readings, type Reading } from './records.js';

const { values } = parseArgs({ options: {
  json: { type: 'boolean', default: false }, records: { type: 'string', default: '4000000' }, rounds: { type: 'string', default: '5' }, only: { type: 'string', default: '' },
} });
const rounds = Number(values.rounds);
const records = readings();
const FRAME_RECORDS = 160;
const FRAME_BYTES = 16 * 1024;
/** As the defaults of `taskmanager.network.*` have it. */
const FRAMES_IN_FLIGHT = 16;

const hub = new WorkerHub(host);
const control = await hub.connect('main', 'control');
const data = await hub.connect('main', 'data');
const thread = new WorkerThread(hub, { name: 'consumer', entry: new URL('./consumer.thread.ts', import.meta.url), data: {} });
thread.onExit(({ reason, error }) => {
  if (reason !== 'terminated') throw error ?? new Error(`the consumer ended: ${reason}`);
});
await thread.whenReady();

let runs = 0;
let done: (result: { count: number; sum: number }) => void = () => undefined;
control.subscribe('main.done', (message) => done(message as { count: number; sum: number }));

/** Resolves with what the consumer saw. */
async function throughThreads(count: number): Promise<number> {
  const run = ++runs;
  let wake = (): void => undefined;
  const finished = new Promise<{ count: number; sum: number }>((resolve) => {
    done = resolve;
  });
  const context = new RecordContext();
  const partition = new ResultPartition({ edgeIndex: 0, consumerParallelism: 1, consumerMaxParallelism: 128, channels: [channelOf(run)] }, { kind: 'rebalance' }, context, {
    frameRecords: 256, label: 'bench', random: new SeededRandom(1), connection: data, onWritable: () => wake(),
    encoding: { operatorName: 'bench', frameBytes: FRAME_BYTES, type: undefined, onFirstFallback: (reason) => {
      throw new Error(reason);
    } },
  });
  control.publish('consumer.run', { run, framesInFlight: FRAMES_IN_FLIGHT });
  for (let i = 0; i < count;) {
    if (!partition.writable) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    for (const end = Math.min(count, i + FRAME_RECORDS); i < end; i++) {
      const record = records[i % DISTINCT];
      context.timestamp = record.at;
      partition.input.collect(record);
    }
  }
  partition.endOfData();
  const result = await finished;
  partition.close();
  if (result.count !== count) throw new Error(`${result.count} of ${count} records arrived`);
  return result.sum;
}

function codecAlone(count: number): number {
  const type = inferType(records.slice(0, 256));
  const [encoder, decoder] = [type.createColumnarCodec(), type.createColumnarCodec()];
  const out = new ByteWriter(32 * 1024);
  const into: unknown[] = [];
  let sum = 0;
  for (let i = 0; i < count; i += FRAME_RECORDS) {
    const start = i % (DISTINCT - FRAME_RECORDS);
    const batch = Math.min(FRAME_RECORDS, count - i);
    out.reset();
    encoder.encode(records.slice(start, start + batch), batch, out);
    decoder.decode(new ByteReader(out.view8()), into);
    for (let k = 0; k < batch; k++) {
      const record = into[k] as Reading;
      sum += record.id + record.text.length;
    }
  }
  return sum;
}

const results: Comparison[] = [];
const wanted = (name: string): boolean => name.includes(values.only);
if (wanted('threads-rebalance')) {
  const count = Number(values.records);
  codecAlone(count / 4);
  await throughThreads(count / 4);
  results.push(await compare({
    name: 'threads-rebalance', records: count, rounds,
    note: `records of about 100 bytes through a channel to another thread, frames of ${FRAME_BYTES / 1024} KiB, ${FRAMES_IN_FLIGHT} in flight; reference: the codec alone, encode and decode in one thread`,
    reference: () => {
      codecAlone(count);
    },
    measured: async () => {
      await throughThreads(count);
    },
  }));
}

if (wanted('threads-round-trip')) {
  const trips = 20_000;
  const port = new Worker(new URL('./echo.thread.mjs', import.meta.url));
  const payload = new Uint8Array(100);
  const micros: Record<'ring' | 'port', number[]> = { ring: [], port: [] };
  let echoed = (): void => undefined;
  port.on('message', () => echoed());
  data.subscribe('main.echo', () => echoed());
  const trip = async (into: number[], send: () => void): Promise<void> => {
    for (let i = 0; i < trips; i++) {
      const startMs = performance.now();
      const back = new Promise<void>((resolve) => {
        echoed = resolve;
      });
      send();
      await back;
      into.push((performance.now() - startMs) * 1000);
    }
  };
  const reference = (): Promise<void> => trip(micros.port, () => port.postMessage(payload));
  const measured = (): Promise<void> => trip(micros.ring, () => data.publish('consumer.echo', payload));
  await reference();
  await measured();
  micros.port.length = 0;
  micros.ring.length = 0;
  const result = await compare({ name: 'threads-round-trip', records: trips, rounds, note: '', reference, measured });
  const quantiles = (samples: number[]): string => {
    const sorted = [...samples].sort((a, b) => a - b);
    return `p50 ${round3(median(sorted))} us, p99 ${round3(sorted[Math.floor(sorted.length * 0.99)])} us`;
  };
  results.push({ ...result, note: `100 bytes to another thread and back, one at a time: ${quantiles(micros.ring)}; reference, a plain MessagePort: ${quantiles(micros.port)}` });
  await port.terminate();
}

await thread.terminate();
hub.close();
printReport('network', `${rounds} interleaved rounds`, results, values.json);
