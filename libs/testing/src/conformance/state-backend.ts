/**
 * What every keyed state backend must do, as Jest tests: one model, plain Maps, against which random operations on all kinds of state run;
 * snapshots fall between any two of them, and what is restored from them, at whatever parallelism, is what the model held at that moment.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ByteWriter, crc32 } from '@weir/base';
import {
  createHeapStateBackends, forEachRestoredEntry, heapStateBackends, keyGroupOf, type KeyGroupRange, keyGroupRangeOf, type KeyedSnapshot, type KeyedSnapshotSource, type KeyedStateBackend, type KeyedStateBackends,
  mergeRestored, readKeyedSnapshot, type RestoredKeyed, type RestoredKeyedState, type RestoredTables, type SnapshotFormat, stateDescriptor, type StoredFile,
} from '@weir/state';
import type { ManualClock } from '@weir/ports';
import { types } from '@weir/types';
import fc from 'fast-check';
import { stateTtlConformance } from './state-ttl.js';

export interface StateBackendFixture {
  /** As small as its caches may be, so that a short run meets what a long one would. */
  readonly backends: KeyedStateBackends;
  /** The backends'. */
  readonly clock: ManualClock;
  cleanUp?(): Promise<void>;
}
export interface StateBackendCapabilities {
  /** Native snapshots refer to files of earlier ones, of this attempt or also of the one before. */
  readonly incremental: false | 'within-attempt' | 'across-restores';
}

const MAX_PARALLELISM = 16;
const ALL: KeyGroupRange = { first: 0, last: MAX_PARALLELISM - 1 };
const TIMERS = '_test-timers';

const descriptors = {
  typed: stateDescriptor.value('typed', types.double, 7),
  value: stateDescriptor.value<{ n: number; text?: string }>('value'),
  list: stateDescriptor.list<string>('list', types.string),
  inferredList: stateDescriptor.list<{ at: number }>('inferred-list'),
  map: stateDescriptor.map<string, number>('map'),
  sum: stateDescriptor.reducing<number>('sum', (a, b) => a + b, types.double),
  mean: stateDescriptor.aggregating<number, { n: number; sum: number }, number>('mean', {
    createAccumulator: () => ({ n: 0, sum: 0 }),
    add: (value, accumulator) => {
      accumulator.n++;
      accumulator.sum += value;
      return accumulator;
    },
    getResult: ({ n, sum }) => sum / n,
  }),
};
function handlesOf(backend: KeyedStateBackend) {
  return {
    typed: backend.getState(descriptors.typed), value: backend.getState(descriptors.value), list: backend.getListState(descriptors.list),
    inferredList: backend.getListState(descriptors.inferredList), map: backend.getMapState(descriptors.map), sum: backend.getReducingState(descriptors.sum),
    mean: backend.getAggregatingState(descriptors.mean),
  };
}
type Handles = ReturnType<typeof handlesOf>;

/** What one key holds. */
interface Content {
  typed: number | undefined;
  value: { n: number; text?: string } | undefined;
  list: string[];
  inferredList: { at: number }[];
  map: [string, number][];
  sum: number | undefined;
  mean: number[];
}
const EMPTY = (): Content => ({ typed: undefined, value: undefined, list: [], inferredList: [], map: [], sum: undefined, mean: [] });
type Model = Map<string, { readonly key: unknown; readonly content: Content; readonly timers: Set<number> }>;

const anyKey = fc.oneof(
  fc.integer({ min: -3, max: 3 }), fc.constantFrom('a', 'b', '1', '', 'ü'), fc.constantFrom(1.5, 2 ** 40, null, true, 10n),
  fc.record({ x: fc.integer({ min: 0, max: 1 }) }), fc.tuple(fc.integer({ min: 0, max: 1 }), fc.constantFrom('a', 'b')),
);
const operations = ['typed', 'value', 'value-in-place', 'list', 'list-update', 'inferred-list', 'map', 'map-remove', 'sum', 'mean', 'clear', 'clear-map', 'timer'] as const;
const operation = fc.record({ key: anyKey, op: fc.constantFrom(...operations), n: fc.integer({ min: 0, max: 5 }) });
/** Snapshots; a turn of the event loop; the last snapshot completes, heard of at once or with the next `hear`. */
const event = fc.constantFrom('native', 'native', 'canonical', 'turn', 'turn', 'complete', 'complete', 'complete-unheard', 'hear');
type Operation = { readonly key: unknown; readonly op: (typeof operations)[number]; readonly n: number };

function idOf(key: unknown): string {
  return `${typeof key} ${typeof key === 'bigint' ? String(key) : JSON.stringify(key)}`;
}

