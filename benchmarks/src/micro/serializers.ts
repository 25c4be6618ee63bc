/** Codecs by themselves: records of about 100 bytes there and back in batches. */
import { ByteReader, ByteWriter } from '@weir/base';
import { decodeMessage, encodeMessage, types } from '@weir/types';
import { DISTINCT, type Reading, readings } from '../network/records.js';
import { type MicroBenchmark, timedRun } from './micro-benchmark.js';

const BATCH = 160;
const readingType = types.row({ id: types.long, key: types.string, at: types.long, value: types.double, text: types.string });

/** A way there and back: writes `records[start, start + count)` and reads them `into` again. */
type ThereAndBack = (records: readonly Reading[], start: number, count: number, into: Reading[]) => void;

function there(make: () => ThereAndBack): MicroBenchmark['run'] {
  return (count) => timedRun(() => {
    const records = readings();
    const thereAndBack = make();
    const into: Reading[] = [];
    let sum = 0;
    for (let i = 0; i < count; i += BATCH) {
      const batch = Math.min(BATCH, count - i);
      thereAndBack(records, i % (DISTINCT - BATCH), batch, into);
      for (let k = 0; k < batch; k++) sum += into[k].id + into[k].text.length;
    }
    return sum;
  });
}

function row(): ThereAndBack {
  const serializer = readingType.createSerializer();
  const out = new ByteWriter(32 * 1024);
  return (records, start, count, into) => {
    out.reset();
    for (let k = 0; k < count; k++) serializer.serialize(records[start + k], out);
    const reader = new ByteReader(out.view8());
    for (let k = 0; k < count; k++) into[k] = serializer.deserialize(reader);
  };
}

function columnar(): ThereAndBack {
  const [encoder, decoder] = [readingType.createColumnarCodec(), readingType.createColumnarCodec()];
  const out = new ByteWriter(32 * 1024);
  return (records, start, count, into) => {
    out.reset();
    encoder.encode(records.slice(start, start + count), count, out);
    decoder.decode(new ByteReader(out.view8()), into);
  };
}

const messages: ThereAndBack = (records, start, count, into) => {
  for (let k = 0; k < count; k++) into[k] = decodeMessage(encodeMessage(records[start + k])) as Reading;
};

const pojo = { main: 'SerializerMain', workload: 'pojo', recordsPerS: 4_000_000 } as const;

export const serializers: readonly MicroBenchmark[] = [
  { name: 'serializer-row', note: 'a record at a time, generated; Flink: PojoSerializer', recordsPerS: 2_000_000, flink: pojo, run: there(row) },
  { name: 'serializer-columnar', note: `batches of ${BATCH}, generated; Flink: PojoSerializer`, recordsPerS: 6_000_000, flink: pojo, run: there(columnar) },
  {
    name: 'serializer-message-pack', note: 'self-describing; Flink: Kryo', recordsPerS: 500_000, flink: { main: 'SerializerMain', workload: 'kryo', recordsPerS: 2_000_000 }, run: there(() => messages),
  },
];
