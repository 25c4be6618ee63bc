/**
 * What was in flight in one channel, as bytes: the type its decoder knew, how many records of the first data frame were taken already, then frames as they are
 * on the wire (frame-format.ts), each behind its length. Only what a consumer can make use of later: records, watermarks, idleness.
 */
import { ByteReader, ByteWriter, MalformedBytesError } from '@weir/base';
import type { DataFrame, Frame } from './frame.js';
import { DecodeMemory, FrameAssembly, FrameDecoder } from './frame-decoder.js';
import { decodeEvent, encodeEvent, KIND, readHeader } from './frame-format.js';
import { RecordEncoder, type RecordEncoderOptions } from './record-encoder.js';

/** A frame as it was found: by reference, or the bytes of a message, which may be a part. */
export type CapturedFrame = Frame | Uint8Array;

export type ReplayElement = DataFrame | Extract<Frame, { readonly kind: 'watermark' | 'idle' }>;

/** Records of one encoded frame at most; one by reference may hold more. */
const RECORDS_MAX = 1024;

/**
 * Takes frames while nobody has touched them: what a record holds may be changed by its consumer (an accumulator that a local window sent). What
 * goes wrong is told at the end.
 */
export class ChannelStateWriter {
  private readonly out = new ByteWriter(1024);
  private readonly assembly = new FrameAssembly();
  private encode: ((frame: DataFrame, out: ByteWriter) => void) | undefined;
  private failure: unknown;

  /** `type`: description of the type that the frames before these were in. `taken`: records of the first data frame, which comes as bytes. */
  constructor(private readonly records: RecordEncoderOptions, type?: Uint8Array, taken = 0) {
    this.out.bytes(type ?? new Uint8Array(0));
    this.out.varint(taken);
  }

  add(frame: CapturedFrame): void {
    if (this.failure !== undefined) return;
    try {
      this.write(frame);
    } catch (failure) {
      this.failure = failure;
    }
  }

  /** Throws `WEIR_RECORD_NOT_SERIALIZABLE` for records that were handed over by reference. */
  finish(): Uint8Array {
    if (this.failure !== undefined) throw this.failure;
    return this.out.toBytes();
  }

  private write(frame: CapturedFrame): void {
    const { out } = this;
    if (frame instanceof Uint8Array) {
      const header = readHeader(frame);
      const whole = header.kind === KIND.part ? this.assembly.add(frame, header) : frame;
      if (whole !== undefined && isReplayed(whole[1])) out.bytes(whole);
    } else if (frame.kind === 'data') {
      this.encode ??= dataEncoder(this.records);
      this.encode(frame, out);
    } else if (frame.kind === 'watermark' || frame.kind === 'idle') out.bytes(encodeEvent(frame));
  }
}

function isReplayed(kind: number): boolean {
  return kind === KIND.data || kind === KIND.watermark || kind === KIND.idle;
}

/** Told its type anew: whatever was known before does not matter. */
function dataEncoder(options: RecordEncoderOptions): (frame: DataFrame, out: ByteWriter) => void {
  const encoder = new RecordEncoder(options);
  const announced = { typeId: 0 };
  const message = new ByteWriter(16 * 1024);
  return ({ values, timestamps, count }, out) => {
    for (let from = 0; from < count; from += RECORDS_MAX) {
      const batch = values.slice(from, Math.min(count, from + RECORDS_MAX));
      encoder.encode(batch, timestamps, from, batch.length, announced, message);
      encoder.sent(batch, batch.length, announced);
      out.bytes(message.view8());
    }
  };
}

/** Decodes the parts of one channel's state, in order. Throws `WEIR_BYTES_MALFORMED`. */
export class ChannelStateDecoder {
  private readonly memory = new DecodeMemory();
  private readonly decoder = new FrameDecoder(this.memory);

  /** Records are of their own: they may be kept. */
  decode(bytes: Uint8Array): ReplayElement[] {
    const reader = new ByteReader(bytes);
    const type = reader.bytes();
    if (type.length > 0) this.decoder.assume(type);
    let taken = reader.varint();
    const elements: ReplayElement[] = [];
    while (reader.remaining > 0) {
      const element = this.element(reader.bytes().slice()); // columns are read in place: a frame begins its memory
      if (element.kind !== 'data' || taken === 0) elements.push(element);
      else {
        if (taken < element.count) elements.push(restOf(element, taken));
        taken = 0;
      }
    }
    return elements;
  }

  private element(bytes: Uint8Array): ReplayElement {
    const header = readHeader(bytes);
    if (header.kind === KIND.data) {
      const { kind, seq, count, values, timestamps } = this.decoder.decode(bytes, header.seq);
      return { kind, seq, count, values: values.slice(0, count), timestamps: timestamps.slice(0, count) };
    }
    const event = decodeEvent(bytes, header);
    if (event.kind !== 'watermark' && event.kind !== 'idle') throw new MalformedBytesError(`${event.kind} in the state of a channel`);
    return event;
  }
}

/** Without its first records; in memory of its own. */
export function restOf({ kind, seq, count, values, timestamps }: DataFrame, taken: number): DataFrame {
  return { kind, seq, count: count - taken, values: values.slice(taken, count), timestamps: timestamps.slice(taken, count) };
}