function apply(h: Handles, model: Model, { key, op, n }: Operation): void {
  const id = idOf(key);
  const known = model.get(id) ?? { key, content: EMPTY(), timers: new Set<number>() };
  model.set(id, known);
  const { content, timers } = known;
  switch (op) {
    case 'typed': h.typed.update(n); content.typed = n; break;
    case 'value': h.value.update(n > 3 ? { n, text: 't'.repeat(n * 20) } : { n }); content.value = n > 3 ? { n, text: 't'.repeat(n * 20) } : { n }; break;
    case 'value-in-place': {
      const value = h.value.value();
      if (value === undefined) break;
      value.n = n;
      h.value.update(value);
      content.value = { ...content.value, n };
      break;
    }
    case 'list': h.list.add(`${n}`); content.list.push(`${n}`); break;
    case 'list-update': {
      const values = Array.from({ length: n }, (_, i) => `u${i}`);
      h.list.update(values);
      content.list = [...values];
      break;
    }
    case 'inferred-list': h.inferredList.add({ at: n }); content.inferredList.push({ at: n }); break;
    case 'map': h.map.put(`k${n}`, n); content.map = [...new Map(content.map).set(`k${n}`, n)]; break;
    case 'map-remove': h.map.remove(`k${n}`); content.map = content.map.filter(([name]) => name !== `k${n}`); break;
    case 'sum': h.sum.add(n); content.sum = (content.sum ?? 0) + n; break;
    case 'mean': h.mean.add(n); content.mean.push(n); break;
    case 'clear':
      for (const state of [h.typed, h.value, h.list, h.inferredList, h.sum, h.mean]) state.clear();
      Object.assign(content, { ...EMPTY(), map: content.map });
      break;
    case 'clear-map': h.map.clear(); content.map = []; break;
    case 'timer': timers.add(n);
  }
}

function read(h: Handles): unknown {
  return {
    typed: h.typed.value(), value: h.value.value(), list: [...h.list.get()], inferredList: [...h.inferredList.get()], map: [...h.map.entries()].sort(),
    has: h.map.has('k1'), empty: h.map.isEmpty(), sum: h.sum.get(), mean: h.mean.get(),
  };
}
function expected({ typed, value, list, inferredList, map, sum, mean }: Content): unknown {
  return {
    typed: typed ?? 7, value, list, inferredList, map: [...map].sort(), has: map.some(([name]) => name === 'k1'), empty: map.length === 0, sum,
    mean: mean.length === 0 ? undefined : mean.reduce((a, b) => a + b, 0) / mean.length,
  };
}

/** Timers stand for state that an operator keeps itself. */
function timerSource(model: Model): KeyedSnapshotSource {
  const entries = [...model.values()].flatMap(({ key, timers }) => [...timers].map((timestamp) => ({ key, timestamp })));
  return {
    entryCount: () => entries.length,
    meta: () => ({ name: TIMERS, kind: 'timers', types: [] }),
    keyAt: (entry) => entries[entry].key,
    writeBody: (entry, out: ByteWriter) => out.f64(entries[entry].timestamp),
  };
}
function timersOf(states: readonly RestoredKeyedState[]): string[] {
  const found: string[] = [];
  for (const state of states) forEachRestoredEntry(state, (key, body) => found.push(`${idOf(key)} ${body.f64()}`));
  return found.sort();
}

function copyOf(model: Model): Model {
  return new Map([...model].map(([id, { key, content, timers }]) => [id, { key, content: structuredClone(content), timers: new Set(timers) }]));
}

/** As a task does at the borders of batches (B4). */
async function settle(backend: KeyedStateBackend): Promise<void> {
  for (let backlog = backend.backlog?.(); backlog !== undefined; backlog = backend.backlog?.()) await backlog;
}

/** Checkpoint storage in memory, which retains one checkpoint. */
class Shelf {
  private readonly files = new Map<string, Uint8Array>();
  private readonly references = new Map<number, readonly string[]>();
  written = 0;

  /** Those before it are subsumed: what only they refer to is gone. */
  complete(checkpointId: number): void {
    const kept = new Set([...this.references].filter(([id]) => id >= checkpointId).flatMap(([, paths]) => paths));
    for (const [id, paths] of this.references) {
      if (id >= checkpointId) continue;
      for (const path of paths) if (!kept.has(path)) this.files.delete(path);
      this.references.delete(id);
    }
  }

