/**
 * Keyed state in LevelDB behind a write-back cache (contract: `KeyedStateBackend`).
 *
 *   task thread:  state calls -> cache --miss--> getSync
 *                                  | dirty
 *   behind it:                     +--> batches -> LevelDB        one piece of work after the other (`enqueue`)
 *
 *   snapshot:  encode all that is dirty (now)  |  write it, close, link, open (the task waits)  |  upload (the task works)
 *
 *  V1  Between the encoding and the link nothing newer is written: the copy is the state at the barrier, exactly (B2).
 *  V2  While the store is closed `backlog` is set, and nobody touches state (B4).
 *  V3  A failed write fails the task: what the store lacks cannot be told any more.
 */
import { join } from 'node:path';
import { toError } from '@weir/base';
import type { Logger } from '@weir/ports';
import {
  type AggregatingState, type AggregatingStateDescriptor, DuplicateStateError, IncompatibleStateError, type KeyedSnapshot, type KeyedSnapshotRequest, type KeyedStateBackend, type KeyGroupRange,
  listBody, type ListState, type ListStateDescriptor, mapBody, type MapState, type MapStateDescriptor, readKeyedSnapshot, type ReducingState, type ReducingStateDescriptor,
  type RestoredKeyedState, type StateBody, type TableSnapshot, valueBody, type ValueState, type ValueStateDescriptor, writeKeyedSnapshot,
} from '@weir/state';
import { exportCanonical, type ExportedState } from './canonical-export.js';
import { type CacheEntry, EntryCache } from './entry-cache.js';
import { LevelAggregatingState, LevelKeyContext, LevelListState, LevelMapState, LevelReducingState, LevelState, LevelValueState } from './level-state.js';
import { type LevelOperation, LevelStore, type LevelStoreOptions, type LinkedFile, readPart, removeFolder, removeFolderIfEmpty } from './level-store.js';
import { type StateRegistry, undeclaredBody } from './state-registry.js';
import type { StoredFiles } from './stored-files.js';

export const LEVELDB_FORMAT = 'leveldb';

export interface LevelBackendOptions extends LevelStoreOptions {
  readonly cacheBytes: number;
  readonly dirtyBytes: number;
}

export interface LevelBackendParts {
  readonly operatorId: string;
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;
  /** Folder of this operator in this attempt; the store lies in it. */
  readonly directory: string;
  readonly store: LevelStore;
  readonly registry: StateRegistry;
  readonly stored: StoredFiles;
  /** Restored states that operators keep themselves. */
  readonly outside: Map<string, readonly RestoredKeyedState[]>;
  readonly logger: Logger;
}

const BATCH = 1000;

export class LevelKeyedStateBackend implements KeyedStateBackend {
  readonly keyContext = new LevelKeyContext();
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;
  private readonly cache: EntryCache;
  private readonly states = new Map<string, { readonly state: LevelState; readonly handle: unknown }>();
  /** Work on the store, one after the other. */
  private work: Promise<unknown> = Promise.resolve();
  private flushing: Promise<void> | undefined;
  /** Snapshots whose copy is not made yet; V1, V2. */
  private captures = 0;
  private paused: Promise<void> | undefined;
  private failure: Error | undefined;
  private snapshotCount = 0;
  private closed = false;

  constructor(private readonly parts: LevelBackendParts, private readonly options: LevelBackendOptions) {
    this.keyGroupRange = parts.keyGroupRange;
    this.maxParallelism = parts.maxParallelism;
    this.cache = new EntryCache(options.cacheBytes);
  }

  getState<T>({ name, type, defaultValue }: ValueStateDescriptor<T>): ValueState<T> {
    return this.declare(name, valueBody('value', name, type) as StateBody, (state) => new LevelValueState(state, defaultValue));
  }
  getListState<T>({ name, type }: ListStateDescriptor<T>): ListState<T> {
    return this.declare(name, listBody(name, type) as StateBody, (state) => new LevelListState<T>(state));
  }
  getMapState<K, V>({ name, keyType, valueType }: MapStateDescriptor<K, V>): MapState<K, V> {
    return this.declare(name, mapBody(name, keyType, valueType) as StateBody, (state) => new LevelMapState<K, V>(state));
  }
  getReducingState<T>({ name, type, reduce }: ReducingStateDescriptor<T>): ReducingState<T> {
    return this.declare(name, valueBody('reducing', name, type) as StateBody, (state) => new LevelReducingState(state, reduce));
  }
  getAggregatingState<I, A, O>({ name, type, aggregate }: AggregatingStateDescriptor<I, A, O>): AggregatingState<I, O> {
    return this.declare(name, valueBody('aggregating', name, type) as StateBody, (state) => new LevelAggregatingState(state, aggregate));
  }

  private declare<H>(name: string, body: StateBody, shell: (state: LevelState) => H): H {
    const { registry, store, outside } = this.parts;
    const known = this.states.get(name);
    if (known !== undefined) {
      if (known.state.body.kind !== body.kind) throw new DuplicateStateError(name, `${known.state.body.kind} and ${body.kind}`);
      return known.handle as H;
    }
    const found = registry.find(name)?.kind ?? outside.get(name)?.[0]?.meta.kind;
    if (found !== undefined && found !== body.kind) throw new IncompatibleStateError(name, `the snapshot holds it as ${found}, it is ${body.kind} now`);
    const state = new LevelState(this.keyContext, this.cache, store, registry.ensure(name, body.kind), body, this.maxParallelism);
    const handle = shell(state);
    this.states.set(name, { state, handle });
    return handle;
  }

