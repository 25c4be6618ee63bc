/**
 * Frames as bytes, for transports that do not hand over by reference. One message is one frame, an event, or a part of a frame that is too
 * large for a message; all start at a multiple of eight bytes of their own, so that columns can be read in place:
 *
 *   0  u8  version     1  u8  kind     2  u8  flags     3  u8  0     4  u32  count     8  f64  sequence number     16  body
 *
 *   data             count: records. Body: type description (flag 1), timestamps (see timestamp-column.ts), the codec's columns
 *   part             count: parts that follow. Body: the next bytes of the frame. Each part has a sequence number of its own
 *   watermark        body: f64 timestamp              barrier          count: mode; body: f64 checkpoint id, f64 timestamp
 *   idle             count: 1 idle, 0 active          cancel-barrier   body: f64 checkpoint id
 *   high-water-mark  body: f64 next                   credit           body: f64 limit                  end-of-data  no body
 */
import { assertNever, MalformedBytesError } from '@weir/base';
import type { BarrierMode, ChannelMessage, Credit } from './frame.js';

export const FRAME_VERSION = 1;
export const HEADER_BYTES = 16;
/** Largest message. Frames above it travel in parts, so that frames in flight bound bytes in flight. */
export const MESSAGE_BYTES_MAX = 64 * 1024;
/** Largest frame; a record above it is refused by its producer. */
export const FRAME_BYTES_MAX = 64 * 1024 * 1024;
/** Records in a frame at most, whatever their size. */
export const FRAME_RECORDS_MAX = 2048;

export const KIND = {
  data: 1, watermark: 2, idle: 3, barrier: 4, 'cancel-barrier': 5, 'end-of-data': 6, part: 7, 'high-water-mark': 8, credit: 9,
} as const;
/** By `count` of a barrier. */
const BARRIER_MODES: readonly (BarrierMode | undefined)[] = [undefined, 'aligned', 'overtaking'];
/** Flag of a data frame: the description of its type stands before its records. */
export const FLAG_TYPE = 1;

export interface FrameHeader {
  readonly kind: number;
  readonly flags: number;
  readonly count: number;
  readonly seq: number;
}

/** An event or a message outside of the sequence as bytes. */
export function encodeEvent(message: Exclude<ChannelMessage | Credit, { readonly kind: 'data' }>): Uint8Array {
  switch (message.kind) {
    case 'watermark':
      return compose(message.kind, message.seq, 0, message.timestamp);
    case 'idle':
      return compose(message.kind, message.seq, message.idle ? 1 : 0);
    case 'barrier':
      return compose(message.kind, message.seq, BARRIER_MODES.indexOf(message.mode), message.checkpointId, message.timestampMs);
    case 'cancel-barrier':
      return compose(message.kind, message.seq, 0, message.checkpointId);
    case 'end-of-data':
      return compose(message.kind, message.seq, 0);
    case 'high-water-mark':
      return compose(message.kind, 0, 0, message.next);
    case 'credit':
      return compose(message.kind, 0, 0, message.limit);
    default:
      return assertNever(message, 'channel message');
  }
}

function compose(kind: keyof typeof KIND, seq: number, count: number, ...body: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length * 8);
  const view = writeHeader(bytes, KIND[kind], count, seq);
  body.forEach((number, i) => view.setFloat64(HEADER_BYTES + i * 8, number, true));
  return bytes;
}

/** A message that carries `chunk` of a frame; `following` parts come after it. */
export function encodePart(chunk: Uint8Array, following: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + chunk.length);
  writeHeader(bytes, KIND.part, following, 0);
  bytes.set(chunk, HEADER_BYTES);
  return bytes;
}

function writeHeader(bytes: Uint8Array, kind: number, count: number, seq: number): DataView {
  const view = viewOf(bytes);
  bytes[0] = FRAME_VERSION;
  bytes[1] = kind;
  view.setUint32(4, count, true);
  view.setFloat64(8, seq, true);
  return view;
}

/** Numbers a message that was encoded before its place in the sequence was known. */
export function numberFrame(bytes: Uint8Array, seq: number): void {
  viewOf(bytes).setFloat64(8, seq, true);
}

/** Throws `WEIR_BYTES_MALFORMED`. */
export function readHeader(bytes: Uint8Array): FrameHeader {
  if (bytes.length < HEADER_BYTES) throw new MalformedBytesError(`frame of ${bytes.length} bytes`);
  if (bytes[0] !== FRAME_VERSION) throw new MalformedBytesError(`frame of version ${bytes[0]}, this build reads ${FRAME_VERSION}`);
  const view = viewOf(bytes);
  const seq = view.getFloat64(8, true);
  if (!Number.isSafeInteger(seq) || seq < 0) throw new MalformedBytesError(`frame with the sequence number ${seq}`);
  return { kind: bytes[1], flags: bytes[2], count: view.getUint32(4, true), seq };
}

/** Everything except data and parts. Throws `WEIR_BYTES_MALFORMED`. */
export function decodeEvent(bytes: Uint8Array, header: FrameHeader): Exclude<ChannelMessage, { readonly kind: 'data' }> | Credit {
  const { kind, seq, count } = header;
  const view = viewOf(bytes);
  const body = (fields: number): void => {
    if (bytes.length !== HEADER_BYTES + fields * 8) throw new MalformedBytesError(`frame of kind ${kind} with ${bytes.length} bytes`);
  };
  const number = (index: number): number => view.getFloat64(HEADER_BYTES + index * 8, true);
  const whole = (index: number): number => {
    const value = number(index);
    if (!Number.isSafeInteger(value) || value < 0) throw new MalformedBytesError(`frame of kind ${kind} with the number ${value}`);
    return value;
  };
  switch (kind) {
    case KIND.watermark: {
      body(1);
      const timestamp = number(0);
      if (Number.isNaN(timestamp)) throw new MalformedBytesError('watermark that is no number');
      return { kind: 'watermark', seq, timestamp };
    }
    case KIND.idle:
      body(0);
      return { kind: 'idle', seq, idle: count === 1 };
    case KIND.barrier: {
      body(2);
      const mode = BARRIER_MODES[count];
      if (count >= BARRIER_MODES.length) throw new MalformedBytesError(`barrier of mode ${count}`);
      return { kind: 'barrier', seq, checkpointId: whole(0), timestampMs: number(1), ...(mode === undefined ? {} : { mode }) };
    }
    case KIND['cancel-barrier']:
      body(1);
      return { kind: 'cancel-barrier', seq, checkpointId: whole(0) };
    case KIND['end-of-data']:
      body(0);
      return { kind: 'end-of-data', seq };
    case KIND['high-water-mark']:
      body(1);
      return { kind: 'high-water-mark', next: whole(0) };
    case KIND.credit:
      body(1);
      return { kind: 'credit', limit: whole(0) };
    default:
      throw new MalformedBytesError(`unknown kind of frame ${kind}`);
  }
}

/** The limit in a credit, encoded or by reference. A damaged credit is like a lost one, 0: it is repeated. */
export function creditLimitIn(message: unknown): number {
  if (!(message instanceof Uint8Array)) return (message as Credit).limit;
  if (message.length !== HEADER_BYTES + 8 || message[0] !== FRAME_VERSION || message[1] !== KIND.credit) return 0;
  const limit = viewOf(message).getFloat64(HEADER_BYTES, true);
  return Number.isSafeInteger(limit) ? limit : 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