  /** Takes what a snapshot consists of, and gives what a restore of it gets. */
  async store(checkpointId: number, snapshot: KeyedSnapshot): Promise<(range: KeyGroupRange) => RestoredKeyed> {
    const { bytes, tables } = snapshot;
    const stored: StoredFile[] = [];
    for (const { name, sizeBytes, stored: earlier, read: readPart } of tables?.files ?? []) {
      if (earlier !== undefined) {
        expect(this.files.get(earlier.path)?.length).toBe(sizeBytes);
        stored.push(earlier);
        continue;
      }
      const path = `chk-${checkpointId}/${name}`;
      const content = (await readPart(0, sizeBytes)).slice();
      expect(content.length).toBe(sizeBytes);
      expect(this.files.has(path)).toBe(false);
      this.files.set(path, content);
      this.written += sizeBytes;
      stored.push({ path, sizeBytes, crc32: crc32(content) });
    }
    await tables?.settled(stored);
    this.references.set(checkpointId, stored.map(({ path }) => path));
    return (range) => ({
      states: bytes === undefined ? new Map() : mergeRestored(readKeyedSnapshot(bytes.bytes, bytes.firstKeyGroup, bytes.offsets, range)),
      tables: tables === undefined || tables.keyGroups.last < range.first || tables.keyGroups.first > range.last ? [] : [this.restored(tables, stored)],
    });
  }
  private restored({ format, keyGroups, meta, files }: Pick<RestoredTables, 'format' | 'keyGroups' | 'meta'> & { readonly files: readonly { readonly name: string }[] }, stored: readonly StoredFile[]): RestoredTables {
    return {
      format, keyGroups, meta,
      files: files.map(({ name }, i) => ({
        name, sizeBytes: stored[i].sizeBytes, stored: stored[i],
        fetch: async (take) => {
          const content = this.files.get(stored[i].path) as Uint8Array;
          expect(crc32(content)).toBe(stored[i].crc32);
          await take(content.slice(0, 10));
          await take(content.slice(10));
        },
      })),
    };
  }
}

function merge(parts: readonly RestoredKeyed[]): RestoredKeyed {
  return { states: mergeRestored(parts.flatMap(({ states }) => [...states.values()].flat())), tables: parts.flatMap(({ tables }) => tables) };
}

