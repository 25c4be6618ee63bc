/**
 * Scratch memory of a columnar encoder, and the cursor of its decoder. Hot path: entered once per column, never per value.
 *
 * C1. Every column starts at a multiple of eight bytes from the payload's start.
 * C2. The cursor never hands out memory outside the payload, whatever the bytes say.
 */
import { type ByteReader, type ByteWriter, MalformedBytesError } from '@weir/base';

/** Payload length and count, four bytes each. */
export const PAYLOAD_HEADER_BYTES = 8;

/** One growing block, seen as bytes, as int32 and as float64. */
export class ColumnScratch {
  bytes = new Uint8Array(new ArrayBuffer(16_384));
  i32 = new Int32Array(this.bytes.buffer);
  f64 = new Float64Array(this.bytes.buffer);
  private length = 0;

  begin(count: number): void {
    this.length = PAYLOAD_HEADER_BYTES;
    this.i32[1] = count;
  }
  /** Makes room for a column of at most `size` bytes and returns its position. The views may be new ones afterwards. */
  reserve(size: number): number {
    const at = this.length;
    const needed = at + size + 8;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(new ArrayBuffer(Math.max(needed + 7, this.bytes.length * 2) & ~7));
      grown.set(this.bytes);
      this.bytes = grown;
      this.i32 = new Int32Array(grown.buffer);
      this.f64 = new Float64Array(grown.buffer);
    }
    return at;
  }
  /** Ends the column at `end`, filled up with zeros to the next multiple of eight (C1). */
  finish(end: number): void {
    const aligned = (end + 7) & ~7;
    this.bytes.fill(0, end, aligned);
    this.length = aligned;
  }
  /** A column of raw bytes with their length before them. */
  blob(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length + 4);
    this.i32[at >> 2] = bytes.length;
    this.bytes.set(bytes, at + 4);
    this.finish(at + 4 + bytes.length);
  }
  end(out: ByteWriter): void {
    this.i32[0] = this.length;
    out.raw(this.bytes.subarray(0, this.length));
  }
}

/** Walks over the columns of one payload. */
export class ColumnCursor {
  private bytes: Uint8Array = new Uint8Array(0);
  private position = 0;
  private isAligned = true;

  /** Takes the payload at the reader's offset, moves the reader behind it, and returns the count. */
  begin(reader: ByteReader): number {
    const length = reader.u32();
    const count = reader.u32();
    // A bit per value is the least a column takes.
    if (length < PAYLOAD_HEADER_BYTES || (length & 7) !== 0 || count > (length - PAYLOAD_HEADER_BYTES) * 8) {
      throw new MalformedBytesError(`columnar payload of ${length} bytes announces ${count} values at offset ${reader.offset - 8}`);
    }
    this.bytes = reader.raw(length - PAYLOAD_HEADER_BYTES);
    this.position = 0;
    this.isAligned = (this.bytes.byteOffset & 7) === 0;
    return count;
  }
  /** The next `size` bytes of the column under way; a view. */
  take(size: number): Uint8Array {
    const at = this.position;
    if (size < 0 || at + size > this.bytes.length) {
      throw new MalformedBytesError(`column of ${size} bytes at ${at} of a payload of ${this.bytes.length}`); // C2
    }
    this.position = at + size;
    return this.bytes.subarray(at, at + size);
  }
  finishColumn(): void {
    this.position = (this.position + 7) & ~7;
  }
  /** `count` 32-bit values; a view if the payload lies aligned, else a copy. */
  int32(count: number): Int32Array {
    const part = this.take(count * 4);
    return this.isAligned ? new Int32Array(part.buffer, part.byteOffset, count) : new Int32Array(copyOf(part).buffer, 0, count);
  }
  /** `count` 64-bit floats; a view if the payload lies aligned, else a copy. */
  float64(count: number): Float64Array {
    const part = this.take(count * 8);
    return this.isAligned ? new Float64Array(part.buffer, part.byteOffset, count) : new Float64Array(copyOf(part).buffer, 0, count);
  }
  blob(): Uint8Array {
    const size = this.int32(1)[0];
    const part = this.take(size);
    this.finishColumn();
    return part;
  }
  /** Fails when bytes are left; drops the payload. */
  end(): void {
    const left = this.bytes.length - this.position;
    this.bytes = NOTHING;
    if (left > 0) throw new MalformedBytesError(`${left} bytes after the last column`);
  }
}

const NOTHING = new Uint8Array(0);

/** Uint8Array.prototype.slice on a Buffer would be a view. */
function copyOf(part: Uint8Array): Uint8Array {
  return new Uint8Array(part);
}
