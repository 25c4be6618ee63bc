import { StateFormatError } from '../errors.js';
import type { KeyedStateBackends } from '../keyed-state-backend.js';
import { HeapKeyedStateBackend } from './heap-backend.js';

/** State on the heap: the fastest, and bounded by memory. */
export const heapStateBackends: KeyedStateBackends = {
  open: ({ operatorName, keyGroupRange, maxParallelism, restored }) => {
    const [tables] = restored.tables;
    if (tables !== undefined) return Promise.reject(new StateFormatError(operatorName, tables.format, 'heap'));
    return Promise.resolve(new HeapKeyedStateBackend(operatorName, keyGroupRange, maxParallelism, restored.states));
  },
};
