/** The process of `large-state`: fills, checkpoints, changes one key of a hundred, checkpoints again, restores from the files, reads all. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaderEpoch, operatorId, vertexId } from '@weir/base';
import { FileCheckpointStorage, type SubtaskSnapshot, writtenBytes } from '@weir/checkpoint';
import { silentLogger } from '@weir/ports';
import { type KeyedStateBackend, type RestoredTables, stateDescriptor } from '@weir/state';
import { levelStateBackends } from '@weir/state-leveldb';
import { LocalFileStore } from '@weir/storage-fs';
import { types } from '@weir/types';

const KEYS = Number(process.argv[2]);
const BATCH = 256;
const TEXT = 180;
const RANGE = { first: 0, last: 127 };
const OPERATOR = operatorId('a'.repeat(32));
const descriptor = stateDescriptor.value('profile', types.row({ key: types.int, version: types.int, text: types.string }));

const folder = await mkdtemp(join(tmpdir(), 'weir-large-state-'));
const storage = new FileCheckpointStorage({ files: new LocalFileStore(), directory: join(folder, 'checkpoints') });
const backends = levelStateBackends({
  directory: join(folder, 'working'), logger: silentLogger, cacheBytes: 64 << 20, dirtyBytes: 8 << 20, blockCacheBytes: 32 << 20, writeBufferBytes: 8 << 20, tableFileBytes: 8 << 20,
});
const request = { operatorId: OPERATOR, operatorName: 'large', keyGroupRange: RANGE, maxParallelism: 128 };
let syncMsMax = 0;
let captureMsMax = 0;

/** Characters as if drawn by lot. */
const POOL = Array.from({ length: 150_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1).toString(36).replace('-', 'z')).join('');

/** Differs from key to key, so that nothing is gained by compression that real state would not have. */
function textOf(key: number, version: number): string {
  const at = (Math.imul(key + version * 104729, 0x85ebca6b) >>> 0) % (POOL.length - TEXT);
  return POOL.slice(at, at + TEXT);
}
async function settle(backend: KeyedStateBackend): Promise<void> {
  for (let backlog = backend.backlog?.(); backlog !== undefined; backlog = backend.backlog?.()) await backlog;
}
async function update(backend: KeyedStateBackend, keys: number, step: number, version: number): Promise<void> {
  const state = backend.getState(descriptor);
  for (let i = 0; i < keys; i += step) {
    const key = Math.imul(i, 0x9e3779b1) >>> 0; // in no order that LevelDB would like
    backend.keyContext.setCurrentKey(key % 2 ** 31);
    state.update({ key: i, version, text: textOf(i, version) });
    if (i % (BATCH * step) === 0) await settle(backend);
  }
  await settle(backend);
}
async function checkpoint(backend: KeyedStateBackend, checkpointId: number): Promise<SubtaskSnapshot> {
  const started = performance.now();
  const captured = backend.snapshot({ checkpointId, format: 'native', sources: [] });
  captureMsMax = Math.max(captureMsMax, performance.now() - started);
  await settle(backend);
  syncMsMax = Math.max(syncMsMax, performance.now() - started);
  const { tables } = await captured;
  const snapshot = await storage.writeSubtask({
    checkpointId, attempt: { epoch: leaderEpoch(1), attempt: 0, vertexId: vertexId('b'.repeat(32)), subtaskIndex: 0 }, finished: false, inputs: [], outputs: [],
    operators: [{ operatorId: OPERATOR, lists: [], ...(tables === undefined ? {} : { tables }) }],
  });
  backend.checkpointComplete?.(checkpointId);
  return snapshot;
}
async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const started = performance.now();
  const value = await work();
  return { ms: Math.round(performance.now() - started), value };
}

try {
  const first = await backends.open({ ...request, restored: { states: new Map(), tables: [] } });
  const filled = await timed(() => update(first, KEYS, 1, 1));
  const full = await timed(() => checkpoint(first, 1));
  await update(first, KEYS, 100, 2);
  const incremental = await timed(() => checkpoint(first, 2));
  await first.close();

  const [operator] = incremental.value.operators;
  const set = operator.tables;
  const tables: RestoredTables[] = set === undefined ? [] : [{
    ...set, files: set.files.map(({ name, file }) => ({ name, sizeBytes: file.sizeBytes, stored: undefined, fetch: (take) => storage.readFile(file, take) })),
  }];
  const restore = await timed(() => backends.open({ ...request, restored: { states: new Map(), tables } }));
  const state = restore.value.getState(descriptor);
  let right = 0;
  for (let i = 0; i < KEYS; i++) {
    restore.value.keyContext.setCurrentKey((Math.imul(i, 0x9e3779b1) >>> 0) % 2 ** 31);
    const value = state.value();
    // Keys that fall together hold the later one.
    if (value !== undefined && value.text === textOf(value.key, value.version) && (value.key !== i || value.version === (i % 100 === 0 ? 2 : 1))) right++;
    if (i % BATCH === 0) await settle(restore.value);
  }
  await restore.value.close();
  const stateBytes = KEYS * (4 + 5 + 3 + 8 + TEXT);
  console.log(JSON.stringify({
    keys: KEYS, stateBytes, peakRssMiB: 0, peakAnonymousMiB: 0, fullBytes: writtenBytes(full.value, 1), incrementalBytes: writtenBytes(incremental.value, 2),
    syncMsMax: Math.round(syncMsMax), captureMsMax: Math.round(captureMsMax), updatesPerS: Math.round(KEYS / filled.ms * 1000), fullMs: full.ms, incrementalMs: incremental.ms,
    restoreMs: restore.ms, restored: right === KEYS,
  }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
