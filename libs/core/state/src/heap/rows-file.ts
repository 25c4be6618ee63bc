/** Reads the files of `slot-capture.ts`: the last row of a slot counts. What comes out are canonical chunks, which every backend takes. */
import { ByteReader, ByteWriter, MalformedBytesError } from '@weir/base';
import { decodeKey, decodeMessage } from '@weir/types';
import type { RestoredTables } from '../keyed-state-backend.js';
import { type KeyGroupRange, keyGroupOf } from '../key-groups.js';
import { bodyOf, isDeclaredStateKind } from '../state-body.js';
import type { KeyedStateMeta, RestoredKeyedState } from './keyed-snapshot.js';
import { ROWS_VERSION, type RowsHeader } from './slot-capture.js';

/** `format` of the tables. */
export const HEAP_FORMAT = 'heap';

/** The states of one old subtask, of the key groups in `range`. */
export async function readHeapTables({ files }: RestoredTables, range: KeyGroupRange, maxParallelism: number): Promise<RestoredKeyedState[]> {
  const opened: RowsFile[] = [];
  for (const file of files) {
    const bytes = new Uint8Array(file.sizeBytes);
    let at = 0;
    await file.fetch((piece) => {
      bytes.set(piece, at);
      at += piece.length;
      return Promise.resolve();
    });
    opened.push(new RowsFile(bytes));
  }
  const last: { file: number; offset: number }[] = [];
  opened.forEach((rows, file) => rows.forEachRow((slot, offset) => {
    while (last.length <= slot) last.push({ file: 0, offset: -1 });
    last[slot].file = file;
    last[slot].offset = offset;
  }));
  for (const { file, offset } of last) if (offset >= 0) opened[file].take(offset, range, maxParallelism);
  return opened.flatMap((rows) => rows.restored());
}

class RowsFile {
  private readonly states: { readonly meta: KeyedStateMeta; readonly skip: (body: ByteReader) => unknown; readonly chunks: Map<number, { count: number; readonly out: ByteWriter }> }[];
  private readonly firstRow: number;
  private readonly maskBytes: number;

  constructor(private readonly bytes: Uint8Array) {
    const reader = new ByteReader(bytes);
    const { version, states } = decodeMessage(reader.raw(reader.u32())) as RowsHeader;
    if (version !== ROWS_VERSION) throw new MalformedBytesError(`heap state of version ${version}, this build reads ${ROWS_VERSION}`);
    this.states = states.map((meta) => {
      if (!isDeclaredStateKind(meta.kind)) throw new MalformedBytesError(`heap state of kind ${meta.kind}`);
      return { meta, skip: bodyOf(meta.kind, meta.name, meta.types).reader(meta.types), chunks: new Map() };
    });
    this.firstRow = reader.offset;
    this.maskBytes = Math.ceil(states.length / 8);
  }

  /** With the offset behind the slot. */
  forEachRow(visit: (slot: number, offset: number) => void): void {
    const reader = new ByteReader(this.bytes, this.firstRow);
    let slot = 0;
    while (reader.remaining > 0) {
      const step = reader.varint();
      slot += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
      if (slot < 0) throw new MalformedBytesError(`row of slot ${slot}`);
      visit(slot, reader.offset);
      this.row(reader, () => undefined);
    }
  }

  /** Reads one row; calls with each state that is set, behind its body. */
  private row(reader: ByteReader, set: (state: number, keyAt: number, bodyAt: number, key: unknown) => void): void {
    const masks = reader.raw(this.maskBytes);
    if (masks.every((mask) => mask === 0)) return;
    const keyAt = reader.offset;
    const key = decodeKey(reader);
    this.states.forEach(({ skip }, i) => {
      if ((masks[i >> 3] & (1 << (i & 7))) === 0) return;
      const bodyAt = reader.offset;
      skip(reader);
      set(i, keyAt, bodyAt, key);
    });
  }

  /** Takes the row at `offset` into the chunks. */
  take(offset: number, range: KeyGroupRange, maxParallelism: number): void {
    const reader = new ByteReader(this.bytes, offset);
    let group = -1;
    let keyEnd = 0;
    this.row(reader, (state, keyAt, bodyAt, key) => {
      if (group < 0) {
        group = keyGroupOf(key, maxParallelism);
        keyEnd = bodyAt; // the first body follows the key
      }
      if (group < range.first || group > range.last) return;
      const { chunks } = this.states[state];
      let chunk = chunks.get(group);
      if (chunk === undefined) chunks.set(group, (chunk = { count: 0, out: new ByteWriter(256) }));
      chunk.out.raw(this.bytes.subarray(keyAt, keyEnd));
      chunk.out.raw(this.bytes.subarray(bodyAt, reader.offset));
      chunk.count++;
    });
  }

  restored(): RestoredKeyedState[] {
    return this.states.filter(({ chunks }) => chunks.size > 0).map(({ meta, chunks }) => ({
      meta, chunks: [...chunks].map(([keyGroup, { count, out }]) => ({ keyGroup, entryCount: count, bytes: out.toBytes() })),
    }));
  }
}
