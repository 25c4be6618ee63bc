/**
 * Keyed state in LevelDB behind a write-back cache (contract: `KeyedStateBackend`).
 *
 *   task thread:  state calls -> cache --miss--> getSync
 *                                  | dirty
 *   behind it:                     +--> batches -> LevelDB and the log of changes        one piece of work after the other (`enqueue`)
 *
 *   snapshot:  what is dirty is handed over (now)  |  encoded, written; the log's segment sealed, or the tables linked  |  uploaded: the task works meanwhile
 *
 *  V1  What changes after the barrier is written after the segment was sealed or the tables were linked, and a dirty entry that is used again is
 *      encoded first: the snapshot is the state at the barrier, exactly (B2).
 *  V2  Writes wait in one queue, whatever fails ends it.
 *  V3  A failed write fails the task: what the store lacks cannot be told any more.
 */
import { join } from 'node:path';
import { toError } from '@weir/base';
import type { Clock, Logger } from '@weir/ports';
import {
  type AggregatingState, type AggregatingStateDescriptor, DuplicateStateError, IncompatibleStateError, type KeyedSnapshot, type KeyedSnapshotRequest, type KeyedStateBackend, type KeyGroupRange,
  listBody, type ListState, type ListStateDescriptor, mapBody, type MapState, type MapStateDescriptor, readKeyedSnapshot, type ReducingState, type ReducingStateDescriptor,
  type RestoredKeyedState, type StateBody, type TableSnapshot, TtlFactory, valueBody, type ValueState, type ValueStateDescriptor, writeKeyedSnapshot,
} from '@weir/state';
import { exportCanonical, type ExportedState } from './canonical-export.js';
import { type CacheEntry, EntryCache } from './entry-cache.js';
import { HandOver } from './hand-over.js';
import { LevelAggregatingState, LevelKeyContext, LevelListState, LevelMapState, LevelReducingState, LevelState, LevelValueState } from './level-state.js';
import { LevelSweeper } from './level-sweeper.js';
import { type LevelOperation, LevelStore, type LevelStoreOptions, removeFolder, removeFolderIfEmpty } from './level-store.js';
import { type StateRegistry, undeclaredBody } from './state-registry.js';
import type { TableChain } from './table-chain.js';

export const LEVELDB_FORMAT = 'leveldb';

export interface LevelBackendOptions extends LevelStoreOptions {
  readonly cacheBytes: number;
  readonly dirtyBytes: number;
  /** For state with a time to live. */
  readonly clock?: Clock;
  /** What the changes since the last base may weigh, however small that is. Default 2 MiB. */
  readonly changesBytes?: number | undefined;
}

export interface LevelBackendParts {
  readonly operatorId: string;
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;
  /** Folder of this operator in this attempt; the store lies in it. */
  readonly directory: string;
  readonly store: LevelStore;
  readonly registry: StateRegistry;
  readonly chain: TableChain;
  /** Restored states that operators keep themselves. */
  readonly outside: Map<string, readonly RestoredKeyedState[]>;
  readonly logger: Logger;
}

/** An immutable copy of the store, to be exported. */
interface StoreCopy {
  readonly folder: string;
  readonly exported: readonly ExportedState[];
}

const BATCH = 1000;
/** Encoded in one turn behind a barrier: well under a millisecond. */
const HAND_OVER_BATCH = 250;

export class LevelKeyedStateBackend implements KeyedStateBackend {
  readonly keyContext = new LevelKeyContext();
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;
  private readonly cache: EntryCache;
  private readonly states = new Map<string, { readonly state: LevelState; readonly handle: unknown }>();
  /** Work on the store, one after the other. */
  private work: Promise<unknown> = Promise.resolve();
  private flushing: Promise<void> | undefined;
  /** Snapshots that are not captured yet; V1. */
  private captures = 0;
  private failure: Error | undefined;
  private copyCount = 0;
  private readonly ttl: TtlFactory;
  private closed = false;

