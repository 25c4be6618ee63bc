/** Reads and splits the state that a task was assigned. Every file is verified before the first record is processed (F21). */
import type { RestoredSubtaskState, SnapshotStorage, TableSetIndex } from '@weir/checkpoint';
import { type KeyGroupRange, mergeRestored, readKeyedSnapshot, type RestoredKeyedState, type RestoredTables } from '@weir/state';
import type { RestoredOperatorValues } from './restored-values.js';

export async function loadRestored(restored: RestoredSubtaskState | undefined, storage: SnapshotStorage, range: KeyGroupRange): Promise<Map<string, RestoredOperatorValues>> {
  const values = new Map<string, RestoredOperatorValues>();
  for (const operator of restored?.operators ?? []) {
    const keyed: RestoredKeyedState[] = [];
    for (const part of operator.keyed) {
      const bytes = await storage.readState(part.state);
      keyed.push(...readKeyedSnapshot(bytes.subarray(part.segment.offset, part.segment.offset + part.segment.length), part.firstKeyGroup, part.offsets, range));
    }
    const lists = new Map<string, Uint8Array[]>();
    for (const list of operator.lists) {
      const elements: Uint8Array[] = [];
      for (const { state, segment } of list.elements) {
        const bytes = await storage.readState(state);
        elements.push(bytes.subarray(segment.offset, segment.offset + segment.length));
      }
      lists.set(list.name, elements);
    }
    values.set(operator.operatorId, { checkpointId: restored?.checkpointId, keyed: { states: mergeRestored(keyed), tables: (operator.tables ?? []).map((tables) => restoredTables(tables, storage)) }, lists });
  }
  return values;
}

/** Table files are fetched, and verified, by the backend that opens them. */
function restoredTables({ format, keyGroups, meta, files }: TableSetIndex, storage: SnapshotStorage): RestoredTables {
  return {
    format, keyGroups, meta,
    files: files.map(({ name, file }) => ({
      name, sizeBytes: file.sizeBytes,
      stored: file.root === undefined ? { path: file.path, sizeBytes: file.sizeBytes, crc32: file.crc32 } : undefined,
      fetch: (take) => storage.readFile(file, take),
    })),
  };
}
