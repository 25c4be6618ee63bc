export * from './state-descriptors.js';
export * from './state-handles.js';
export * from './ttl/state-ttl-config.js';
export { type Sweeper, TtlFactory } from './ttl/ttl-factory.js';
export * from './key-groups.js';
export * from './errors.js';
export * from './keyed-state-backend.js';
export * from './state-body.js';
export * from './state-options.js';
export { createHeapStateBackends, heapStateBackends, type HeapStateOptions } from './heap/heap-backends.js';
export { HEAP_FORMAT, readHeapTables } from './heap/rows-file.js';
export { HeapKeyedStateBackend, createKeyIndexClass } from './heap/heap-backend.js';
export type { KeyIndex, KeyIndexConstructor } from './heap/key-index.js';
export {
  forEachRestoredEntry, mergeRestored, readKeyedSnapshot, writeKeyedSnapshot, type KeyedSnapshotBytes, type KeyedSnapshotSource, type KeyedStateMeta, type RestoredChunk,
  type RestoredKeyedState,
} from './heap/keyed-snapshot.js';
export { StateSerializer } from './heap/state-serializer.js';