  constructor(private readonly parts: LevelBackendParts, private readonly options: LevelBackendOptions) {
    this.keyGroupRange = parts.keyGroupRange;
    this.maxParallelism = parts.maxParallelism;
    this.cache = new EntryCache(options.cacheBytes);
    this.ttl = new TtlFactory(this, options.clock, new LevelSweeper({
      context: this.keyContext, store: parts.store, range: parts.keyGroupRange, ttl: () => this.ttl, enqueue: (work) => this.enqueue(work),
      states: () => new Map([...this.states.values()].map(({ state }) => [state.entry.id, state])),
    }));
  }

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    const { name, type, defaultValue, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.value(ttl, descriptor);
    return this.declare(name, valueBody('value', name, type) as StateBody, (state) => new LevelValueState(state, defaultValue));
  }
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    const { name, type, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.list(ttl, descriptor);
    return this.declare(name, listBody(name, type) as StateBody, (state) => new LevelListState<T>(state));
  }
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    const { name, keyType, valueType, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.map(ttl, descriptor);
    return this.declare(name, mapBody(name, keyType, valueType) as StateBody, (state) => new LevelMapState<K, V>(state));
  }
  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T> {
    const { name, type, reduce, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.reducing(ttl, descriptor);
    return this.declare(name, valueBody('reducing', name, type) as StateBody, (state) => new LevelReducingState(state, reduce));
  }
  getAggregatingState<I, A, O>(descriptor: AggregatingStateDescriptor<I, A, O>): AggregatingState<I, O> {
    const { name, type, aggregate, ttl } = descriptor;
    if (ttl !== undefined) return this.ttl.aggregating(ttl, descriptor);
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

  /** Writes what has been dirty longest, to a quarter of what may be, or until a snapshot is to be made. What stays may change again and is written once. */
  private async flush(): Promise<void> {
    while (this.captures === 0 && this.cache.dirtyBytes * 4 > this.options.dirtyBytes && this.cache.dirtyCount > 0 && !this.closed) {
      const entries = this.cache.takeDirty(BATCH);
      this.prepare(entries);
      await this.write(entries.map((entry) => entry.state.operationFor(entry)));
      this.cache.written(entries);
    }
  }
  private prepare(entries: readonly CacheEntry[]): void {
    for (const { state } of this.states.values()) state.prepare(entries);
  }
  private async write(operations: LevelOperation[]): Promise<void> {
    await Promise.all([this.parts.store.write(operations), this.parts.chain.append(operations)]);
  }

  // ---- snapshots

  snapshot(request: KeyedSnapshotRequest): KeyedSnapshot | Promise<KeyedSnapshot> {
    const { registry, outside } = this.parts;
    const beside = writeKeyedSnapshot(request.sources, [...outside.values()].flat(), this.keyGroupRange, this.maxParallelism);
    if (registry.states.length === 0) return beside === undefined ? {} : { bytes: beside };
    const entries = this.cache.takeDirty(Number.MAX_SAFE_INTEGER);
    this.prepare(entries);
    const handOver = new HandOver(entries); // V1
    this.keyContext.turn++;
    this.captures++;
    const captured = this.enqueue(async () => {
      for (let at = 0; at < entries.length; at += HAND_OVER_BATCH) await this.write(handOver.take(at, HAND_OVER_BATCH));
      this.cache.written(entries);
      return request.format === 'native' ? { tables: await this.tables(request.checkpointId) } : this.copy();
    }).finally(() => {
      this.captures--;
    });
    if (request.format === 'native') return (captured as Promise<{ tables: TableSnapshot }>).then(({ tables }) => ({ ...(beside === undefined ? {} : { bytes: beside }), tables }));
    const besideStates = beside === undefined ? [] : readKeyedSnapshot(beside.bytes, beside.firstKeyGroup, beside.offsets, this.keyGroupRange);
    return (captured as Promise<StoreCopy>).then((copy) => this.canonical(copy, besideStates));
  }

  private async tables(checkpointId: number): Promise<TableSnapshot> {
    const { chain, store, operatorId, registry } = this.parts;
    if (!(await chain.extend())) await chain.rebase(store);
    return { format: LEVELDB_FORMAT, scope: operatorId.slice(0, 12), keyGroups: this.keyGroupRange, meta: registry.encode(), ...chain.tableFiles(checkpointId) };
  }
  private async copy(): Promise<StoreCopy> {
    const { chain, store, directory } = this.parts;
    chain.end();
    const folder = join(directory, `copy-${++this.copyCount}`);
    await store.link(folder);
    return { folder, exported: this.exportedStates() };
  }

  private exportedStates(): ExportedState[] {
    return this.parts.registry.states.map((entry) => {
      const state = this.states.get(entry.name)?.state;
      const versions = [...entry.versions];
      const target = state?.currentVersion ?? versions.length - 1;
      return { entry, versions, target, body: undeclaredBody(entry, versions[target] ?? []) };
    });
  }

  private async canonical({ folder, exported }: StoreCopy, beside: readonly RestoredKeyedState[]): Promise<KeyedSnapshot> {
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

  checkpointComplete(checkpointId: number): void {
    this.parts.chain.completed(checkpointId);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.captures++; // ends a flush
    const { store, chain, directory, logger } = this.parts;
    try {
      await this.work;
      await chain.close();
      await store.close();
      await removeFolder(directory);
      await removeFolderIfEmpty(join(directory, '..'));
    } catch (failure) {
      logger.log('warn', 'the local state of a task could not be removed', { directory, failure: toError(failure).message });
    }
  }
}
