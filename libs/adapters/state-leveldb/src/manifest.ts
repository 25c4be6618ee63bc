/**
 * Which files of a LevelDB belong to it, read from its manifest; of an open one, whose last record may be half written, from the whole records. The folder
 * may hold others: a compaction that was cut off leaves tables that no manifest names, and the next life of the store gives their numbers to other tables.
 *
 *   manifest = blocks of 32 KiB of records (crc u32, length u16, type u8: full, first, middle, last, bytes); each whole record a version edit
 *   edit     = (tag varint, fields)*
 */
import { ByteReader, MalformedBytesError } from '@weir/base';

export interface LiveFiles {
  /** Sizes by file number. */
  readonly tables: ReadonlyMap<number, number>;
  /** Logs of this number and above hold what is in no table yet. */
  readonly firstLog: number;
  /** Bytes of whole records; what follows is half a record. */
  readonly wholeBytes: number;
}

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
const RecordType = { full: 1, first: 2, middle: 3, last: 4 } as const;
const Tag = { comparator: 1, logNumber: 2, nextFile: 3, lastSequence: 4, compactPointer: 5, deletedFile: 6, newFile: 7, previousLog: 9 } as const;

/** Throws `WEIR_BYTES_MALFORMED` for what is no manifest. */
export function readManifest(bytes: Uint8Array): LiveFiles {
  const tables = new Map<number, number>();
  let firstLog = 0;
  let wholeBytes = 0;
  for (const { edit, end } of recordsOf(bytes)) {
    wholeBytes = end;
    const reader = new ByteReader(edit);
    while (reader.remaining > 0) {
      const tag = reader.varint();
      switch (tag) {
        case Tag.comparator: reader.bytes(); break;
        case Tag.logNumber: firstLog = reader.varint(); break;
        case Tag.nextFile: case Tag.lastSequence: case Tag.previousLog: reader.varint(); break;
        case Tag.compactPointer:
          reader.varint();
          reader.bytes();
          break;
        case Tag.deletedFile:
          reader.varint();
          tables.delete(reader.varint());
          break;
        case Tag.newFile: {
          reader.varint();
          const number = reader.varint();
          tables.set(number, reader.varint());
          reader.bytes();
          reader.bytes();
          break;
        }
        default: throw new MalformedBytesError(`manifest with an edit of tag ${tag}`);
      }
    }
  }
  return { tables, firstLog, wholeBytes };
}

function* recordsOf(bytes: Uint8Array): Generator<{ readonly edit: Uint8Array; readonly end: number }> {
  let parts: Uint8Array[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const leftInBlock = BLOCK_BYTES - (at % BLOCK_BYTES);
    if (leftInBlock < HEADER_BYTES) {
      at += leftInBlock;
      continue;
    }
    const header = new ByteReader(bytes, at + 4);
    const length = header.u16();
    const type = header.u8();
    const from = at + HEADER_BYTES;
    if (type < RecordType.full || type > RecordType.last) throw new MalformedBytesError(`manifest with a record of type ${type}`);
    if (from + length > bytes.length) return;
    parts.push(bytes.subarray(from, from + length));
    at = from + length;
    if (type === RecordType.full || type === RecordType.last) {
      yield { edit: parts.length === 1 ? parts[0] : joined(parts), end: at };
      parts = [];
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
