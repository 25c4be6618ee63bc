export * from './state-descriptors.js';
export * from './state-handles.js';
export * from './key-groups.js';
export * from './errors.js';
export * from './keyed-state-backend.js';
export * from './state-body.js';
export * from './state-options.js';
export { heapStateBackends } from './heap/heap-backends.js';
export { HeapKeyedStateBackend, createKeyIndexClass } from './heap/heap-backend.js';
export type { KeyIndex, KeyIndexConstructor } from './heap/key-index.js';
export {
  forEachRestoredEntry, mergeRestored, readKeyedSnapshot, writeKeyedSnapshot, type KeyedSnapshotBytes, type KeyedSnapshotSource, type KeyedStateMeta, type RestoredChunk,
  type RestoredKeyedState,
} from './heap/keyed-snapshot.js';
export { StateSerializer } from './heap/state-serializer.js';
