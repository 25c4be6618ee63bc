/**
 * Strategy: random operations on all kinds of state over a few keys, against a plain Map of the same; then a snapshot, and restores at another
 * number of subtasks that together must hold exactly what was there.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { types } from '@weir/types';
import {
  createKeyIndexClass, HeapKeyedStateBackend, keyGroupOf, keyGroupRangeOf, mergeRestored, readKeyedSnapshot,
  type KeyedSnapshot, type KeyedSnapshotBytes, stateDescriptor,
} from '../src/index.js';

const MAX_PARALLELISM = 16;
const ALL = { first: 0, last: MAX_PARALLELISM - 1 };
const anyKey = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom('a', 'b', '1', ''), fc.constantFrom(1.5, 2 ** 40, null, true),
  fc.record({ x: fc.integer({ min: 0, max: 1 }) }));

function backendOf(restored?: Map<string, ReturnType<typeof readKeyedSnapshot>>, range = ALL): HeapKeyedStateBackend {
  return new HeapKeyedStateBackend('test', range, MAX_PARALLELISM, restored);
}
const descriptors = {
  typed: stateDescriptor.value('typed', types.double, 7),
  value: stateDescriptor.value<{ n: number }>('value'),
  list: stateDescriptor.list<string>('list', types.string),
  map: stateDescriptor.map<string, number>('map'),
  sum: stateDescriptor.reducing<number>('sum', (a, b) => a + b, types.double),
};
function handles(backend: HeapKeyedStateBackend) {
  return {
    typed: backend.getState(descriptors.typed), value: backend.getState(descriptors.value), list: backend.getListState(descriptors.list),
    map: backend.getMapState(descriptors.map), sum: backend.getReducingState(descriptors.sum),
  };
}
/** Small state is taken at once. */
function snapshotOf(backend: HeapKeyedStateBackend): KeyedSnapshotBytes | undefined {
  return (backend.snapshot({ checkpointId: 1, format: 'native', sources: [] }) as KeyedSnapshot).bytes;
}
function contentOf(backend: HeapKeyedStateBackend, keys: readonly unknown[]): Map<string, unknown> {
  const h = handles(backend);
  return new Map(keys.map((key) => {
    backend.keyContext.setCurrentKey(key);
    return [JSON.stringify(key) + typeof key, { typed: h.typed.value(), value: h.value.value(), list: [...h.list.get()], map: [...h.map.entries()].sort(), sum: h.sum.get() }];
  }));
}

const operation = fc.record({ key: anyKey, op: fc.constantFrom('typed', 'value', 'list', 'map', 'sum', 'clear', 'clear-map', 'remove'), n: fc.integer({ min: 0, max: 5 }) });

