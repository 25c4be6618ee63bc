/**
 * A checkpoint or savepoint opened for reading, without the job that made it: snapshots say themselves which types they hold.
 *
 *  S1  nothing is written, and no byte is shown unverified: damage is an error that names the file;
 *  S2  one subtask's state of one operator is in memory at a time;
 *  S3  entries of a state come in the order of key groups, whatever parallelism and backend wrote them.
 */
import { type CheckpointMetadata, FileCheckpointStorage, type OperatorStateIndex, type OperatorSummary, readExternalSnapshot, type TableSetIndex } from '@weir/checkpoint';
import type { FileStore } from '@weir/ports';
import {
  bodyOf, forEachRestoredEntry, HEAP_FORMAT, isDeclaredStateKind, type KeyedStateBackends, type KeyedStateMeta, type KeyGroupRange, readHeapTables, readKeyedSnapshot,
  type RestoredKeyedState, type RestoredTables,
} from '@weir/state';
import type { TypeDescription } from '@weir/types';
import { NoSuchStateError } from './errors.js';

export interface StateSnapshotOptions {
  readonly files: FileStore;
  /** Directory of a checkpoint or savepoint, or its `_metadata`. */
  readonly path: string;
  /** Opens table files of other backends than the heap. */
  readonly backends: KeyedStateBackends;
}

export interface StateDescription {
  readonly name: string;
  /** `value`, `list`, `map`, `reducing`, `aggregating`; others (`timers`, `window`) are the operator's own and cannot be read here. */
  readonly kind: string;
  readonly types: readonly (TypeDescription | null)[];
  readonly entries: number;
}
export interface ListDescription {
  readonly name: string;
  readonly elements: number;
}
export interface OperatorStates {
  readonly operatorId: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly keyed: readonly StateDescription[];
  readonly lists: readonly ListDescription[];
}
export interface StateEntry {
  readonly state: string;
  readonly key: unknown;
  /** By kind: the value, an array of elements, a Map. */
  readonly value: unknown;
}

export class StateSnapshot {
  private readonly storage: FileCheckpointStorage;

  private constructor(readonly metadata: CheckpointMetadata, private readonly options: StateSnapshotOptions) {
    this.storage = new FileCheckpointStorage({ files: options.files, directory: '' }); // every handle names its root
  }

  /** Verifies all files. Throws as `readExternalSnapshot`. */
  static async open(options: StateSnapshotOptions): Promise<StateSnapshot> {
    return new StateSnapshot((await readExternalSnapshot(options.files, options.path)).metadata, options);
  }

  /** All operators that have state, in the order of the graph. */
  async operators(): Promise<OperatorStates[]> {
    const found: OperatorStates[] = [];
    for (const summary of this.metadata.operators) {
      const states = new Map<string, { kind: string; types: readonly (TypeDescription | null)[]; entries: number }>();
      for await (const { meta, chunks } of this.keyedStates(summary)) {
        const state = states.get(meta.name) ?? { kind: meta.kind, types: meta.types, entries: 0 };
        state.entries += chunks.reduce((sum, { entryCount }) => sum + entryCount, 0);
        states.set(meta.name, state);
      }
      const lists = listsOf(this.partsOf(summary).map(({ index }) => index));
      if (states.size === 0 && lists.length === 0) continue;
      const { operatorId, name, uid, parallelism, maxParallelism } = summary;
      found.push({ operatorId, name, uid, parallelism, maxParallelism, keyed: [...states].map(([stateName, state]) => ({ name: stateName, ...state })), lists });
    }
    return found;
  }

  /** @param operator uid, name or id of one. Throws `WEIR_STATE_NOT_FOUND`. */
  operator(operator: string): OperatorSummary {
    const { operators } = this.metadata;
    const found = operators.find(({ uid }) => uid === operator) ?? operators.find(({ operatorId, name }) => operatorId === operator || name === operator);
    if (found === undefined) throw new NoSuchStateError('operator', operator, operators.filter(({ stateful }) => stateful).map(({ uid, name }) => uid ?? name));
    return found;
  }

