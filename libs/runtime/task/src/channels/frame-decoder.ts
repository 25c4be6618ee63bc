/**
 * Frames of one channel from bytes. What comes may be damaged: everything is checked before memory is taken for it, and whatever goes wrong is
 * one error (X1). Decoded records share no memory with the message.
 */
import { ByteReader, MalformedBytesError } from '@weir/base';
import { type ColumnarCodec, type TypeDescription, typeFromDescription } from '@weir/types';
import type { DataFrame } from './frame.js';
import { FLAG_TYPE, FRAME_BYTES_MAX, FRAME_RECORDS_MAX, type FrameHeader, HEADER_BYTES, KIND, readHeader } from './frame-format.js';
import { readTimestamps } from './timestamp-column.js';

/** Where records are decoded to. Frames are processed one at a time, so that one serves all channels of a task. */
export class DecodeMemory {
  readonly values: unknown[] = [];
  timestamps = new Float64Array(64);

  timestampsFor(count: number): Float64Array {
    if (this.timestamps.length < count) this.timestamps = new Float64Array(Math.max(count, this.timestamps.length * 2));
    return this.timestamps;
  }
}

const DESCRIPTION_BYTES_MAX = 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

export class FrameDecoder {
  private codec: ColumnarCodec<unknown> | undefined;
  private description: Uint8Array | undefined;

  constructor(private readonly memory: DecodeMemory) {}

  /** Description of the type that frames without one of their own are in. */
  get type(): Uint8Array | undefined {
    return this.description;
  }

  /** The records of a data frame, valid until the next call on the same memory. Throws `WEIR_BYTES_MALFORMED`. */
  decode(bytes: Uint8Array, seq: number): DataFrame {
    try {
      return this.decodeChecked(bytes, seq);
    } catch (error) {
      // X1: a damaged description or column may be refused by any layer.
      throw error instanceof MalformedBytesError ? error : new MalformedBytesError('frame that cannot be decoded', error);
    }
  }

  private decodeChecked(bytes: Uint8Array, seq: number): DataFrame {
    const { kind, flags, count } = readHeader(bytes);
    if (kind !== KIND.data || flags > FLAG_TYPE || count === 0 || count > FRAME_RECORDS_MAX) {
      throw new MalformedBytesError(`data frame of kind ${kind} with flags ${flags} and ${count} records`);
    }
    const reader = new ByteReader(bytes, HEADER_BYTES);
    if (flags === FLAG_TYPE) this.readType(reader);
    const { codec, memory } = this;
    if (codec === undefined) throw new MalformedBytesError('data frame before its type was told');
    const timestamps = memory.timestampsFor(count);
    readTimestamps(reader, count, timestamps);
    const decoded = codec.decode(reader, memory.values);
    if (decoded !== count) throw new MalformedBytesError(`${decoded} records in a frame that announces ${count}`);
    if (reader.remaining !== 0) throw new MalformedBytesError(`${reader.remaining} bytes after the records of a frame`);
    return { kind: 'data', count, values: memory.values, timestamps, seq };
  }

  private readType(reader: ByteReader): void {
    const length = reader.u32();
    if (length > DESCRIPTION_BYTES_MAX) throw new MalformedBytesError(`description of a type of ${length} bytes`);
    const description = reader.raw(length).slice();
    while ((reader.offset & 7) !== 0) reader.u8();
    this.assume(description);
  }

  /** As if a frame of this type had been decoded. Throws what no description throws. */
  assume(description: Uint8Array): void {
    this.codec = typeFromDescription(JSON.parse(utf8.decode(description)) as TypeDescription).createColumnarCodec();
    this.description = description;
  }
}

/** Collects the parts of a frame. */
export class FrameAssembly {
  private chunks: Uint8Array[] = [];
  private size = 0;
  private following = 0;

  /** True between the first and the last part. */
  get isOpen(): boolean {
    return this.chunks.length > 0;
  }

  /** The frame when this was its last part. Throws `WEIR_BYTES_MALFORMED`. */
  add(part: Uint8Array, header: FrameHeader): Uint8Array | undefined {
    const chunk = part.subarray(HEADER_BYTES);
    if (chunk.length === 0 || (this.isOpen && header.count !== this.following - 1)) {
      throw new MalformedBytesError(`part with ${chunk.length} bytes and ${header.count} to follow after one with ${this.following} to follow`);
    }
    this.size += chunk.length;
    if (this.size > FRAME_BYTES_MAX) throw new MalformedBytesError(`frame of more than ${FRAME_BYTES_MAX} bytes`);
    this.chunks.push(chunk);
    this.following = header.count;
    if (header.count > 0) return undefined;
    const frame = new Uint8Array(this.size);
    let at = 0;
    for (const piece of this.chunks) {
      frame.set(piece, at);
      at += piece.length;
    }
    this.chunks = [];
    this.size = 0;
    return frame;
  }
}
