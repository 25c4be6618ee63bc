/** The part of the conformance suite on state with a time to live: all kinds of state, what reads see, what sweeps remove. */
import { describe, expect, it } from '@jest/globals';
import type { ManualClock } from '@weir/ports';
import { enableTimeToLive, type KeyedStateBackend, type SnapshotFormat, stateDescriptor, StateTtlConfig } from '@weir/state';
import { types } from '@weir/types';

export interface StateTtlHost {
  readonly clock: ManualClock;
  open(): Promise<KeyedStateBackend>;
  /** Through a snapshot. */
  reopen(backend: KeyedStateBackend, format: SnapshotFormat): Promise<KeyedStateBackend>;
  settle(backend: KeyedStateBackend): Promise<void>;
}

const sum = { createAccumulator: () => ({ total: 0 }), add: (n: number, a: { total: number }) => ({ total: a.total + n }), getResult: (a: { total: number }) => a.total };

function statesOf(backend: KeyedStateBackend, ttl: StateTtlConfig) {
  return {
    value: backend.getState(enableTimeToLive(stateDescriptor.value('ttl-value', types.string), ttl)),
    list: backend.getListState(enableTimeToLive(stateDescriptor.list<string>('ttl-list'), ttl)),
    map: backend.getMapState(enableTimeToLive(stateDescriptor.map<string, number>('ttl-map', types.string, types.double), ttl)),
    reducing: backend.getReducingState(enableTimeToLive(stateDescriptor.reducing<number>('ttl-reducing', (a, b) => a + b, types.double), ttl)),
    aggregating: backend.getAggregatingState(enableTimeToLive(stateDescriptor.aggregating('ttl-aggregating', sum), ttl)),
    forever: backend.getState(stateDescriptor.value('forever', types.string)),
  };
}
type States = ReturnType<typeof statesOf>;

function write(states: States): void {
  states.value.update('v');
  states.list.add('l1');
  states.map.put('m1', 1);
  states.reducing.add(2);
  states.aggregating.add(3);
  states.forever.update('f');
}
function read({ value, list, map, reducing, aggregating, forever }: States): unknown {
  return [value.value(), [...list.get()], [...map.entries()], map.has('m1'), map.get('m1'), map.isEmpty(), reducing.get(), aggregating.get(), forever.value()];
}
const WRITTEN = ['v', ['l1'], [['m1', 1]], true, 1, false, 2, 3, 'f'];
const EXPIRED = [undefined, [], [], false, undefined, true, undefined, undefined, 'f'];

export function stateTtlConformance(host: () => StateTtlHost): void {
  describe('state with a time to live', () => {
    it('is there until its time has come, and not from then on, in all kinds of state', async () => {
      const { clock, open } = host();
      const backend = await open();
      const states = statesOf(backend, StateTtlConfig.of(100));
      backend.keyContext.setCurrentKey('k');
      write(states);
      clock.advanceBy(99);
      expect(read(states)).toEqual(WRITTEN);
      clock.advanceBy(1);
      expect(read(states)).toEqual(EXPIRED);
      write(states);
      expect(read(states)).toEqual(WRITTEN);
    });

    it('begins its time anew with a write; lists and maps element by element', async () => {
      const { clock, open } = host();
      const backend = await open();
      const states = statesOf(backend, StateTtlConfig.of(100));
      backend.keyContext.setCurrentKey('k');
      write(states);
      clock.advanceBy(60);
      states.value.update('v2');
      states.list.add('l2');
      states.map.put('m2', 2);
      states.reducing.add(10);
      states.aggregating.add(10);
      clock.advanceBy(60);
      expect(read(states)).toEqual(['v2', ['l2'], [['m2', 2]], false, undefined, false, 12, 13, 'f']);
      clock.advanceBy(40);
      states.reducing.add(1);
      states.aggregating.add(1);
      expect([states.reducing.get(), states.aggregating.get()]).toEqual([1, 1]); // what has expired is not built upon
    });

    it('begins its time anew with a read where that is wanted', async () => {
      const { clock, open } = host();
      const backend = await open();
      const states = statesOf(backend, StateTtlConfig.of(100, { updateType: 'on-read-and-write' }));
      backend.keyContext.setCurrentKey('k');
      write(states);
      for (let i = 0; i < 4; i++) {
        clock.advanceBy(60);
        expect(read(states)).toEqual(WRITTEN);
      }
      clock.advanceBy(100);
      expect(read(states)).toEqual(EXPIRED);
    });

    it('is seen one last time where that is wanted', async () => {
      const { clock, open } = host();
      const backend = await open();
      const states = statesOf(backend, StateTtlConfig.of(100, { visibility: 'return-expired-if-not-cleaned-up', cleanupKeysPerAccess: 0 }));
      backend.keyContext.setCurrentKey('k');
      write(states);
      clock.advanceBy(1000);
      expect([states.value.value(), [...states.list.get()], [...states.map.entries()], states.reducing.get(), states.aggregating.get()]).toEqual(['v', ['l1'], [['m1', 1]], 2, 3]);
      expect(read(states)).toEqual(EXPIRED);
    });

    it.each(['native', 'canonical'] as const)('keeps its time through a snapshot (%s)', async (format) => {
      const { clock, open, reopen } = host();
      const backend = await open();
      backend.keyContext.setCurrentKey('k');
      write(statesOf(backend, StateTtlConfig.of(100)));
      clock.advanceBy(60);
      const next = await reopen(backend, format);
      const states = statesOf(next, StateTtlConfig.of(100));
      next.keyContext.setCurrentKey('k');
      expect(read(states)).toEqual(WRITTEN);
      clock.advanceBy(40);
      expect(read(states)).toEqual(EXPIRED);
    });

    it('goes though nobody reads it, while other keys are used', async () => {
      const { clock, open, settle } = host();
      const backend = await open();
      const states = statesOf(backend, StateTtlConfig.of(100));
      for (let key = 0; key < 50; key++) {
        backend.keyContext.setCurrentKey(key);
        states.value.update('v');
        states.map.put('m1', 1);
      }
      clock.advanceBy(100);
      const bytesNow = async (checkpointId: number): Promise<number> => (await backend.snapshot({ checkpointId, format: 'canonical', sources: [] })).bytes?.bytes.length ?? 0;
      const before = await bytesNow(1);
      let left = before;
      for (let round = 0; round < 40 && left * 4 > before; round++) {
        for (let access = 0; access < 300; access++) {
          backend.keyContext.setCurrentKey('busy');
          states.value.update('v');
          expect(states.value.value()).toBe('v');
          await settle(backend);
        }
        left = await bytesNow(2 + round);
      }
      expect(left * 4).toBeLessThan(before);
    });
  });
}
