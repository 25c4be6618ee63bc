/** Every decoder that reads what others wrote: the wire, checkpoints, savepoints, registers, uploads, LevelDB's manifest. Reached by path: they are inside their libs. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { root } from '../cluster/program.js';
import type { FuzzTarget } from './fuzz.js';

type Module = Readonly<Record<string, (...args: unknown[]) => unknown>>;
type Maker = new (...args: unknown[]) => Readonly<Record<string, (...args: unknown[]) => unknown>>;

const load = async (path: string): Promise<Module> => (await import(join(root, path))) as Module;
const isCoded = (error: unknown): boolean => typeof (error as { code?: unknown }).code === 'string' && String((error as { code: string }).code).startsWith('WEIR_');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const VALUES: readonly unknown[] = [
  null, true, 0, -1, 1.5, 2 ** 53, 'text', '', 'ünï', [1, [2, [3]]], { a: 1, b: { c: ['x'] } }, new Map<unknown, unknown>([['k', 1], [2, [3]]]), new Set([1, 'b']), new Date(0), 12345678901234567890n,
  Uint8Array.of(1, 2, 3), undefined, { type: 'heartbeat', from: 'tm-1/slot', sequence: 17, payload: { epoch: 3, attempt: '3.1', tasks: [{ id: 't', state: 'running' }] } },
];

export async function decoders(): Promise<FuzzTarget[]> {
  return [await messages(), await wireMessages(), await events(), await frames(), await metadata(), await keyedState(), await levelManifest(), await leaderRecord(), await register(), await multipart()];
}

async function messages(): Promise<FuzzTarget> {
  const { encodeMessage, decodeMessage } = await load('libs/core/types/src/message-pack.ts');
  return {
    name: 'message', seeds: VALUES.map((value) => encodeMessage(value) as Uint8Array), decode: decodeMessage, isRefusal: isCoded,
    roundTrip: (value) => same(encodeMessage(value), encodeMessage(decodeMessage(encodeMessage(value)))),
  };
}

async function wireMessages(): Promise<FuzzTarget> {
  const { encodeWireMessage, decodeWireMessage } = await load('libs/core/types/src/wire-message.ts');
  return { name: 'wire message', seeds: VALUES.map((value) => encodeWireMessage(value) as Uint8Array), decode: decodeWireMessage, isRefusal: isCoded };
}

async function events(): Promise<FuzzTarget> {
  const { encodeEvent, decodeEvent, readHeader } = await load('libs/runtime/task/src/channels/frame-format.ts');
  const seeds = [
    { kind: 'watermark', seq: 3, timestamp: 1e12 }, { kind: 'idle', seq: 4, idle: true }, { kind: 'barrier', seq: 5, checkpointId: 7, timestampMs: 1e12 },
    { kind: 'barrier', seq: 5, checkpointId: 7, timestampMs: 1e12, mode: 'aligned' }, { kind: 'cancel-barrier', seq: 6, checkpointId: 7 }, { kind: 'end-of-data', seq: 8 },
    { kind: 'high-water-mark', next: 9 }, { kind: 'credit', limit: 99 },
  ].map((event) => encodeEvent(event) as Uint8Array);
  const decode = (bytes: Uint8Array): unknown => decodeEvent(bytes, readHeader(bytes));
  return { name: 'channel event', seeds, decode, isRefusal: isCoded, roundTrip: (value) => same(encodeEvent(value), encodeEvent(decode(encodeEvent(value) as Uint8Array))) };
}

async function frames(): Promise<FuzzTarget> {
  const { RecordEncoder } = (await load('libs/runtime/task/src/channels/record-encoder.ts')) as unknown as { RecordEncoder: Maker };
  const { FrameDecoder, DecodeMemory } = (await load('libs/runtime/task/src/channels/frame-decoder.ts')) as unknown as { FrameDecoder: Maker; DecodeMemory: Maker };
  const { ByteWriter } = (await load('libs/base/src/bytes.ts')) as unknown as { ByteWriter: Maker };
  const records: readonly (readonly unknown[])[] = [
    [1, 2, 3], ['a', 'bb', 'ü'], [{ k: 'x', n: 1 }, { k: 'y', n: 2.5 }], [{ a: [1, 2], b: null }, { a: [], b: 'z' }], [[1, 'x'], { other: true }, null], [new Map([[1, 2]]), new Date(5)],
  ];
  const seeds = records.map((values) => {
    const out = new ByteWriter(64);
    new RecordEncoder({ operatorName: 'fuzz', frameBytes: 16_384, type: undefined, onFirstFallback: () => undefined }).encode(values, Float64Array.from(values, (_, i) => i * 10), 0, values.length, { typeId: 0 }, out);
    return Uint8Array.from(out.view8() as Uint8Array);
  });
  const memory = new DecodeMemory();
  return { name: 'data frame', seeds, decode: (bytes) => new FrameDecoder(memory).decode(bytes, 0), isRefusal: isCoded };
}

async function metadata(): Promise<FuzzTarget> {
  const { encodeMetadata, decodeMetadata } = await load('libs/runtime/checkpoint/src/metadata-file.ts');
  const { seal, SEAL_HEADER_BYTES } = (await load('libs/runtime/checkpoint/src/sealed-file.ts')) as unknown as { seal: (kind: number, body: Uint8Array) => Uint8Array; SEAL_HEADER_BYTES: number };
  const head = {
    checkpointId: 7, jobId: '0'.repeat(32), jobName: 'fuzz', epoch: 2, jobGraphHash: 'abc', triggeredAtMs: 1, completedAtMs: 2, isFinal: false,
    operators: [{ operatorId: 'o'.repeat(32), name: 'map', parallelism: 2, maxParallelism: 128 }],
  };
  const position = { edgeIndex: 0, peer: 0, barrierSeq: 17 };
  const operator = { operatorId: 'o'.repeat(32), keyed: { segment: { offset: 0, length: 100 }, firstKeyGroup: 0, offsets: [0, 10, 50, 100] }, lists: [{ name: 'l', distribution: 'split', elements: [{ offset: 100, length: 5 }] }] };
  const subtask = (index: number): object => ({ vertexId: 'v'.repeat(32), subtaskIndex: index, finished: false, state: { kind: 'file', path: 'x.state', sizeBytes: 200, checksum: '12' }, operators: [operator], inputs: [position], outputs: [position] });
  const seeds = [
    { ...head, coordinators: [], subtasks: [] }, { ...head, coordinators: [{ operatorId: 'o'.repeat(32), stateVersion: 1, bytes: Uint8Array.of(1, 2) }], subtasks: [subtask(0), subtask(1)] },
  ].map((value) => encodeMetadata(value) as Uint8Array);
  return {
    name: 'checkpoint and savepoint metadata', seeds, decode: (bytes) => decodeMetadata('/x/_metadata', bytes), isRefusal: isCoded,
    repair: (bytes) => (bytes.length < SEAL_HEADER_BYTES ? bytes : seal(1, bytes.subarray(SEAL_HEADER_BYTES))),
  };
}

async function keyedState(): Promise<FuzzTarget> {
  const { readKeyedSnapshot, forEachRestoredEntry } = await load('libs/core/state/src/heap/keyed-snapshot.ts');
  const { encodeMessage, decodeMessage } = await load('libs/core/types/src/message-pack.ts');
  const { ByteWriter } = (await load('libs/base/src/bytes.ts')) as unknown as { ByteWriter: Maker };
  const { encodeKey } = await load('libs/core/types/src/key-bytes.ts');
  const out = new ByteWriter(256);
  out.bytes(encodeMessage({ version: 1, states: [{ kind: 'value', name: 'count' }, { kind: 'list', name: 'l' }] }));
  const start = Number(out.length);
  for (const state of [0, 1]) {
    const chunk = new ByteWriter(64);
    for (const key of ['a', 17, 'ccc']) {
      encodeKey(key, chunk);
      chunk.bytes(encodeMessage(5));
    }
    out.varint(state);
    out.u32(3);
    out.u32(chunk.length);
    out.raw(chunk.view8());
  }
  const seed = Uint8Array.from(out.view8() as Uint8Array);
  return {
    name: 'keyed state', seeds: [seed], isRefusal: isCoded,
    decode: (bytes) => {
      const states = readKeyedSnapshot(bytes, 0, [Math.min(start, bytes.length), bytes.length], { first: 0, last: 127 }) as unknown[];
      for (const state of states) forEachRestoredEntry(state, (_key: unknown, body: { bytes(): Uint8Array }) => decodeMessage(body.bytes()));
      return states.length;
    },
  };
}

async function levelManifest(): Promise<FuzzTarget> {
  const { readManifest } = await load('libs/adapters/state-leveldb/src/manifest.ts');
  const { ByteWriter } = (await load('libs/base/src/bytes.ts')) as unknown as { ByteWriter: Maker };
  const edit = new ByteWriter(64);
  for (const field of [2, 5, 3, 9, 4, 100]) edit.varint(field);
  edit.varint(7);
  for (const field of [0, 6, 4096]) edit.varint(field);
  edit.bytes(text('aaa'));
  edit.bytes(text('zzz'));
  const body = edit.view8() as Uint8Array;
  const record = Uint8Array.from([0, 0, 0, 0, body.length & 255, body.length >> 8, 1, ...body]);
  return { name: 'LevelDB manifest', seeds: [record, Uint8Array.from([...record, ...record])], decode: readManifest, isRefusal: isCoded };
}

async function leaderRecord(): Promise<FuzzTarget> {
  const { encodeLeaderRecord, decodeLeaderRecord } = await load('libs/adapters/transport-nats/src/leader-record-bytes.ts');
  const seeds = [encodeLeaderRecord({ epoch: 3, leader: 'jm-1', restUrl: 'http://h:1', nonce: 'n', renewCount: 12 }) as Uint8Array];
  return { name: 'leader record', seeds, decode: decodeLeaderRecord, isRefusal: isCoded };
}

async function register(): Promise<FuzzTarget> {
  const { encodeRegister, decodeRegister } = await load('libs/adapters/storage-fs/src/register-file.ts');
  const seeds = [encodeRegister('0'.repeat(32), 4, { epoch: 3, status: 'running', lastCompletedCheckpoint: { checkpointId: 9, path: '/a/b' } }) as Uint8Array];
  return { name: 'job register', seeds, decode: (bytes) => decodeRegister(bytes, '0'.repeat(32), 4), isRefusal: isCoded };
}

async function multipart(): Promise<FuzzTarget> {
  const { parseMultipart } = await load('libs/surface/rest/src/http/multipart.ts');
  const seeds = [text('--b\r\nContent-Disposition: form-data; name="jarfile"; filename="a.json"\r\nContent-Type: application/json\r\n\r\n{"a":1}\r\n--b--\r\n')];
  return { name: 'upload', seeds, decode: (bytes) => parseMultipart('multipart/form-data; boundary=b', Buffer.from(bytes)), isRefusal: isCoded };
}

function same(a: unknown, b: unknown): void {
  if (!isDeepStrictEqual(a, b)) throw new Error(`${JSON.stringify(String(a)).slice(0, 80)} became ${JSON.stringify(String(b)).slice(0, 80)}`);
}
