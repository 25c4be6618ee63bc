/**
 * A keyed state backend that stores as LevelDB does and holds as the heap does: its native snapshots are immutable files, one for each key group, and
 * a file that a completed checkpoint has is referred to and not written again. So simulated jobs have incremental checkpoints, shared files
 * and another native format than the heap's, with no real disk beneath them.
 *
 *  G1  the bytes of a name never change: a new number for each content;
 *  G2  only a file of a checkpoint that is known to have completed is referred to.
 *
 *   file = u32 length of the header, header and key group as in the canonical format
 */
import { ByteReader, ByteWriter } from '@weir/base';
import type { Clock } from '@weir/ports';
import {
  createHeapStateBackends, HEAP_FORMAT, type KeyContext, type KeyedBackendRequest, type KeyedSnapshot, type KeyedSnapshotBytes, type KeyedSnapshotRequest,
  type KeyedStateBackend, type KeyedStateBackends,
  mergeRestored, readHeapTables, readKeyedSnapshot, type RestoredKeyedState, type RestoredTableFile, StateFormatError, type StateBackendProvider, type StoredFile, type TableFile, type TableSnapshot,
} from '@weir/state';

const FORMAT = 'leveldb';
const NAME = /^(\d+)-(\d+)$/;

interface GroupFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** In a checkpoint that has completed (G2). */
  stored: StoredFile | undefined;
  /** The last checkpoint that it was written for. */
  writtenBy: number;
}

/** `clock`: for state with a time to live. */
export function keyGroupFilesOn(clock: Clock): KeyedStateBackends {
  const heaps = createHeapStateBackends({ wholeEntries: Infinity, clock });
  return { open: (request) => open(request, heaps) };
}

/** Stands for `state.backend.type: leveldb`. */
export const keyGroupFilesProvider: StateBackendProvider = { type: FORMAT, backendsFor: ({ clock }) => keyGroupFilesOn(clock) };

async function open(request: KeyedBackendRequest, heaps: KeyedStateBackends): Promise<KeyedStateBackend> {
  const { restored, keyGroupRange: range, operatorName } = request;
  const parts = [...restored.states.values()].flat();
  const known = new Map<number, GroupFile>();
  let largest = 0;
  for (const tables of restored.tables) {
    const { format, files } = tables;
    if (format === HEAP_FORMAT) {
      parts.push(...await readHeapTables(tables, range, request.maxParallelism));
      continue;
    }
    if (format !== FORMAT) throw new StateFormatError(operatorName, format, FORMAT);
    for (const file of files) {
      const [group, number] = (NAME.exec(file.name) as RegExpExecArray).slice(1).map(Number);
      largest = Math.max(largest, number);
      if (group < range.first || group > range.last) continue;
      const bytes = await fetched(file);
      const headerLength = new ByteReader(bytes).u32();
      parts.push(...readKeyedSnapshot(bytes.subarray(4), group, [headerLength, bytes.length - 4], range));
      known.set(group, { name: file.name, bytes, stored: file.stored, writtenBy: 0 });
    }
  }
  const heap = await heaps.open({ ...request, restored: { states: mergeRestored(joined(parts)), tables: [] } });
  return new KeyGroupFilesBackend(heap, request.operatorId, known, largest);
}

/** Key groups that lay in files of their own, side by side again: what is written anew for them is then the same bytes. */
function joined(parts: readonly RestoredKeyedState[]): RestoredKeyedState[] {
  const states = new Map<string, RestoredKeyedState>();
  for (const { meta, chunks } of parts) {
    const text = JSON.stringify(meta);
    states.set(text, { meta, chunks: [...(states.get(text)?.chunks ?? []), ...chunks] });
  }
  return [...states.values()];
}

async function fetched(file: RestoredTableFile): Promise<Uint8Array> {
  const out = new ByteWriter(file.sizeBytes);
  await file.fetch((piece) => {
    out.raw(piece);
    return Promise.resolve();
  });
  return out.toBytes();
}

