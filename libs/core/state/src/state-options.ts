/** Options of keyed state; keys are Flink's where the meaning is the same. */
import { type Configuration, configOption } from '@weir/base';
import type { Logger } from '@weir/ports';
import { StateBackendUnavailableError } from './errors.js';
import { heapStateBackends } from './heap/heap-backends.js';
import type { KeyedStateBackends } from './keyed-state-backend.js';

export const stateOptions = {
  backendType: configOption.oneOf('state.backend.type', ['heap', 'leveldb'], 'heap', 'Where keyed state is kept: heap, as fast as memory and bounded by it, or leveldb, on the local disk behind a cache.'),
  temporaryDirectories: configOption.string('io.tmp.dirs', '', 'Directories for working files, separated by commas; tasks are spread over them. Empty: that of the operating system.'),
  cacheSize: configOption.sizeBytes('state.backend.leveldb.cache-size', 64 << 20, 'What decoded state may take in memory, per keyed operator and subtask.'),
  dirtySize: configOption.sizeBytes('state.backend.leveldb.dirty-size', 8 << 20, 'Changed state that is not written yet, per keyed operator and subtask; a task waits when it has more.'),
  blockCacheSize: configOption.sizeBytes('state.backend.leveldb.block-cache-size', 16 << 20, 'What LevelDB keeps of its files in memory, per keyed operator and subtask.'),
  writeBufferSize: configOption.sizeBytes('state.backend.leveldb.write-buffer-size', 8 << 20, 'What LevelDB collects before it writes a table file.'),
  tableFileSize: configOption.sizeBytes('state.backend.leveldb.table-file-size', 8 << 20, 'Size of a table file: what an incremental checkpoint writes at least.'),
};

/** A backend that a process offers besides the heap. */
export interface StateBackendProvider {
  /** Its name in `state.backend.type`. */
  readonly type: string;
  /** `task`: a name that no other attempt on this machine has. */
  backendsFor(task: { readonly name: string; readonly configuration: Configuration; readonly logger: Logger }): KeyedStateBackends;
}

/** The backends that the configuration asks for. What is not offered is refused when the first one is opened. */
export function selectStateBackends(providers: readonly StateBackendProvider[], task: { readonly name: string; readonly configuration: Configuration; readonly logger: Logger }): KeyedStateBackends {
  const wanted = task.configuration.get(stateOptions.backendType);
  if (wanted === 'heap') return heapStateBackends;
  const provider = providers.find(({ type }) => type === wanted);
  return provider?.backendsFor(task) ?? { open: () => Promise.reject(new StateBackendUnavailableError(wanted)) };
}
