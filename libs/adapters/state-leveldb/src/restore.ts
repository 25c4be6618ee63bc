/**
 * State from snapshots into a store: table files taken over as they are where one old subtask had exactly these key groups, else entry by
 * entry from each; the canonical format from whatever backend.
 */
import { join } from 'node:path';
import { ByteReader, ByteWriter, MalformedBytesError } from '@weir/base';
import { isDeclaredStateKind, type KeyGroupRange, type RestoredKeyedState, type RestoredTables } from '@weir/state';
import { decodeKey } from '@weir/types';
import { type LevelOperation, LevelStore, type LevelStoreOptions, makeEmptyFolder, removeFolder, writeFileOf } from './level-store.js';
import { applySegments, isTableFile } from './table-chain.js';
import { boundsOf, openValue, type StateEntry, stateIdAt, StateRegistry, undeclaredBody, versionOf, writePrefix, PREFIX_BYTES } from './state-registry.js';

const BATCH = 1000;

/** Opens `store`, whose folder is empty, with what a set holds: its base, and the changes since. All files are verified when this resolves. */
export async function openTables({ files }: RestoredTables, store: LevelStore): Promise<void> {
  for (const file of files.filter(isTableFile)) await writeFileOf(join(store.directory, file.name), (take) => file.fetch(take));
  await store.open();
  await applySegments(files, store);
}

/** Copies what lies in `range` from the tables of an old subtask. `work`: a folder that nobody uses. */
export async function importTables(tables: RestoredTables, range: KeyGroupRange, into: LevelStore, registry: StateRegistry, work: string, options: LevelStoreOptions): Promise<void> {
  await makeEmptyFolder(work);
  const old = StateRegistry.decode(tables.meta);
  /** By old id: the new state, and new versions by old ones. */
  const mapping = new Map(old.states.map((state) => {
    const entry = registry.ensure(state.name, state.kind);
    return [state.id, { entry, versions: state.versions.map((types) => versionOf(entry, types)) }];
  }));
  const source = new LevelStore(work, options);
  try {
    await openTables(tables, source);
    const { from, to } = boundsOf(range);
    const out = new ByteWriter(1024);
    for await (const entries of source.scan(from, to)) {
      const operations = entries.map(([key, value]): LevelOperation => {
        const known = mapping.get(stateIdAt(key));
        if (known === undefined) throw new MalformedBytesError(`state tables hold state ${stateIdAt(key)}, which their description does not name`);
        const { version, body } = openValue(value);
        out.reset();
        writePrefix(out, (key[0] << 8) | key[1], known.entry.id);
        out.raw(key.subarray(PREFIX_BYTES));
        const newKey = out.toBytes();
        out.reset();
        out.varint(known.versions[version]);
        out.raw(body.raw(body.remaining));
        return { type: 'put', key: newKey, value: out.toBytes() };
      });
      await into.write(operations);
    }
  } finally {
    await source.close();
    await removeFolder(work);
  }
}

/** Takes the declared states; those that operators keep themselves (timers, windows) are left to the caller. */
export async function importCanonical(states: Iterable<RestoredKeyedState>, into: LevelStore, registry: StateRegistry): Promise<void> {
  for (const state of states) {
    const { name, kind, types } = state.meta;
    if (!isDeclaredStateKind(kind)) continue;
    const entry = registry.ensure(name, kind);
    if (state.chunks.length === 0) continue;
    await importEntries(state, entry, versionOf(entry, types), into);
  }
}

async function importEntries({ meta, chunks }: RestoredKeyedState, entry: StateEntry, version: number, into: LevelStore): Promise<void> {
  const read = undeclaredBody(entry, meta.types).reader(meta.types);
  const out = new ByteWriter(1024);
  let operations: LevelOperation[] = [];
  for (const { keyGroup, entryCount, bytes } of chunks) {
    const reader = new ByteReader(bytes);
    for (let i = 0; i < entryCount; i++) {
      const keyAt = reader.offset;
      decodeKey(reader);
      const bodyAt = reader.offset;
      read(reader); // finds its end
      out.reset();
      writePrefix(out, keyGroup, entry.id);
      out.raw(bytes.subarray(keyAt, bodyAt));
      const key = out.toBytes();
      out.reset();
      out.varint(version);
      out.raw(bytes.subarray(bodyAt, reader.offset));
      operations.push({ type: 'put', key, value: out.toBytes() });
      if (operations.length === BATCH) {
        await into.write(operations);
        operations = [];
      }
    }
    if (reader.remaining > 0) throw new MalformedBytesError(`${reader.remaining} bytes left behind the entries of state ${meta.name}`);
  }
  await into.write(operations);
}
