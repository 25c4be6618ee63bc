/**
 * Event times of a frame as a column: one value if all are equal (also: none has one), else offsets from the smallest in 16 or 32 bits, else
 * as they are. Mode (u32), zero (u32), base (f64), column, filled up to a multiple of eight.
 */
import { type ByteReader, type ByteWriter, MalformedBytesError } from '@weir/base';
import { FRAME_RECORDS_MAX } from './frame-format.js';

const CONSTANT = 0;
const OFFSET_16 = 1;
const OFFSET_32 = 2;
const PLAIN = 3;

/** Appends `timestamps[from..from+count)`; `count` is at least 1. */
export function writeTimestamps(timestamps: Float64Array, from: number, count: number, out: ByteWriter): void {
  let min = timestamps[from];
  let max = min;
  let areWhole = true;
  for (let i = from; i < from + count; i++) {
    const timestamp = timestamps[i];
    if (timestamp < min) min = timestamp;
    else if (timestamp > max) max = timestamp;
    // -0 becomes 0: the same instant.
    if (!Number.isSafeInteger(timestamp)) areWhole = false;
  }
  const range = max - min;
  // One value only; NaN makes no range of 0.
  const isConstant = min === max && allEqual(timestamps, from, count);
  const mode = isConstant ? CONSTANT : !areWhole || range > 0xffff_ffff ? PLAIN : range > 0xffff ? OFFSET_32 : OFFSET_16;
  out.u32(mode);
  out.u32(0);
  out.f64(min);
  if (mode === OFFSET_16) {
    for (let i = 0; i < count; i++) scratch16[i] = timestamps[from + i] - min;
    out.raw(bytesOf(scratch16, count));
  } else if (mode === OFFSET_32) {
    for (let i = 0; i < count; i++) scratch32[i] = timestamps[from + i] - min;
    out.raw(bytesOf(scratch32, count));
  } else if (mode === PLAIN) out.raw(bytesOf(timestamps.subarray(from), count));
  while ((out.length & 7) !== 0) out.u8(0);
}

const scratch16 = new Uint16Array(FRAME_RECORDS_MAX);
const scratch32 = new Uint32Array(FRAME_RECORDS_MAX);

function bytesOf(column: Uint16Array | Uint32Array | Float64Array, count: number): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, count * column.BYTES_PER_ELEMENT);
}

function allEqual(timestamps: Float64Array, from: number, count: number): boolean {
  for (let i = from + 1; i < from + count; i++) {
    if (timestamps[i] !== timestamps[from]) return false;
  }
  return true;
}

/** Fills `into[0..count)`. Throws `WEIR_BYTES_MALFORMED`. */
export function readTimestamps(reader: ByteReader, count: number, into: Float64Array): void {
  const mode = reader.u32();
  reader.u32();
  const base = reader.f64();
  switch (mode) {
    case CONSTANT:
      into.fill(base, 0, count);
      return;
    case OFFSET_16: {
      const column = new Uint16Array(alignedCopy(reader.raw(count * 2)));
      for (let i = 0; i < count; i++) into[i] = base + column[i];
      break;
    }
    case OFFSET_32: {
      const column = new Uint32Array(alignedCopy(reader.raw(count * 4)));
      for (let i = 0; i < count; i++) into[i] = base + column[i];
      break;
    }
    case PLAIN:
      into.set(new Float64Array(alignedCopy(reader.raw(count * 8))));
      break;
    default:
      throw new MalformedBytesError(`timestamps of mode ${mode}`);
  }
  while ((reader.offset & 7) !== 0) reader.u8();
}

/** A copy, because a message may lie at any offset. */
function alignedCopy(part: Uint8Array): ArrayBuffer {
  return new Uint8Array(part).buffer;
}
