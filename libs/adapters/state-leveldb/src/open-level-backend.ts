/** Opens one backend: a store in a folder of the attempt, filled from what is restored. */
import { join } from 'node:path';
import { isWeirError } from '@weir/base';
import { HEAP_FORMAT, isDeclaredStateKind, type KeyedBackendRequest, readHeapTables, type RestoredKeyedState, StateFormatError } from '@weir/state';
import { LEVELDB_FORMAT, LevelKeyedStateBackend } from './level-backend.js';
import { StateStoreError } from './errors.js';
import type { LevelStateBackendsOptions } from './level-backends.js';
import { LevelStore, makeEmptyFolder, removeFolder } from './level-store.js';
import { importCanonical, importTables, openTables } from './restore.js';
import { StateRegistry } from './state-registry.js';
import { StoredFiles } from './stored-files.js';
import { TableChain } from './table-chain.js';

export async function openLevelBackend(request: KeyedBackendRequest, options: LevelStateBackendsOptions): Promise<LevelKeyedStateBackend> {
  const { operatorId, operatorName, keyGroupRange, maxParallelism, restored } = request;
  const foreign = restored.tables.find(({ format }) => format !== LEVELDB_FORMAT && format !== HEAP_FORMAT);
  if (foreign !== undefined) throw new StateFormatError(operatorName, foreign.format, LEVELDB_FORMAT);
  const own = restored.tables.filter(({ format }) => format === LEVELDB_FORMAT);
  const directory = join(options.directory, operatorId);
  const store = new LevelStore(join(directory, 'db'), options);
  const declared: RestoredKeyedState[] = [];
  const outside = new Map<string, RestoredKeyedState[]>();
  for (const [name, states] of restored.states) {
    for (const state of states) {
      if (isDeclaredStateKind(state.meta.kind)) declared.push(state);
      else outside.set(name, [...(outside.get(name) ?? []), state]);
    }
  }
  for (const tables of restored.tables) if (tables.format === HEAP_FORMAT) declared.push(...await readHeapTables(tables, keyGroupRange, maxParallelism));
  try {
    await makeEmptyFolder(store.directory);
    const [only] = own;
    const adopt = own.length === 1 && only.keyGroups.first === keyGroupRange.first && only.keyGroups.last === keyGroupRange.last;
    const registry = adopt ? StateRegistry.decode(only.meta) : new StateRegistry();
    if (adopt) await openTables(only, store);
    else await store.open();
    if (!adopt) for (const tables of own) await importTables(tables, keyGroupRange, store, registry, join(directory, 'restore'), options);
    await importCanonical(declared, store, registry);
    const chain = new TableChain(directory, new StoredFiles(), adopt && declared.length === 0 ? only.files : [], options.changesBytes);
    return new LevelKeyedStateBackend({ operatorId, keyGroupRange, maxParallelism, directory, store, registry, chain, outside, logger: options.logger }, options);
  } catch (failure) {
    await store.close().catch(() => undefined); // the first failure is the one that counts
    await removeFolder(directory).catch(() => undefined);
    throw isWeirError(failure) ? failure : new StateStoreError(directory, 'restore', failure);
  }
}
