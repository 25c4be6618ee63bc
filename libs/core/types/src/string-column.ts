/**
 * String columns: one text for all values and where each ends, or a dictionary where few values repeat. Hot path (bench/codecs.mjs).
 *
 * Layout: mode, then for texts: byte length, `count` ends in UTF-16 units, text; for dictionaries: number of entries, `count` ids of one
 * byte, and the entries as a column of texts. One JS string is made per column and cut by `substring`: that is what makes columns fast.
 */
import { MalformedBytesError } from '@weir/base';
import type { ColumnCursor, ColumnScratch } from './column-memory.js';
import { isWellFormed, readAscii, readUtf8, writeUtf8 } from './text.js';

const MODE_ASCII = 0;
const MODE_UTF8 = 1;
/** Raw UTF-16 units: the column holds half a surrogate pair somewhere. */
const MODE_UTF16 = 2;
const MODE_DICTIONARY = 3;

const DICTIONARY_COUNT_MIN = 16;
const DICTIONARY_ENTRIES_MAX = 255;
/** Batches to leave a column alone after its values proved too different. */
const DICTIONARY_PAUSE = 32;

/** Encoder of one string column of one channel; remembers whether a dictionary was worth it. */
export class StringColumnWriter {
  /** Filled by the caller, index by index, before each write. */
  readonly values: string[] = [];
  private readonly ids = new Map<string, number>();
  private readonly entries: string[] = [];
  private pause = 0;

  write(scratch: ColumnScratch, count: number): void {
    if (count >= DICTIONARY_COUNT_MIN && this.pause === 0) {
      if (this.writeDictionary(scratch, count)) return;
      this.pause = DICTIONARY_PAUSE;
    } else if (this.pause > 0) this.pause--;
    writeTexts(scratch, this.values, count);
  }

  private writeDictionary(scratch: ColumnScratch, count: number): boolean {
    const { ids, entries, values } = this;
    const entriesMax = Math.min(DICTIONARY_ENTRIES_MAX, count >> 2);
    ids.clear();
    entries.length = 0;
    const at = scratch.reserve(8 + count);
    const { bytes } = scratch;
    for (let i = 0; i < count; i++) {
      const text = values[i];
      let id = ids.get(text);
      if (id === undefined) {
        id = entries.length;
        if (id === entriesMax) return false;
        ids.set(text, id);
        entries.push(text);
      }
      bytes[at + 8 + i] = id;
    }
    scratch.i32[at >> 2] = MODE_DICTIONARY;
    scratch.i32[(at >> 2) + 1] = entries.length;
    scratch.finish(at + 8 + count);
    writeTexts(scratch, entries, entries.length);
    return true;
  }
}

function writeTexts(scratch: ColumnScratch, values: readonly string[], count: number): void {
  let at = scratch.reserve(8 + count * 4);
  let base = (at >> 2) + 2;
  let { i32 } = scratch;
  let all = '';
  for (let i = 0; i < count; i++) {
    all += values[i];
    i32[base + i] = all.length;
  }
  at = scratch.reserve(8 + count * 4 + all.length * 3);
  i32 = scratch.i32;
  base = at >> 2;
  const blobAt = at + 8 + count * 4;
  let size = writeUtf8(all, scratch.bytes, blobAt);
  let mode = MODE_ASCII;
  if (size !== all.length) {
    mode = MODE_UTF8;
    if (!isWellFormed(all)) {
      mode = MODE_UTF16;
      size = all.length * 2;
      for (let i = 0; i < all.length; i++) {
        const unit = all.charCodeAt(i);
        scratch.bytes[blobAt + i * 2] = unit;
        scratch.bytes[blobAt + i * 2 + 1] = unit >> 8;
      }
    }
  }
  i32[base] = mode;
  i32[base + 1] = size;
  scratch.finish(blobAt + size);
}

/** Reads a string column into `values[0..count)`. Throws `WEIR_BYTES_MALFORMED`. */
export function readStringColumn(cursor: ColumnCursor, count: number, values: string[]): void {
  const head = cursor.int32(2);
  if (head[0] !== MODE_DICTIONARY) {
    readTexts(cursor, head[0], head[1], count, values);
    return;
  }
  const ids = cursor.take(count);
  cursor.finishColumn();
  const entryCount = head[1];
  if (entryCount < 0 || entryCount > DICTIONARY_ENTRIES_MAX) throw new MalformedBytesError(`dictionary of ${entryCount} entries`);
  const entries: string[] = [];
  const entriesHead = cursor.int32(2);
  readTexts(cursor, entriesHead[0], entriesHead[1], entryCount, entries);
  for (let i = 0; i < count; i++) {
    const id = ids[i];
    if (id >= entryCount) throw new MalformedBytesError(`dictionary id ${id} of ${entryCount}`);
    values[i] = entries[id];
  }
}

function readTexts(cursor: ColumnCursor, mode: number, size: number, count: number, values: string[]): void {
  const ends = cursor.int32(count);
  const blob = cursor.take(size);
  cursor.finishColumn();
  const all = readText(mode, blob);
  let from = 0;
  for (let i = 0; i < count; i++) {
    const to = ends[i];
    if (to < from || to > all.length) throw new MalformedBytesError(`string from ${from} to ${to} in a text of ${all.length}`);
    values[i] = all.substring(from, to);
    from = to;
  }
  if (from !== all.length) throw new MalformedBytesError(`${all.length - from} characters after the last string`);
}

function readText(mode: number, blob: Uint8Array): string {
  switch (mode) {
    case MODE_ASCII:
      return readAscii(blob);
    case MODE_UTF8:
      return readUtf8(blob);
    case MODE_UTF16: {
      if (blob.length % 2 !== 0) throw new MalformedBytesError(`UTF-16 text of ${blob.length} bytes`);
      let text = '';
      for (let i = 0; i < blob.length; i += 2) text += String.fromCharCode(blob[i] | (blob[i + 1] << 8));
      return text;
    }
    default:
      throw new MalformedBytesError(`unknown mode ${mode} of a string column`);
  }
}
