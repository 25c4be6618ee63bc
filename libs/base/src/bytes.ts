/** Growing byte writer and bounds-checked reader, little-endian. Every snapshot and frame of Weir is written and read through these. */
import { WeirError } from './errors.js';
import { decodeWtf8, encodeWtf8, hasLoneSurrogate } from './wtf8.js';

/** Bytes do not hold what their reader expects: cut off, damaged, or of another format. */
export class MalformedBytesError extends WeirError {
  constructor(message: string, cause?: unknown) {
    super({
      code: 'WEIR_BYTES_MALFORMED',
      domain: 'external',
      retry: 'never',
      message,
      hint: 'The file or message is damaged or was written by something else; restore an undamaged copy.',
      cause,
    });
  }
}

/** The text methods of Node's Buffer, three times as fast as TextEncoder and TextDecoder on short texts. Elsewhere those are used. */
interface NativeText extends Uint8Array {
  utf8Write(text: string, offset: number, length: number): number;
  latin1Slice(start: number, end: number): string;
}
interface NativeTextFactory {
  from(memory: ArrayBufferLike, offset: number, length: number): NativeText;
}
const nativeText = (globalThis as unknown as { Buffer?: NativeTextFactory }).Buffer;
/** Up to here a loop over the characters beats a call out of JavaScript. */
const LOOP_LENGTH_MAX = 24;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Appends to one growing buffer; `reset` keeps the memory for the next use. */
export class ByteWriter {
  private buffer: Uint8Array;
  private view: DataView;
  /** The same memory for {@link NativeText}; made when first needed. */
  private native: NativeText | undefined = undefined;
  /** Bytes written since the last reset. */
  length = 0;

  constructor(initialCapacity = 1024) {
    this.buffer = new Uint8Array(initialCapacity);
    this.view = new DataView(this.buffer.buffer);
  }

  reset(): void {
    this.length = 0;
  }

  /** Makes room for `extra` bytes after `length`. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
    this.native = undefined;
  }

  u8(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }
  u16(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }
  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }
  i32(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.length, value, true);
    this.length += 4;
  }
  f64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }
  i64(value: bigint): void {
    this.reserve(8);
    this.view.setBigInt64(this.length, value, true);
    this.length += 8;
  }
  /** Unsigned LEB128; whole numbers up to 2^53 - 1. */
  varint(value: number): void {
    this.reserve(8);
    if (value < 0x80) {
      this.buffer[this.length++] = value;
      return;
    }
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.length++] = rest;
  }
  /** Raw bytes without a length. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }
  /** Varint length, then the bytes. */
  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }
  /** Varint byte length, then UTF-8. Any string is read back as it is, lone surrogates too (WTF-8). Short ASCII takes a fast path. */
  string(text: string): void {
    const length = text.length;
    if (length <= LOOP_LENGTH_MAX) {
      this.reserve(length + 1);
      const { buffer, length: start } = this;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 127) break;
        buffer[start + 1 + i] = code;
      }
      if (i === length) {
        buffer[start] = length;
        this.length = start + 1 + length;
        return;
      }
    } else if (length < 128 && nativeText !== undefined) {
      this.reserve(length * 3 + 1);
      this.native ??= nativeText.from(this.buffer.buffer, this.buffer.byteOffset, this.buffer.length);
      const start = this.length;
      if (this.native.utf8Write(text, start + 1, length * 3) === length) {
        this.buffer[start] = length; // as many bytes as characters: ASCII
        this.length = start + 1 + length;
        return;
      }
    }
    const encoded = utf8Encoder.encode(text);
    this.bytes(encoded.length !== length && hasLoneSurrogate(text) ? encodeWtf8(text) : encoded);
  }
  /** Overwrites four bytes at `offset`, e.g. a length that was not known before. */
  patchU32(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
  }
  /** The written bytes, as a view that the next write may change. */
  view8(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
  /** A copy of the written bytes. */
  toBytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

/** Reads what a {@link ByteWriter} wrote. Every read past the end throws {@link MalformedBytesError}. */
export class ByteReader {
  private readonly view: DataView;
  private native: NativeText | undefined = undefined;
  constructor(
    private readonly buffer: Uint8Array,
    /** Next byte to read. */
    public offset = 0,
    /** Exclusive. */
    readonly end = buffer.length,
  ) {
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  get remaining(): number {
    return this.end - this.offset;
  }
  private advance(count: number): number {
    const at = this.offset;
    if (count < 0 || at + count > this.end) throw new MalformedBytesError(`${count} bytes wanted at offset ${at}, ${this.end - at} left`);
    this.offset = at + count;
    return at;
  }
  u8(): number {
    return this.buffer[this.advance(1)];
  }
  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }
  i32(): number {
    return this.view.getInt32(this.advance(4), true);
  }
  f64(): number {
    return this.view.getFloat64(this.advance(8), true);
  }
  i64(): bigint {
    return this.view.getBigInt64(this.advance(8), true);
  }
  varint(): number {
    const { offset } = this;
    if (offset < this.end) {
      const first = this.buffer[offset];
      if (first < 0x80) {
        this.offset = offset + 1;
        return first;
      }
    }
    let result = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.u8();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
      scale *= 0x80;
    }
    throw new MalformedBytesError(`varint of more than 8 bytes at offset ${this.offset}`);
  }
  /** Passes over bytes that the caller takes from the memory itself. */
  skip(length: number): void {
    this.advance(length);
  }
  /** A view, not a copy. */
  raw(length: number): Uint8Array {
    const at = this.advance(length);
    return this.buffer.subarray(at, at + length);
  }
  /** A view, not a copy. */
  bytes(): Uint8Array {
    return this.raw(this.varint());
  }
  string(): string {
    const length = this.varint();
    const at = this.advance(length);
    const { buffer } = this;
    let i = at;
    const to = at + length;
    while (i < to && buffer[i] < 128) i++;
    if (i === to) {
      if (nativeText !== undefined) {
        this.native ??= nativeText.from(buffer.buffer, buffer.byteOffset, buffer.length);
        return this.native.latin1Slice(at, to);
      }
      if (length <= LOOP_LENGTH_MAX) return String.fromCharCode(...buffer.subarray(at, to));
    }
    try {
      return utf8Decoder.decode(this.buffer.subarray(at, at + length));
    } catch (cause) {
      const text = decodeWtf8(this.buffer.subarray(at, at + length));
      if (text !== undefined) return text;
      throw new MalformedBytesError(`bytes ${at} to ${at + length} are not UTF-8`, cause);
    }
  }
}