  takeRestored(name: string, kind: string): readonly RestoredKeyedState[] {
    const states = this.parts.outside.get(name) ?? [];
    const found = this.parts.registry.find(name)?.kind ?? states.find(({ meta }) => meta.kind !== kind)?.meta.kind;
    if (found !== undefined) throw new IncompatibleStateError(name, `the snapshot holds it as ${found}, it is ${kind} now`);
    this.parts.outside.delete(name);
    return states;
  }

  // ---- the store behind the cache

  backlog(): Promise<void> | undefined {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.paused !== undefined) return this.paused;
    if (this.cache.dirtyBytes * 2 < this.options.dirtyBytes) return undefined;
    this.flushing ??= this.enqueue(() => this.flush()).finally(() => {
      this.flushing = undefined;
    });
    return this.cache.dirtyBytes >= this.options.dirtyBytes ? this.flushing : undefined;
  }

  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.work.then(() => {
      if (this.failure !== undefined) throw this.failure;
      return work();
    });
    this.work = done.catch((failure: unknown) => {
      this.failure ??= toError(failure); // V3
    });
    return done;
  }

  /** Writes what is dirty, until a snapshot is to be made of it. */
  private async flush(): Promise<void> {
    while (this.captures === 0 && this.cache.dirtyCount > 0 && !this.closed) {
      const entries = this.cache.takeDirty(BATCH);
      await this.parts.store.write(this.encode(entries));
      this.cache.written(entries);
    }
  }

  private encode(entries: readonly CacheEntry[]): LevelOperation[] {
    for (const { state } of this.states.values()) state.prepare(entries);
    return entries.map((entry) => entry.state.operationFor(entry));
  }

  // ---- snapshots

  snapshot(request: KeyedSnapshotRequest): KeyedSnapshot | Promise<KeyedSnapshot> {
    const { registry, outside } = this.parts;
    const beside = writeKeyedSnapshot(request.sources, [...outside.values()].flat(), this.keyGroupRange, this.maxParallelism);
    if (registry.states.length === 0) return beside === undefined ? {} : { bytes: beside };
    const entries = this.cache.takeDirty(Number.MAX_SAFE_INTEGER);
    const operations = this.encode(entries); // V1
    const meta = registry.encode();
    const exported = request.format === 'canonical' ? this.exportedStates() : [];
    if (request.format === 'canonical') this.parts.stored.forgetAll();
    const folder = join(this.parts.directory, `snapshot-${++this.snapshotCount}`);
    this.captures++;
    const captured = this.enqueue(async () => {
      for (let at = 0; at < operations.length; at += BATCH) await this.parts.store.write(operations.slice(at, at + BATCH));
      this.cache.written(entries);
      return this.parts.store.link(folder);
    }).finally(() => {
      if (--this.captures === 0) this.paused = undefined;
    });
    this.paused = captured.then(() => undefined);
    this.paused.catch(() => undefined); // whoever waits hears of it, and so does the next `backlog`
    if (request.format === 'native') {
      return captured.then((files) => ({ ...(beside === undefined ? {} : { bytes: beside }), tables: this.tables(request.checkpointId, meta, folder, files) }));
    }
    const besideStates = beside === undefined ? [] : readKeyedSnapshot(beside.bytes, beside.firstKeyGroup, beside.offsets, this.keyGroupRange);
    return captured.then(() => this.canonical(folder, exported, besideStates));
  }

  private exportedStates(): ExportedState[] {
    return this.parts.registry.states.map((entry) => {
      const state = this.states.get(entry.name)?.state;
      const versions = [...entry.versions];
      const target = state?.currentVersion ?? versions.length - 1;
      return { entry, versions, target, body: undeclaredBody(entry, versions[target] ?? []) };
    });
  }

  private async canonical(folder: string, exported: readonly ExportedState[], beside: readonly RestoredKeyedState[]): Promise<KeyedSnapshot> {
    const copy = new LevelStore(folder, this.options);
    try {
      await copy.open();
      const bytes = await exportCanonical(copy, this.keyGroupRange, exported, beside);
      return bytes === undefined ? {} : { bytes };
    } finally {
      await copy.close();
      await removeFolder(folder);
    }
  }

  private tables(checkpointId: number, meta: Uint8Array, folder: string, files: readonly LinkedFile[]): TableSnapshot {
    const { stored, operatorId } = this.parts;
    stored.keepOnly(new Set(files.map(({ name }) => name)));
    const isTable = (name: string): boolean => name.endsWith('.ldb');
    return {
      format: LEVELDB_FORMAT, scope: operatorId.slice(0, 12), keyGroups: this.keyGroupRange, meta,
      files: files.map(({ name, path, sizeBytes }) => ({
        name, sizeBytes, stored: isTable(name) ? stored.find(name, sizeBytes) : undefined,
        read: (offset, length) => readPart(path, offset, length),
      })),
      settled: async (uploaded) => {
        uploaded?.forEach((file, i) => {
          const { name, sizeBytes } = files[i];
          if (isTable(name) && stored.find(name, sizeBytes) === undefined) stored.uploaded(checkpointId, name, file);
        });
        await removeFolder(folder);
      },
    };
  }

  checkpointComplete(checkpointId: number): void {
    this.parts.stored.completed(checkpointId);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.captures++; // ends a flush
    const { store, directory, logger } = this.parts;
    try {
      await this.work;
      await store.close();
      await removeFolder(directory);
      await removeFolderIfEmpty(join(directory, '..'));
    } catch (failure) {
      logger.log('warn', 'the local state of a task could not be removed', { directory, failure: toError(failure).message });
    }
  }
}
