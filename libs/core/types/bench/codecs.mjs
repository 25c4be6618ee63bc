/**
 * Codecs against JSON on a bid of seven fields, all in one run and interleaved, so that the ratios hold on a noisy machine. Prints JSON.
 * Not measured: frames, checksums, transport. Run after `tsc -b` of the lib: `node libs/core/types/bench/codecs.mjs [rounds]`.
 */
import { ByteReader, ByteWriter } from '@weir/base';
import { encodeMessage, decodeMessage, inferType, types } from '@weir/types';

const BATCH = 128;
const ROUND_MS = 120;
const rounds = Number(process.argv[2] ?? 7);

const bid = types.row({
  auction: types.int,
  bidder: types.int,
  price: types.int,
  channel: types.string,
  url: types.string,
  dateTime: types.long,
  extra: types.string,
});
const CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'];
const bids = Array.from({ length: BATCH }, (_, i) => ({
  auction: 1000 + i * 7,
  bidder: 2000 + i * 13,
  price: (i * 7919) % 100_000,
  channel: CHANNELS[i % 4],
  url: `https://www.nexmark.com/${(i * 2654435761) % 4294967296}/item.htm?query=1`,
  dateTime: 1_700_000_000_000 + i,
  extra: ((i * 40503) % 65536).toString(36).repeat(4).slice(0, 14),
}));

function rowCodec(type) {
  const serializer = type.createSerializer();
  const out = new ByteWriter(65_536);
  return {
    encode() {
      out.reset();
      for (let i = 0; i < BATCH; i++) serializer.serialize(bids[i], out);
      return out.view8();
    },
    decode(bytes, into) {
      const reader = new ByteReader(bytes);
      for (let i = 0; i < BATCH; i++) into[i] = serializer.deserialize(reader);
    },
  };
}
function columnarCodec(type) {
  const codec = type.createColumnarCodec();
  const out = new ByteWriter(65_536);
  return {
    encode() {
      out.reset();
      codec.encode(bids, BATCH, out);
      return out.view8();
    },
    decode: (bytes, into) => codec.decode(new ByteReader(bytes), into),
  };
}
const jsonBytes = {
  encode: () => Buffer.from(JSON.stringify(bids)),
  decode(bytes, into) {
    const values = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    for (let i = 0; i < BATCH; i++) into[i] = values[i];
  },
};
/** What a row codec stands against: a value at a time. */
const jsonOne = {
  encode() {
    for (let i = 0; i < BATCH; i++) ones[i] = Buffer.from(JSON.stringify(bids[i]));
    return ones[0];
  },
  decode(_bytes, into) {
    for (let i = 0; i < BATCH; i++) into[i] = JSON.parse(ones[i].toString());
  },
};
const ones = [];
const message = {
  encode: () => encodeMessage(bids),
  decode(bytes, into) {
    const values = decodeMessage(bytes);
    for (let i = 0; i < BATCH; i++) into[i] = values[i];
  },
};
const contenders = {
  json: jsonBytes,
  jsonOne,
  row: rowCodec(bid),
  columnar: columnarCodec(bid),
  inferredRow: rowCodec(inferType(bids)),
  inferredColumnar: columnarCodec(inferType(bids)),
  message,
};

function perSecond(work) {
  const start = process.hrtime.bigint();
  let batches = 0;
  let elapsed = 0;
  do {
    for (let i = 0; i < 20; i++) work();
    batches += 20;
    elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  } while (elapsed < ROUND_MS);
  return (batches * BATCH * 1000) / elapsed;
}
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, { encode: [], decode: [] }]));
for (let round = -1; round < rounds; round++) {
  for (const [name, codec] of Object.entries(contenders)) {
    const bytes = Uint8Array.from(codec.encode());
    const into = [];
    codec.decode(bytes, into);
    if (JSON.stringify(into) !== JSON.stringify(bids)) throw new Error(`${name} does not give back what it was given`);
    const encode = perSecond(() => codec.encode());
    const decode = perSecond(() => codec.decode(bytes, into));
    if (round >= 0) {
      results[name].encode.push(encode);
      results[name].decode.push(decode);
    }
  }
}
const summary = Object.fromEntries(
  Object.entries(results).map(([name, { encode, decode }]) => [
    name,
    {
      encodeX: Number(median(encode.map((v, i) => v / results.json.encode[i])).toFixed(2)),
      decodeX: Number(median(decode.map((v, i) => v / results.json.decode[i])).toFixed(2)),
      encodePerSecond: Math.round(median(encode)),
      decodePerSecond: Math.round(median(decode)),
      bytesPerRecord: Number((contenders[name].encode().length / (name === 'jsonOne' ? 1 : BATCH)).toFixed(1)),
    },
  ]),
);
process.stdout.write(`${JSON.stringify({ benchmark: 'codecs', node: process.version, batch: BATCH, rounds, codecs: summary }, null, 2)}\n`);