  /** Entries of one declared state, or of all of an operator. Throws `WEIR_STATE_NOT_FOUND`. */
  async *entries(operator: string, state?: string): AsyncGenerator<StateEntry> {
    const known = new Set<string>();
    for await (const restored of this.keyedStates(this.operator(operator))) {
      const { name, kind } = restored.meta;
      if (!isDeclaredStateKind(kind)) continue;
      known.add(name);
      if (state === undefined || state === name) yield* decoded(restored);
    }
    if (state !== undefined && !known.has(state)) throw new NoSuchStateError('state', state, [...known]);
  }

  /** S2, S3 */
  private async *keyedStates(summary: OperatorSummary): AsyncGenerator<RestoredKeyedState> {
    const everything: KeyGroupRange = { first: 0, last: summary.maxParallelism - 1 };
    for (const { index, state } of this.partsOf(summary)) {
      if (index.keyed !== undefined && state !== undefined) {
        const { segment, firstKeyGroup, offsets } = index.keyed;
        const bytes = await this.storage.readState(state);
        yield* readKeyedSnapshot(bytes.subarray(segment.offset, segment.offset + segment.length), firstKeyGroup, offsets, everything);
      }
      if (index.tables !== undefined) yield* await this.statesInTables(index.tables, summary);
    }
  }

  private async statesInTables(index: TableSetIndex, { operatorId, name, maxParallelism }: OperatorSummary): Promise<readonly RestoredKeyedState[]> {
    const tables: RestoredTables = {
      format: index.format, keyGroups: index.keyGroups, meta: index.meta,
      files: index.files.map(({ name: fileName, file }) => ({ name: fileName, sizeBytes: file.sizeBytes, stored: undefined, fetch: (take) => this.storage.readFile(file, take) })),
    };
    if (index.format === HEAP_FORMAT) return readHeapTables(tables, index.keyGroups, maxParallelism);
    const backend = await this.options.backends.open({
      operatorId, operatorName: name, keyGroupRange: index.keyGroups, maxParallelism, restored: { states: new Map(), tables: [tables] },
    });
    try {
      const { bytes } = await backend.snapshot({ checkpointId: this.metadata.checkpointId, format: 'canonical', sources: [] });
      return bytes === undefined ? [] : readKeyedSnapshot(bytes.bytes, bytes.firstKeyGroup, bytes.offsets, index.keyGroups);
    } finally {
      await backend.close();
    }
  }

  /** What the old subtasks had of an operator, ascending. */
  private partsOf({ operatorId, vertexId }: OperatorSummary): { readonly index: OperatorStateIndex; readonly state: CheckpointMetadata['subtasks'][number]['state'] }[] {
    return this.metadata.subtasks
      .filter((subtask) => subtask.vertexId === vertexId)
      .sort((a, b) => a.subtaskIndex - b.subtaskIndex)
      .flatMap(({ operators, state }) => operators.filter((index) => index.operatorId === operatorId).map((index) => ({ index, state })));
  }
}

function decoded(restored: RestoredKeyedState): StateEntry[] {
  const { name, kind, types } = restored.meta as KeyedStateMeta & { readonly kind: Parameters<typeof bodyOf>[0] };
  const read = bodyOf(kind, name, types).reader(types);
  const entries: StateEntry[] = [];
  forEachRestoredEntry(restored, (key, body) => void entries.push({ state: name, key, value: read(body) }));
  return entries;
}

function listsOf(parts: readonly OperatorStateIndex[]): ListDescription[] {
  const elements = new Map<string, number>();
  for (const { lists } of parts) for (const list of lists) elements.set(list.name, (elements.get(list.name) ?? 0) + list.elements.length);
  return [...elements].map(([name, count]) => ({ name, elements: count }));
}
