/** The heap backends of a task. */
import type { Clock, Timers } from '@weir/ports';
import { StateFormatError } from '../errors.js';
import type { KeyedStateBackends } from '../keyed-state-backend.js';
import { HeapKeyedStateBackend } from './heap-backend.js';
import { mergeRestored } from './keyed-snapshot.js';
import { HEAP_FORMAT, readHeapTables } from './rows-file.js';

export interface HeapStateOptions {
  /** For state with a time to live. */
  readonly clock?: Clock;
  /** With a clock and timers snapshots are captured in slices between the turns of the task; else in one piece. */
  readonly timers?: Timers;
  /** Up to so many keys a snapshot is taken whole, in the canonical format. Default 1000. */
  readonly wholeEntries?: number;
  /** Slots that a slice passes over between two looks at the clock. Default 512. */
  readonly sliceSlots?: number;
}

/** State on the heap: the fastest, and bounded by memory. */
export function createHeapStateBackends(options: HeapStateOptions = {}): KeyedStateBackends {
  return {
    open: async ({ operatorId, operatorName, keyGroupRange, maxParallelism, restored }) => {
      const parts = [...restored.states.values()].flat();
      for (const tables of restored.tables) {
        if (tables.format !== HEAP_FORMAT) throw new StateFormatError(operatorName, tables.format, 'heap');
        parts.push(...await readHeapTables(tables, keyGroupRange, maxParallelism));
      }
      return new HeapKeyedStateBackend(operatorName, keyGroupRange, maxParallelism, mergeRestored(parts), options, operatorId);
    },
  };
}

/** Without slices: snapshots in one piece. */
export const heapStateBackends: KeyedStateBackends = createHeapStateBackends();
