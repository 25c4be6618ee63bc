/** What the conformance suite cannot see: a disk that fails, folders that are left, what a store is asked for. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration } from '@weir/base';
import { ManualClock, ManualTimers, silentLogger } from '@weir/ports';
import { type KeyedStateBackend, selectStateBackends, stateDescriptor } from '@weir/state';
import { leveldbStateBackend, levelStateBackends } from '../src/index.js';
import { LevelKeyedStateBackend } from '../src/level-backend.js';
import { type LevelOperation, LevelStore } from '../src/level-store.js';
import { readManifest } from '../src/manifest.js';
import { StateRegistry } from '../src/state-registry.js';
import { StoredFiles } from '../src/stored-files.js';
import { TableChain } from '../src/table-chain.js';

const SIZES = { cacheBytes: 4096, dirtyBytes: 2048, blockCacheBytes: 1 << 20, writeBufferBytes: 64 << 10, tableFileBytes: 1 << 20 };
const RANGE = { first: 0, last: 127 };
const REQUEST = { operatorId: 'a'.repeat(32), operatorName: 'test', keyGroupRange: RANGE, maxParallelism: 128, restored: { states: new Map(), tables: [] } };
const descriptor = stateDescriptor.value<number>('n');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-level-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function settle(backend: KeyedStateBackend): Promise<void> {
  for (let backlog = backend.backlog?.(); backlog !== undefined; backlog = backend.backlog?.()) await backlog;
}

class FailingStore extends LevelStore {
  fails = false;
  override write(operations: LevelOperation[]): Promise<void> {
    return this.fails ? Promise.reject(new Error('no space left')) : super.write(operations);
  }
}

describe('given a disk that fails', () => {
  it('when dirty state is written / then the task hears of it at the next border of a batch, and every snapshot fails', async () => {
    const store = new FailingStore(join(folder, 'op', 'db'), SIZES);
    await levelStateBackends({ ...SIZES, directory: folder, logger: silentLogger }).open({ ...REQUEST, operatorId: 'b'.repeat(32) }).then((other) => other.close());
    await store.open();
    const backend = new LevelKeyedStateBackend({
      operatorId: REQUEST.operatorId, keyGroupRange: RANGE, maxParallelism: 128, directory: join(folder, 'op'), store, registry: new StateRegistry(), chain: new TableChain(join(folder, 'op'), new StoredFiles()),
      outside: new Map(), logger: silentLogger,
    }, SIZES);
    const state = backend.getState(descriptor);
    store.fails = true;
    for (let key = 0; key < 100; key++) {
      backend.keyContext.setCurrentKey(key);
      state.update(key);
    }
    await expect(settle(backend)).rejects.toThrow('no space left');
    await expect(Promise.resolve(backend.backlog())).rejects.toThrow('no space left');
    await expect(backend.snapshot({ checkpointId: 1, format: 'native', sources: [] })).rejects.toThrow('no space left');
    await backend.close();
  });

  it('when its folder cannot be made / then opening fails by code', async () => {
    await writeFile(join(folder, 'file'), 'taken');
    const backends = levelStateBackends({ ...SIZES, directory: join(folder, 'file'), logger: silentLogger });
    await expect(backends.open(REQUEST)).rejects.toMatchObject({ code: 'WEIR_STATE_STORE', retry: 'restart' });
  });
});

describe('given a running backend', () => {
  it('when writes are under way, or a copy is being made / then reads see what was written last', async () => {
    const backend = await levelStateBackends({ ...SIZES, directory: folder, logger: silentLogger }).open(REQUEST);
    const state = backend.getState(descriptor);
    const expected = new Map<number, number>();
    for (let step = 0; step < 5000; step++) {
      const key = (step * 7919) % 300;
      backend.keyContext.setCurrentKey(key);
      expect(state.value()).toBe(expected.get(key));
      state.update(step);
      expected.set(key, step);
      if (step % 10 === 0) await settle(backend);
      if (step % 1000 === 999) {
        const captured = backend.snapshot({ checkpointId: step, format: 'native', sources: [] });
        await settle(backend);
        await (await captured).tables?.settled(undefined);
      }
    }
    await backend.close();
  });

  it('when it is closed / then nothing of it is left, snapshots that nobody took included', async () => {
    const directory = join(folder, 'attempt');
    const backends = levelStateBackends({ ...SIZES, directory, logger: silentLogger });
    const first = await backends.open(REQUEST);
    const second = await backends.open({ ...REQUEST, operatorId: 'c'.repeat(32) });
    first.getState(descriptor);
    await first.snapshot({ checkpointId: 1, format: 'native', sources: [] });
    await first.close();
    expect(await readdir(directory)).toEqual(['c'.repeat(32)]);
    await second.close();
    await second.close();
    await expect(access(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('when a user changes state of another name within reduce, so that the entry at hand is evicted / then no update is lost', async () => {
    const backend = await levelStateBackends({ ...SIZES, cacheBytes: 600, directory: folder, logger: silentLogger }).open(REQUEST);
    const other = backend.getState(stateDescriptor.value<number>('other'));
    const sum = backend.getReducingState(stateDescriptor.reducing<number>('sum', (a, b) => {
      const { currentKey } = backend.keyContext;
      for (let key = 1000; key < 1010; key++) {
        backend.keyContext.setCurrentKey(key);
        other.value();
      }
      backend.keyContext.setCurrentKey(currentKey);
      return a + b;
    }));
    for (let round = 0; round < 20; round++) {
      for (let key = 0; key < 5; key++) {
        backend.keyContext.setCurrentKey(key);
        sum.add(1);
        await settle(backend);
      }
      await (await backend.snapshot({ checkpointId: round, format: 'native', sources: [] })).tables?.settled(undefined);
    }
    for (let key = 0; key < 5; key++) {
      backend.keyContext.setCurrentKey(key);
      expect(sum.get()).toBe(20);
    }
    await backend.close();
  });
});

it('given a table that no manifest names / when the store is copied / then the copy is without it: its name will stand for other bytes', async () => {
  const store = new LevelStore(join(folder, 'db'), SIZES);
  await store.open();
  for (let i = 0; i < 50; i++) await store.write(Array.from({ length: 100 }, (_, j) => ({ type: 'put', key: Uint8Array.of(0, 0, i, j), value: new Uint8Array(64).fill(i * j) })));
  await writeFile(join(folder, 'db', '004711.ldb'), 'half a table');
  const files = await store.link(join(folder, 'copy'));
  expect(files.some(({ name }) => name === '004711.ldb')).toBe(false);
  expect(files.filter(({ name }) => name.endsWith('.ldb')).length).toBeGreaterThan(0);
  await store.write([{ type: 'del', key: Uint8Array.of(0, 0, 1, 1) }]);
  await store.close();
  const copy = new LevelStore(join(folder, 'copy'), SIZES);
  await copy.open();
  let entries = 0;
  for await (const some of copy.scan(Uint8Array.of(0), Uint8Array.of(255))) entries += some.length;
  expect(entries).toBe(5000);
  await copy.close();
});

it('given a store that compacts all the time / when it is linked again and again / then each copy opens, and holds exactly what was written before it', async () => {
  const store = new LevelStore(join(folder, 'db'), { ...SIZES, tableFileBytes: 1 << 20 });
  await store.open();
  const model = new Map<number, number>();
  let seed = 7;
  const next = (below: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) % below;
  for (let round = 1; round <= 12; round++) {
    for (let batch = 0; batch < 12; batch++) {
      await store.write(Array.from({ length: 500 }, (): LevelOperation => {
        const key = next(20_000);
        const bytes = Uint8Array.of(0, key >>> 8, key & 0xff);
        model.set(key, next(10) === 0 ? -1 : round);
        return model.get(key) === -1 ? { type: 'del', key: bytes } : { type: 'put', key: bytes, value: new Uint8Array(100).fill(round).map((byte, i) => (i % 3 === 0 ? next(256) : byte)) };
      }));
    }
    await store.link(join(folder, `copy-${round}`));
    const copy = new LevelStore(join(folder, `copy-${round}`), SIZES);
    await copy.open();
    const found = new Map<number, number>();
    for await (const some of copy.scan(Uint8Array.of(0), Uint8Array.of(255))) for (const [key, value] of some) found.set((key[1] << 8) | key[2], value[1]);
    expect([...found].sort()).toEqual([...model].filter(([, value]) => value !== -1).sort());
    await copy.close();
  }
  await store.close();
}, 60_000);

it('given bytes that are no manifest / then they are refused by code', () => {
  expect(() => readManifest(new Uint8Array(100).fill(255))).toThrow(expect.objectContaining({ code: 'WEIR_BYTES_MALFORMED' }));
  expect(readManifest(new Uint8Array(0))).toEqual({ tables: new Map(), firstLog: 0, wholeBytes: 0 });
});

it('given a configuration / then its backend is selected, its folder is one of io.tmp.dirs, and its name is that of the attempt', async () => {
  const configuration = Configuration.of({ 'state.backend.type': 'leveldb', 'io.tmp.dirs': `${folder}/one, ${folder}/two` }, 'program');
  const backends = selectStateBackends([leveldbStateBackend], {
    name: 'job-vertex-0-1.0', configuration, logger: silentLogger, clock: new ManualClock(0), timers: new ManualTimers(new ManualClock(0)),
  });
  const backend = await backends.open(REQUEST);
  const [used] = await readdir(folder);
  expect(['one', 'two']).toContain(used);
  expect(await readdir(join(folder, used))).toEqual([`weir-state-${process.pid}-job-vertex-0-1.0`]);
  await backend.close();
});

it('given folders that processes have left / when the first store of a process is opened there / then those of dead processes that nobody has locked are gone', async () => {
  const dead = spawnSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' }).stdout.trim();
  const child = spawn(process.execPath, ['--input-type=module', '-e', `
    const { ClassicLevel } = await import(${JSON.stringify(import.meta.resolve('classic-level'))});
    await new ClassicLevel(${JSON.stringify(join(folder, `weir-state-${dead}-shared`, 'op', 'db'))}).open();
    console.log('open');
    setInterval(() => undefined, 1000);
  `], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await mkdir(join(folder, `weir-state-${dead}-shared`, 'op'), { recursive: true });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    for (const name of [`weir-state-${dead}-old`, `weir-state-${process.pid}-mine`, 'weir-state-of-somebody']) await mkdir(join(folder, name, 'op', 'db'), { recursive: true });
    const configuration = Configuration.of({ 'state.backend.type': 'leveldb', 'io.tmp.dirs': folder }, 'program');
    const task = { name: 'one', configuration, logger: silentLogger, clock: new ManualClock(0), timers: new ManualTimers(new ManualClock(0)) };
    const backend = await leveldbStateBackend.backendsFor(task).open(REQUEST);
    expect((await readdir(folder)).sort()).toEqual([`weir-state-${dead}-shared`, `weir-state-${process.pid}-mine`, `weir-state-${process.pid}-one`, 'weir-state-of-somebody'].sort());
    await backend.close();
  } finally {
    child.kill('SIGKILL');
  }
});
