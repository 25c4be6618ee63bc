/**
 * The frame of every checkpoint file that is read as a whole: `WEIR`, kind (u8), version (u8), body length (u32 + u32 for the high part),
 * body, crc32 of all before it (u32). Little-endian. A file is recognizable on its own, and each bit of it is covered by a check.
 */
import { ByteReader, ByteWriter, crc32 } from '@weir/base';
import { CheckpointDamagedError, CheckpointVersionError, NotACheckpointError } from './errors.js';

/** 'WEIR' read as a little-endian u32. */
export const MAGIC = 0x52494557;
export const FORMAT_VERSION = 1;
/** Magic 4 + kind 1 + version 1 + length 8. */
export const SEAL_HEADER_BYTES = 14;
const CRC_BYTES = 4;

export const FileKind = { metadata: 1, state: 2, restored: 3 } as const;
export type FileKind = (typeof FileKind)[keyof typeof FileKind];

export function sealHeader(kind: FileKind, bodyLength: number): Uint8Array {
  const out = new ByteWriter(SEAL_HEADER_BYTES);
  out.u32(MAGIC);
  out.u8(kind);
  out.u8(FORMAT_VERSION);
  out.u32(bodyLength % 0x1_0000_0000);
  out.u32(Math.floor(bodyLength / 0x1_0000_0000));
  return out.toBytes();
}

export function seal(kind: FileKind, body: Uint8Array): Uint8Array {
  const out = new ByteWriter(SEAL_HEADER_BYTES + body.length + CRC_BYTES);
  out.raw(sealHeader(kind, body.length));
  out.raw(body);
  out.u32(crc32(out.view8()));
  return out.toBytes();
}

/** Checks magic, kind and version of a header. Throws `WEIR_CHECKPOINT_NOT_RECOGNIZED`, `WEIR_CHECKPOINT_VERSION`, `WEIR_CHECKPOINT_DAMAGED`. */
export function checkSealHeader(path: string, kind: FileKind, bytes: Uint8Array): { readonly bodyLength: number } {
  if (bytes.length < SEAL_HEADER_BYTES) {
    throw new CheckpointDamagedError(path, `a header of ${SEAL_HEADER_BYTES} bytes`, `${bytes.length} bytes: the file is cut off`);
  }
  const input = new ByteReader(bytes);
  if (input.u32() !== MAGIC) throw new NotACheckpointError(path, 'it does not begin with WEIR');
  const foundKind = input.u8();
  if (foundKind !== kind) throw new NotACheckpointError(path, `it is a file of kind ${foundKind}, not ${kind}`);
  const version = input.u8();
  if (version !== FORMAT_VERSION) throw new CheckpointVersionError(path, version, FORMAT_VERSION);
  return { bodyLength: input.u32() + input.u32() * 0x1_0000_0000 };
}

/** The body, as a view. Throws as {@link checkSealHeader}. */
export function unseal(path: string, kind: FileKind, bytes: Uint8Array): Uint8Array {
  const { bodyLength } = checkSealHeader(path, kind, bytes);
  const expected = SEAL_HEADER_BYTES + bodyLength + CRC_BYTES;
  if (bytes.length !== expected) {
    throw new CheckpointDamagedError(path, `${expected} bytes`, `${bytes.length} bytes${bytes.length < expected ? ': the file is cut off' : ''}`);
  }
  const end = SEAL_HEADER_BYTES + bodyLength;
  const found = crc32(bytes.subarray(0, end));
  const stored = new ByteReader(bytes, end).u32();
  if (found !== stored) throw new CheckpointDamagedError(path, `checksum ${hex(stored)}`, hex(found));
  return bytes.subarray(SEAL_HEADER_BYTES, end);
}

/** A checksum as text. */
export function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
