/**
 * The contract of a keyed state backend: state of one operator in one subtask, for the key groups that it owns.
 *
 *  B1  Each call on a state acts on the key that was set last; a write is seen by the next read, whatever is being written behind it.
 *  B2  `snapshot` captures all states before it returns; later writes do not show in it, however long its promise takes.
 *  B3  What was restored and nobody asks for is kept, and is part of each snapshot.
 *  B4  A backend that awaits the outside world says so by `backlog`; until that promise settles no state may be touched.
 *  B5  A snapshot in `canonical` format is the same bytes whatever backend made it, and every backend restores it.
 */
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from './state-handles.js';
import type { AggregatingStateDescriptor, ListStateDescriptor, MapStateDescriptor, ReducingStateDescriptor, ValueStateDescriptor } from './state-descriptors.js';
import type { KeyedSnapshotBytes, KeyedSnapshotSource, RestoredKeyedState } from './heap/keyed-snapshot.js';
import type { KeyGroupRange } from './key-groups.js';

/** Whose state is at hand. Hot path. */
export interface KeyContext {
  readonly currentKey: unknown;
  setCurrentKey(key: unknown): void;
}

/** `native`: as the backend likes it, incremental where it can; `canonical`: for savepoints (B5). */
export type SnapshotFormat = 'native' | 'canonical';

export interface KeyedSnapshotRequest {
  readonly checkpointId: number;
  readonly format: SnapshotFormat;
  /** State of the operator that lies outside of the backend: timers, windows. */
  readonly sources: readonly KeyedSnapshotSource[];
}

/** Undefined: there is no state. */
export interface KeyedSnapshot {
  readonly bytes?: KeyedSnapshotBytes;
  readonly tables?: TableSnapshot;
}

/** A file in checkpoint storage, verified when it is read. */
export interface StoredFile {
  /** Relative to the job's checkpoint directory. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly crc32: number;
}

/** Immutable files that together are the state of one operator in one subtask. They lie locally until `settled` is called. */
export interface TableSnapshot {
  /** Of the files, e.g. `leveldb`. */
  readonly format: string;
  /** Told apart from other operators of the same task; part of file names. */
  readonly scope: string;
  readonly keyGroups: KeyGroupRange;
  /** What the backend must know to read them; opaque. */
  readonly meta: Uint8Array;
  readonly files: readonly TableFile[];
  /** Once: the files are in storage (in the order of `files`), or they will not be. */
  settled(stored: readonly StoredFile[] | undefined): Promise<void>;
}
export interface TableFile {
  /** Unique among the files of this attempt of the operator: a name never stands for other bytes. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Where a completed checkpoint has this file already: it is referred to, not written again. */
  readonly stored: StoredFile | undefined;
  /** The bytes may change once the snapshot is settled. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Tables of one old subtask. Only key groups that the new one owns are taken. */
export interface RestoredTables {
  readonly format: string;
  readonly keyGroups: KeyGroupRange;
  readonly meta: Uint8Array;
  readonly files: readonly RestoredTableFile[];
}
export interface RestoredTableFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Undefined when the file belongs to another job or a savepoint, and may vanish with it. */
  readonly stored: StoredFile | undefined;
  /** Gives all bytes piece by piece; settles when they were verified. */
  fetch(take: (piece: Uint8Array) => Promise<void>): Promise<void>;
}

/** What an operator gets back. */
export interface RestoredKeyed {
  /** By name. */
  readonly states: ReadonlyMap<string, readonly RestoredKeyedState[]>;
  readonly tables: readonly RestoredTables[];
}

export interface KeyedStateBackend {
  /** `setCurrentKey` before each record and timer. */
  readonly keyContext: KeyContext;
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;

  /** These make a state or return the one of the same name. Throw `WEIR_STATE_DUPLICATE`, `WEIR_STATE_INCOMPATIBLE`. */
  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;
  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T>;
  getAggregatingState<I, A, O>(descriptor: AggregatingStateDescriptor<I, A, O>): AggregatingState<I, O>;
  /** Takes a restored state that is kept outside (timers, windows). Throws `WEIR_STATE_INCOMPATIBLE`. */
  takeRestored(name: string, kind: string): readonly RestoredKeyedState[];

  /** B2. One after the other, `checkpointId` ascending. */
  snapshot(request: KeyedSnapshotRequest): KeyedSnapshot | Promise<KeyedSnapshot>;
  /** A checkpoint that contains this subtask's part has completed: its files may be referred to. */
  checkpointComplete?(checkpointId: number): void;
  /** B4. */
  backlog?(): Promise<void> | undefined;
  /** Releases and removes what lies locally. */
  close(): Promise<void>;
}

export interface KeyedBackendRequest {
  readonly operatorId: string;
  readonly operatorName: string;
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;
  readonly restored: RestoredKeyed;
}

/** Makes the backends of one task attempt. */
export interface KeyedStateBackends {
  /** Restored and ready. Rejects with what is wrong with the restored state, or with the local disk. */
  open(request: KeyedBackendRequest): Promise<KeyedStateBackend>;
}
