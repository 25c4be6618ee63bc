/** Opens one backend: a store in a folder of the attempt, filled from what is restored. */
import { join } from 'node:path';
import { isWeirError } from '@weir/base';
import { isDeclaredStateKind, type KeyedBackendRequest, type RestoredKeyedState, StateFormatError } from '@weir/state';
import { LEVELDB_FORMAT, LevelKeyedStateBackend } from './level-backend.js';
import { StateStoreError } from './errors.js';
import type { LevelStateBackendsOptions } from './level-backends.js';
import { LevelStore, makeEmptyFolder, removeFolder } from './level-store.js';
import { fetchTables, importCanonical, importTables } from './restore.js';
import { StateRegistry } from './state-registry.js';
import { StoredFiles } from './stored-files.js';

export async function openLevelBackend(request: KeyedBackendRequest, options: LevelStateBackendsOptions): Promise<LevelKeyedStateBackend> {
  const { operatorId, operatorName, keyGroupRange, maxParallelism, restored } = request;
  const foreign = restored.tables.find(({ format }) => format !== LEVELDB_FORMAT);
  if (foreign !== undefined) throw new StateFormatError(operatorName, foreign.format, LEVELDB_FORMAT);
  const directory = join(options.directory, operatorId);
  const store = new LevelStore(join(directory, 'db'), options);
  const stored = new StoredFiles();
  const declared: RestoredKeyedState[] = [];
  const outside = new Map<string, RestoredKeyedState[]>();
  for (const [name, states] of restored.states) {
    for (const state of states) {
      if (isDeclaredStateKind(state.meta.kind)) declared.push(state);
      else outside.set(name, [...(outside.get(name) ?? []), state]);
    }
  }
  try {
    await makeEmptyFolder(store.directory);
    const [only] = restored.tables;
    const adopt = restored.tables.length === 1 && only.keyGroups.first === keyGroupRange.first && only.keyGroups.last === keyGroupRange.last;
    const registry = adopt ? StateRegistry.decode(only.meta) : new StateRegistry();
    if (adopt) {
      await fetchTables(only, store.directory);
      for (const { name, stored: file } of only.files) if (file !== undefined && name.endsWith('.ldb')) stored.restored(name, file);
    }
    await store.open();
    if (!adopt) for (const tables of restored.tables) await importTables(tables, keyGroupRange, store, registry, join(directory, 'restore'), options);
    await importCanonical(declared, store, registry);
    return new LevelKeyedStateBackend({ operatorId, keyGroupRange, maxParallelism, directory, store, registry, stored, outside, logger: options.logger }, options);
  } catch (failure) {
    await store.close().catch(() => undefined); // the first failure is the one that counts
    await removeFolder(directory).catch(() => undefined);
    throw isWeirError(failure) ? failure : new StateStoreError(directory, 'restore', failure);
  }
}
