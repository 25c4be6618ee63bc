/** Options of keyed state; keys are Flink's where the meaning is the same. */
import { type Configuration, configOption } from '@weir/base';
import type { Clock, Logger, Timers } from '@weir/ports';
import { StateBackendUnavailableError } from './errors.js';
import { createHeapStateBackends } from './heap/heap-backends.js';
import type { KeyedStateBackends } from './keyed-state-backend.js';

export const stateOptions = {
  backendType: configOption.oneOf('state.backend.type', ['heap', 'leveldb'], 'heap', 'Where keyed state is kept: heap, as fast as memory and bounded by it, or leveldb, on the local disk behind a cache.'),
  heapWholeEntries: configOption.integer('state.backend.heap.whole-entries', 1000, 'Up to so many keys of an operator and subtask a checkpoint holds all of their state; beyond, what has changed.'),
  temporaryDirectories: configOption.string('io.tmp.dirs', '', 'Directories for working files, separated by commas; tasks are spread over them. Empty: that of the operating system.'),
  cacheSize: configOption.sizeBytes('state.backend.leveldb.cache-size', 64 << 20, 'What decoded state may take in memory, per keyed operator and subtask.'),
  dirtySize: configOption.sizeBytes('state.backend.leveldb.dirty-size', 32 << 20, 'Changed state that is not written yet, per keyed operator and subtask; a task waits when it has more.'),
  blockCacheSize: configOption.sizeBytes('state.backend.leveldb.block-cache-size', 16 << 20, 'What LevelDB keeps of its files in memory, per keyed operator and subtask.'),
  writeBufferSize: configOption.sizeBytes('state.backend.leveldb.write-buffer-size', 8 << 20, 'What LevelDB collects before it writes a table file.'),
  tableFileSize: configOption.sizeBytes('state.backend.leveldb.table-file-size', 8 << 20, 'Size of a table file: what an incremental checkpoint writes at least.'),
};

/** What backends are made for. */
export interface StateBackendTask {
  /** No other attempt on this machine has it. */
  readonly name: string;
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** A backend that a process offers besides the heap. */
export interface StateBackendProvider {
  /** Its name in `state.backend.type`. */
  readonly type: string;
  backendsFor(task: StateBackendTask): KeyedStateBackends;
}

/** The backends that the configuration asks for. What is not offered is refused when the first one is opened. */
export function selectStateBackends(providers: readonly StateBackendProvider[], task: StateBackendTask): KeyedStateBackends {
  const wanted = task.configuration.get(stateOptions.backendType);
  if (wanted === 'heap') return createHeapStateBackends({ clock: task.clock, timers: task.timers, wholeEntries: task.configuration.get(stateOptions.heapWholeEntries) });
  const provider = providers.find(({ type }) => type === wanted);
  return provider?.backendsFor(task) ?? { open: () => Promise.reject(new StateBackendUnavailableError(wanted)) };
}
