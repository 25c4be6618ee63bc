/** The backends beside what lies under them. `read-modify-write`: a value per key, read, changed, written; keys are drawn evenly, or four of five from a fifth (`skewed`). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@weir/ports';
import { heapStateBackends, type KeyedStateBackend, stateDescriptor } from '@weir/state';
import { levelStateBackends } from '@weir/state-leveldb';
import { types } from '@weir/types';
import { ClassicLevel } from 'classic-level';
import { type Comparison, compare } from '../measure.js';

const BATCH = 256;
const ALL = { first: 0, last: 127 };
const text = 'x'.repeat(80);
interface Account { readonly count: number; readonly text: string }
const descriptor = stateDescriptor.value('account', types.row({ count: types.int, text: types.string }));

function drawKeys(keyCount: number, operationCount: number, skewed: boolean): Int32Array {
  let seed = 12345;
  const next = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff);
  return Int32Array.from({ length: operationCount }, (_, i) => (skewed && i % 5 !== 0 ? next() % Math.floor(keyCount / 5) : next() % keyCount));
}

/** As a task: batches of records, and a wait at their borders when the backend wants one. */
async function onBackend(backend: KeyedStateBackend, keys: Int32Array): Promise<void> {
  const state = backend.getState(descriptor);
  for (let from = 0; from < keys.length; from += BATCH) {
    const to = Math.min(from + BATCH, keys.length);
    for (let i = from; i < to; i++) {
      backend.keyContext.setCurrentKey(keys[i]);
      state.update({ count: (state.value()?.count ?? 0) + 1, text });
    }
    for (let backlog = backend.backlog?.(); backlog !== undefined; backlog = backend.backlog?.()) await backlog;
  }
}

/** Reference of the heap: a Map of objects. Reference of LevelDB: `getSync` and a batch of 1000, without a cache. */
export async function measureBackends(keyCount: number, operationCount: number, rounds: number): Promise<Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-state-'));
  const results: Comparison[] = [];
  let snapshots = 0;
  try {
    for (const skewed of [false, true]) {
      const keys = drawKeys(keyCount, operationCount, skewed);
      const name = skewed ? 'read-modify-write, skewed' : 'read-modify-write';
      const request = { operatorId: 'a'.repeat(32), operatorName: name, keyGroupRange: ALL, maxParallelism: 128, restored: { states: new Map(), tables: [] } };
      const heap = await heapStateBackends.open(request);
      const map = new Map<number, Account>();
      results.push(await compare({
        name: `heap ${name}`, note: `${keyCount} keys; reference: a Map of objects`, records: operationCount, rounds,
        reference: () => {
          for (const key of keys) map.set(key, { count: (map.get(key)?.count ?? 0) + 1, text });
        },
        measured: () => onBackend(heap, keys),
      }));
      const stateBytes = keyCount * 300;
      const cached = (folderName: string, cacheBytes: number) => levelStateBackends({
        directory: join(folder, folderName), logger: silentLogger, cacheBytes, dirtyBytes: cacheBytes >> 1, blockCacheBytes: 16 << 20, writeBufferBytes: 8 << 20, tableFileBytes: 8 << 20,
      }).open(request);
      const level = await cached(skewed ? 'skewed' : 'even', stateBytes >> 2);
      const fitting = await cached(skewed ? 'skewed-fitting' : 'even-fitting', stateBytes * 2);
      const raw = new ClassicLevel<Uint8Array, Uint8Array>(join(folder, skewed ? 'raw-skewed' : 'raw'), { keyEncoding: 'view', valueEncoding: 'view', cacheSize: 16 << 20, writeBufferSize: 8 << 20 });
      await raw.open();
      results.push(await compare({
        name: `leveldb ${name}`, note: `${keyCount} keys, a cache for a quarter of them; reference: getSync and batches of 1000 on LevelDB itself`, records: operationCount,
        rounds, reference: () => onLevelDb(raw, keys), measured: () => onBackend(level, keys),
      }));
      results.push(await compare({
        name: `leveldb ${name}, fitting`, note: 'the same with a cache for all keys, and a snapshot at the end of each round', records: operationCount,
        rounds, reference: () => onLevelDb(raw, keys), measured: async () => {
          await onBackend(fitting, keys);
          const { tables } = await fitting.snapshot({ checkpointId: ++snapshots, format: 'native', sources: [] });
          await tables?.settled(undefined);
        },
      }));
      await level.close();
      await fitting.close();
      await raw.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}

async function onLevelDb(db: ClassicLevel<Uint8Array, Uint8Array>, keys: Int32Array): Promise<void> {
  const padding = new TextEncoder().encode(text);
  let operations: { type: 'put'; key: Uint8Array; value: Uint8Array }[] = [];
  for (const number of keys) {
    const key = new Uint8Array(4);
    new DataView(key.buffer).setInt32(0, number);
    const before = db.getSync(key);
    const value = new Uint8Array(84);
    value.set(padding, 4);
    const count = before === undefined ? 0 : new DataView(before.buffer, before.byteOffset).getInt32(0);
    new DataView(value.buffer).setInt32(0, count + 1);
    operations.push({ type: 'put', key, value });
    if (operations.length < 1000) continue;
    await db.batch(operations);
    operations = [];
  }
  await db.batch(operations);
}