class KeyGroupFilesBackend implements KeyedStateBackend {
  readonly getState: KeyedStateBackend['getState'];
  readonly getListState: KeyedStateBackend['getListState'];
  readonly getMapState: KeyedStateBackend['getMapState'];
  readonly getReducingState: KeyedStateBackend['getReducingState'];
  readonly getAggregatingState: KeyedStateBackend['getAggregatingState'];
  readonly takeRestored: KeyedStateBackend['takeRestored'];
  /** By checkpoint, until one completes that is not older. */
  private readonly written = new Map<number, readonly (readonly [GroupFile, StoredFile])[]>();

  constructor(private readonly heap: KeyedStateBackend, private readonly operatorId: string, private readonly latest: Map<number, GroupFile>, private number: number) {
    this.getState = (descriptor) => heap.getState(descriptor);
    this.getListState = (descriptor) => heap.getListState(descriptor);
    this.getMapState = (descriptor) => heap.getMapState(descriptor);
    this.getReducingState = (descriptor) => heap.getReducingState(descriptor);
    this.getAggregatingState = (descriptor) => heap.getAggregatingState(descriptor);
    this.takeRestored = (name, kind) => heap.takeRestored(name, kind);
  }

  get keyContext(): KeyContext {
    return this.heap.keyContext;
  }
  get keyGroupRange(): KeyedStateBackend['keyGroupRange'] {
    return this.heap.keyGroupRange;
  }
  get maxParallelism(): number {
    return this.heap.maxParallelism;
  }

  async snapshot(request: KeyedSnapshotRequest): Promise<KeyedSnapshot> {
    const captured = await this.heap.snapshot({ ...request, format: 'canonical' });
    if (request.format === 'canonical' || captured.bytes === undefined) return captured;
    return { tables: this.tables(request.checkpointId, captured.bytes) };
  }

  checkpointComplete(checkpointId: number): void {
    for (const [file, stored] of this.written.get(checkpointId) ?? []) if (file.writtenBy === checkpointId) file.stored = stored;
    for (const id of this.written.keys()) if (id <= checkpointId) this.written.delete(id);
  }

  close(): Promise<void> {
    return this.heap.close();
  }

  private tables(checkpointId: number, { bytes, firstKeyGroup, offsets }: KeyedSnapshotBytes): TableSnapshot {
    const header = bytes.subarray(0, offsets[0]);
    const files: GroupFile[] = [];
    for (let i = 0; i + 1 < offsets.length; i++) {
      if (offsets[i] < offsets[i + 1]) files.push(this.fileOf(firstKeyGroup + i, header, bytes.subarray(offsets[i], offsets[i + 1])));
    }
    for (const file of files) if (file.stored === undefined) file.writtenBy = checkpointId;
    return {
      format: FORMAT, scope: this.operatorId, keyGroups: this.keyGroupRange, meta: new Uint8Array(0),
      files: files.map(({ name, bytes: content, stored }): TableFile => ({
        name, sizeBytes: content.length, stored, read: (offset, length) => Promise.resolve(content.slice(offset, offset + length)),
      })),
      settled: (stored) => {
        if (stored !== undefined) this.written.set(checkpointId, files.map((file, i) => [file, stored[i]]));
        return Promise.resolve();
      },
    };
  }

  /** G1. */
  private fileOf(group: number, header: Uint8Array, content: Uint8Array): GroupFile {
    const out = new ByteWriter(4 + header.length + content.length);
    out.u32(header.length);
    out.raw(header);
    out.raw(content);
    const bytes = out.toBytes();
    const before = this.latest.get(group);
    if (before !== undefined && before.bytes.length === bytes.length && before.bytes.every((byte, i) => byte === bytes[i])) return before;
    const file: GroupFile = { name: `${group}-${++this.number}`, bytes, stored: undefined, writtenBy: 0 };
    this.latest.set(group, file);
    return file;
  }
}
