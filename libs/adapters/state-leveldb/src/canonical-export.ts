/** A copy of a store in the canonical format, which every backend reads. Entries of earlier types are brought to the current one on the way. */
import { assert, ByteWriter } from '@weir/base';
import { type KeyedSnapshotBytes, type KeyGroupRange, type RestoredKeyedState, type StateBody } from '@weir/state';
import { encodeMessage } from '@weir/types';
import type { LevelStore } from './level-store.js';
import { boundsOf, keyGroupAt, openValue, PREFIX_BYTES, type StateEntry, stateIdAt, type StateTypes } from './state-registry.js';

const FORMAT_VERSION = 1;

/** What of a state is written, captured when the snapshot was. */
export interface ExportedState {
  readonly entry: Pick<StateEntry, 'id' | 'name' | 'kind'>;
  readonly versions: readonly StateTypes[];
  /** Version in which it is written. */
  readonly target: number;
  readonly body: StateBody;
}

/** `outside`: state that does not lie in the store (timers, windows), for the same key groups. */
export async function exportCanonical(store: LevelStore, range: KeyGroupRange, states: readonly ExportedState[], outside: readonly RestoredKeyedState[]): Promise<KeyedSnapshotBytes | undefined> {
  const written = states.filter(({ versions }) => versions.length > 0);
  const metas = [...written.map(({ entry: { name, kind }, versions, target }) => ({ name, kind, types: versions[target] })), ...outside.map(({ meta }) => meta)];
  const out = new ByteWriter(1 << 16);
  out.bytes(encodeMessage({ version: FORMAT_VERSION, states: metas }));
  const headerBytes = out.length;
  const offsets: number[] = [];
  const index = new Map(written.map((state, i) => [state.entry.id, { state, i, readers: state.versions.map((types) => state.body.reader(types)) }]));
  let group = range.first - 1;
  let section: { readonly stateId: number; readonly countAt: number; count: number } | undefined;
  const endSection = (): void => {
    if (section === undefined) return;
    out.patchU32(section.countAt, section.count);
    out.patchU32(section.countAt + 4, out.length - section.countAt - 8);
    section = undefined;
  };
  /** Ends the current key group with what lies outside, and begins those up to `next`. */
  const advanceTo = (next: number): void => {
    while (group < next) {
      endSection();
      if (group >= range.first) writeOutside(out, group, written.length, outside);
      group++;
      if (group <= range.last) offsets.push(out.length);
    }
  };
  const { from, to } = boundsOf(range);
  for await (const entries of store.scan(from, to)) {
    for (const [key, value] of entries) {
      if (keyGroupAt(key) !== group) advanceTo(keyGroupAt(key));
      const known = index.get(stateIdAt(key));
      assert(known !== undefined, `the store holds state ${stateIdAt(key)}, which nobody wrote`);
      if (section?.stateId !== stateIdAt(key)) {
        endSection();
        out.varint(known.i);
        section = { stateId: stateIdAt(key), countAt: out.length, count: 0 };
        out.u32(0);
        out.u32(0);
      }
      section.count++;
      out.raw(key.subarray(PREFIX_BYTES));
      const { version, body } = openValue(value);
      if (version === known.state.target) out.raw(body.raw(body.remaining));
      else known.state.body.write(known.readers[version](body), out);
    }
  }
  advanceTo(range.last + 1);
  offsets.push(out.length);
  return out.length === headerBytes ? undefined : { firstKeyGroup: range.first, offsets, bytes: out.toBytes() };
}

function writeOutside(out: ByteWriter, group: number, firstIndex: number, outside: readonly RestoredKeyedState[]): void {
  outside.forEach(({ chunks }, i) => {
    for (const chunk of chunks) {
      if (chunk.keyGroup !== group) continue;
      out.varint(firstIndex + i);
      out.u32(chunk.entryCount);
      out.u32(chunk.bytes.length);
      out.raw(chunk.bytes);
    }
  });
}