it('given any operations, the heap backend agrees with a model and every restore at another parallelism holds the same', () => {
  fc.assert(fc.property(fc.array(operation, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (operations, parallelism) => {
    const backend = backendOf();
    const h = handles(backend);
    const model = new Map<string, { typed?: number; value?: { n: number }; list: string[]; map: Map<string, number>; sum?: number }>();
    const keys: unknown[] = [];
    for (const { key, op, n } of operations) {
      backend.keyContext.setCurrentKey(key);
      const id = JSON.stringify(key) + typeof key;
      if (!model.has(id)) {
        model.set(id, { list: [], map: new Map() });
        keys.push(key);
      }
      const m = model.get(id) as NonNullable<ReturnType<typeof model.get>>;
      if (op === 'typed') { h.typed.update(n); m.typed = n; }
      if (op === 'value') { h.value.update({ n }); m.value = { n }; }
      if (op === 'list') { h.list.add(`${n}`); m.list.push(`${n}`); }
      if (op === 'map') { h.map.put(`${n}`, n); m.map.set(`${n}`, n); }
      if (op === 'remove') { h.map.remove(`${n}`); m.map.delete(`${n}`); }
      if (op === 'sum') { h.sum.add(n); m.sum = (m.sum ?? 0) + n; }
      if (op === 'clear') { h.typed.clear(); h.value.clear(); h.list.clear(); h.sum.clear(); m.typed = m.value = m.sum = undefined; m.list = []; }
      if (op === 'clear-map') { h.map.clear(); m.map.clear(); }
    }
    const expected = new Map([...model].map(([id, m]) => [id, { typed: m.typed ?? 7, value: m.value, list: m.list, map: [...m.map].sort(), sum: m.sum }]));
    expect(contentOf(backend, keys)).toEqual(expected);
    const live = [...model.values()].filter((m) => m.typed !== undefined || m.value !== undefined || m.list.length > 0 || m.map.size > 0 || m.sum !== undefined);
    const written = snapshotOf(backend);
    expect(written === undefined).toBe(live.length === 0);

    const snapshot = written;
    for (let subtask = 0; subtask < parallelism; subtask++) {
      const range = keyGroupRangeOf(subtask, parallelism, MAX_PARALLELISM);
      const parts = snapshot === undefined ? [] : readKeyedSnapshot(snapshot.bytes, snapshot.firstKeyGroup, snapshot.offsets, range);
      const restored = backendOf(mergeRestored(parts), range);
      const mine = keys.filter((key) => {
        const group = keyGroupOf(key, MAX_PARALLELISM);
        return group >= range.first && group <= range.last;
      });
      expect(contentOf(restored, mine)).toEqual(contentOf(backend, mine));
    }
  }), { numRuns: 300 });
});

describe('given a restored state that no function asks for', () => {
  it('when the next snapshot is taken, then it is written again unchanged', () => {
    const first = backendOf();
    first.keyContext.setCurrentKey('k');
    first.getState(descriptors.value).update({ n: 1 });
    const bytes = snapshotOf(first) as KeyedSnapshotBytes;
    const second = backendOf(mergeRestored(readKeyedSnapshot(bytes.bytes, 0, bytes.offsets, ALL)));
    const again = snapshotOf(second) as KeyedSnapshotBytes;
    const third = backendOf(mergeRestored(readKeyedSnapshot(again.bytes, 0, again.offsets, ALL)));
    third.keyContext.setCurrentKey('k');
    expect(third.getState(descriptors.value).value()).toEqual({ n: 1 });
  });

  it('when a state of another kind takes its name, then a coded error says so', () => {
    const first = backendOf();
    first.keyContext.setCurrentKey('k');
    first.getState(descriptors.value).update({ n: 1 });
    const bytes = snapshotOf(first) as KeyedSnapshotBytes;
    const second = backendOf(mergeRestored(readKeyedSnapshot(bytes.bytes, 0, bytes.offsets, ALL)));
    expect(() => second.getListState(stateDescriptor.list('value'))).toThrow(expect.objectContaining({ code: 'WEIR_STATE_INCOMPATIBLE' }));
  });
});

it('given any keys inserted and removed, the key index agrees with a Map and reuses slots', () => {
  fc.assert(fc.property(fc.array(fc.record({ key: anyKey, remove: fc.boolean() }), { maxLength: 120 }), (steps) => {
    const index = new (createKeyIndexClass('property'))();
    const model = new Map<string, number>();
    for (const { key, remove } of steps) {
      const id = JSON.stringify(key) + typeof key;
      const slot = index.find(key);
      expect(slot).toBe(model.get(id) ?? -1);
      if (remove && slot >= 0) {
        index.remove(key, slot);
        model.delete(id);
      } else if (!remove && slot < 0) {
        const fresh = index.insert(key);
        expect([...model.values()]).not.toContain(fresh);
        model.set(id, fresh);
      }
    }
    expect(index.size).toBe(model.size);
    const visited: unknown[] = [];
    index.forEach((key) => visited.push(JSON.stringify(key) + typeof key));
    expect(visited.sort()).toEqual([...model.keys()].sort());
  }), { numRuns: 400 });
});

it('given many 32-bit keys, the open-addressing table finds each of them after growth and removal', () => {
  const index = new (createKeyIndexClass('growth'))();
  const slots = new Map<number, number>();
  for (let i = 0; i < 20_000; i++) slots.set(Math.imul(i, 0x9e3779b1) | 0, index.insert(Math.imul(i, 0x9e3779b1) | 0));
  for (const [key, slot] of [...slots].filter((_, i) => i % 3 === 0)) {
    index.remove(key, slot);
    slots.delete(key);
  }
  for (let i = 0; i < 20_000; i++) {
    const key = Math.imul(i, 0x9e3779b1) | 0;
    expect(index.find(key)).toBe(slots.get(key) ?? -1);
  }
});