/** Registers the suite. `make` is called for each test. `runs`: random sequences of the model test. */
export function stateBackendConformance(name: string, make: () => Promise<StateBackendFixture>, capabilities: StateBackendCapabilities, runs = 300): void {
  describe(`${name} as a keyed state backend`, () => {
    let fixture: StateBackendFixture;
    let opened: KeyedStateBackend[] = [];
    let count = 0;
    const open = async (backends: KeyedStateBackends, range: KeyGroupRange, restored: RestoredKeyed = { states: new Map(), tables: [] }): Promise<KeyedStateBackend> => {
      const backend = await backends.open({ operatorId: (++count).toString(16).padStart(32, '0'), operatorName: 'test', keyGroupRange: range, maxParallelism: MAX_PARALLELISM, restored });
      opened.push(backend);
      return backend;
    };
    const closeAll = async (): Promise<void> => {
      for (const backend of opened) await backend.close();
      opened = [];
    };
    beforeEach(async () => {
      fixture = await make();
    });
    afterEach(async () => {
      await closeAll();
      await fixture.cleanUp?.();
    });

    /** All subtasks that a snapshot is restored to, against the model at its moment. */
    const check = async (backends: KeyedStateBackends, parallelism: number, restoredFor: (range: KeyGroupRange) => RestoredKeyed, model: Model): Promise<void> => {
      for (let subtask = 0; subtask < parallelism; subtask++) {
        const range = keyGroupRangeOf(subtask, parallelism, MAX_PARALLELISM);
        const backend = await open(backends, range, restoredFor(range));
        const mine = [...model.values()].filter(({ key }) => keyGroupOf(key, MAX_PARALLELISM) >= range.first && keyGroupOf(key, MAX_PARALLELISM) <= range.last);
        expect(timersOf(backend.takeRestored(TIMERS, 'timers'))).toEqual(mine.flatMap(({ key, timers }) => [...timers].map((at) => `${idOf(key)} ${at}`)).sort());
        const h = handlesOf(backend);
        for (const { key, content } of mine) {
          backend.keyContext.setCurrentKey(key);
          expect({ key, content: read(h) }).toEqual({ key, content: expected(content) });
          await settle(backend);
        }
        await backend.close();
      }
    };

    it('agrees with a model over any operations, and so does each restore of any snapshot at any parallelism', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof({ weight: 3, arbitrary: operation }, { weight: 1, arbitrary: event }), { minLength: 5, maxLength: 80 }),
          fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom<SnapshotFormat>('native', 'canonical'),
          async (steps, parallelism, next, format) => {
            const shelf = new Shelf();
            const model: Model = new Map();
            const backend = await open(fixture.backends, ALL);
            const h = handlesOf(backend);
            const snapshots: { readonly id: number; readonly restoredFor: Promise<(range: KeyGroupRange) => RestoredKeyed>; readonly model: Model; readonly format: SnapshotFormat }[] = [];
            let unheard: number[] = [];
            const take = (wanted: SnapshotFormat): void => {
              const id = snapshots.length + 1;
              const captured = Promise.resolve(backend.snapshot({ checkpointId: id, format: wanted, sources: [timerSource(model)] }));
              snapshots.push({ id, restoredFor: captured.then((snapshot) => shelf.store(id, snapshot)), model: copyOf(model), format: wanted });
            };
            const complete = async (heard: boolean): Promise<void> => {
              const last = snapshots.at(-1);
              if (last === undefined) return;
              await Promise.all(snapshots.map(({ restoredFor }) => restoredFor));
              shelf.complete(last.id);
              if (heard) backend.checkpointComplete?.(last.id);
              else unheard.push(last.id);
            };
            for (const step of steps) {
              await settle(backend);
              if (typeof step !== 'string') {
                backend.keyContext.setCurrentKey(step.key);
                apply(h, model, step);
                expect(read(h)).toEqual(expected((model.get(idOf(step.key)) as { content: Content }).content));
              } else if (step === 'turn') {
                await new Promise((resolve) => setImmediate(resolve));
              } else if (step === 'hear') {
                for (const id of unheard) backend.checkpointComplete?.(id);
                unheard = [];
              } else if (step === 'complete' || step === 'complete-unheard') {
                await complete(step === 'complete');
              } else {
                take(step);
              }
            }
            take(format);
            await settle(backend);
            for (const { key, content } of model.values()) {
              backend.keyContext.setCurrentKey(key);
              expect(read(h)).toEqual(expected(content));
              await settle(backend);
            }
            const last = snapshots[snapshots.length - 1];
            const [retained, restoreLast] = await Promise.all([snapshots[Math.max(0, snapshots.length - 2)].restoredFor, last.restoredFor]);
            await Promise.all(snapshots.map(({ restoredFor }) => restoredFor));
            await closeAll();
            await check(fixture.backends, parallelism, restoreLast, last.model);
            if (snapshots.length > 1) await check(fixture.backends, 1, retained, snapshots[snapshots.length - 2].model);
            if (last.format === 'canonical') await check(heapStateBackends, parallelism, restoreLast, last.model); // B5

            // Several old subtasks, each with its own snapshot, into others.
            const parts: ((range: KeyGroupRange) => RestoredKeyed)[] = [];
            for (let subtask = 0; subtask < parallelism; subtask++) {
              const range = keyGroupRangeOf(subtask, parallelism, MAX_PARALLELISM);
              const part = await open(fixture.backends, range, restoreLast(range));
              const timers = part.takeRestored(TIMERS, 'timers');
              handlesOf(part);
              const source = timerSource(new Map([...last.model].filter(([, { key }]) => timersOf(timers).some((line) => line.startsWith(`${idOf(key)} `)))));
              parts.push(await shelf.store(1000 + subtask, await part.snapshot({ checkpointId: 1, format, sources: [source] })));
              await part.close();
            }
            await check(fixture.backends, next, (range) => merge(parts.map((part) => part(range))), last.model);
            await closeAll();
          },
        ),
        { numRuns: runs },
      );
    }, 300_000);

    it('keeps a restored state that no function asks for, in every snapshot (B3)', async () => {
      const shelf = new Shelf();
      const first = await open(fixture.backends, ALL);
      first.keyContext.setCurrentKey('k');
      first.getState(descriptors.value).update({ n: 1 });
      let restored = await shelf.store(1, await first.snapshot({ checkpointId: 1, format: 'native', sources: [] }));
      for (const format of ['native', 'canonical', 'native'] as const) {
        const next = await open(fixture.backends, ALL, restored(ALL));
        next.keyContext.setCurrentKey('k');
        next.getState(descriptors.typed).update(3);
        restored = await shelf.store(++count, await next.snapshot({ checkpointId: 2, format, sources: [] }));
      }
      const last = await open(fixture.backends, ALL, restored(ALL));
      last.keyContext.setCurrentKey('k');
      expect(last.getState(descriptors.value).value()).toEqual({ n: 1 });
      expect(last.getState(descriptors.typed).value()).toBe(3);
    });

    it('takes what the heap backend has written, in rows or whole', async () => {
      const shelf = new Shelf();
      for (const wholeEntries of [0, 1000]) {
        const heap = await open(createHeapStateBackends({ wholeEntries }), ALL);
        const model: Model = new Map();
        const h = handlesOf(heap);
        for (let step = 0; step < 40; step++) {
          heap.keyContext.setCurrentKey(step % 7);
          apply(h, model, { key: step % 7, op: operations[step % operations.length], n: step % 5 });
        }
        const restored = await shelf.store(wholeEntries, await heap.snapshot({ checkpointId: 1, format: 'native', sources: [timerSource(model)] }));
        for (const parallelism of [1, 2]) await check(fixture.backends, parallelism, restored, model);
      }
    });

    it('gives the same handle for the same name, and refuses another kind of it by code', async () => {
      const backend = await open(fixture.backends, ALL);
      expect(backend.getState(descriptors.value)).toBe(backend.getState(descriptors.value));
      expect(() => backend.getListState(stateDescriptor.list('value'))).toThrow(expect.objectContaining({ code: 'WEIR_STATE_DUPLICATE' }));
    });

    it('refuses a restored state of another kind or type by code', async () => {
      const shelf = new Shelf();
      const first = await open(fixture.backends, ALL);
      first.keyContext.setCurrentKey('k');
      first.getState(descriptors.typed).update(1);
      const restored = await shelf.store(1, await first.snapshot({ checkpointId: 1, format: 'native', sources: [] }));
      const other = await open(fixture.backends, ALL, restored(ALL));
      expect(() => other.getListState(stateDescriptor.list('typed'))).toThrow(expect.objectContaining({ code: 'WEIR_STATE_INCOMPATIBLE' }));
      expect(() => other.takeRestored('typed', 'timers')).toThrow(expect.objectContaining({ code: 'WEIR_STATE_INCOMPATIBLE' }));
      expect(() => other.getState(stateDescriptor.value('typed', types.string))).toThrow(expect.objectContaining({ code: 'WEIR_STATE_INCOMPATIBLE' }));
    });

    it('has nothing to store when nothing was ever set', async () => {
      const backend = await open(fixture.backends, ALL);
      const { bytes } = await backend.snapshot({ checkpointId: 1, format: 'canonical', sources: [] });
      expect(bytes).toBeUndefined();
    });

    stateTtlConformance(() => ({ clock: fixture.clock, open: () => open(fixture.backends, ALL), settle, reopen: async (backend, format) => {
      const shelf = new Shelf();
      const restored = await shelf.store(1, await backend.snapshot({ checkpointId: 1, format, sources: [] }));
      await backend.close();
      return open(fixture.backends, ALL, restored(ALL));
    } }));

    if (capabilities.incremental !== false) {
      it('writes a file once: later snapshots refer to it where a completed one has it, and only there', async () => {
        const shelf = new Shelf();
        let backend = await open(fixture.backends, ALL);
        const fill = async (from: number): Promise<void> => {
          const state = backend.getState(descriptors.value);
          for (let i = from; i < from + 2000; i++) {
            backend.keyContext.setCurrentKey(i);
            state.update({ n: i, text: `${Math.imul(i, 0x9e3779b1)}`.repeat(8) });
            await settle(backend);
          }
        };
        const sizes: number[] = [];
        const snapshot = async (checkpointId: number): Promise<(range: KeyGroupRange) => RestoredKeyed> => {
          const before = shelf.written;
          const restored = await shelf.store(checkpointId, await backend.snapshot({ checkpointId, format: 'native', sources: [] }));
          await settle(backend);
          sizes.push(shelf.written - before);
          return restored;
        };
        await fill(0);
        await snapshot(1);
        await snapshot(2); // 1 has not completed: all of it again
        backend.checkpointComplete?.(1); // too late: what 2 wrote counts
        await snapshot(3);
        expect(sizes[2]).toBeGreaterThan(sizes[1] * 0.8);
        backend.checkpointComplete?.(3);
        const restored = await snapshot(4);
        expect(sizes[3]).toBeLessThan(sizes[1] * 0.2);
        backend.checkpointComplete?.(4);
        await backend.close();
        backend = await open(fixture.backends, ALL, restored(ALL));
        if (capabilities.incremental === 'across-restores') {
          await snapshot(5);
          expect(sizes[4]).toBeLessThan(sizes[1] * 0.2);
        }
        backend.keyContext.setCurrentKey(1999);
        expect(backend.getState(descriptors.value).value()?.n).toBe(1999);
      });
    }
  });
}
