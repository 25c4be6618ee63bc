/**
 * Frames of an outgoing edge as messages of bytes: about `frameBytes` each, as many records in a frame as that takes.
 *
 * P1: a message is at most MESSAGE_BYTES_MAX: a batch above twice the target is halved, a single record above the maximum travels in parts.
 * P2: buffers are reused: scratch memory at once, a message's memory when it is over (message-memory.ts).
 */
import { ByteWriter } from '@weir/base';
import { RecordNotSerializableError } from '../errors.js';
import type { ChannelSender } from './channel-sender.js';
import { encodePart, FRAME_BYTES_MAX, FRAME_RECORDS_MAX, HEADER_BYTES, MESSAGE_BYTES_MAX } from './frame-format.js';
import { MessageMemory } from './message-memory.js';
import { type AnnouncedType, RecordEncoder, type RecordEncoderOptions } from './record-encoder.js';

export interface PartitionEncoderOptions extends RecordEncoderOptions {
  /** What a full frame should take. */
  readonly frameBytes: number;
}

/** Records in the first frame, before their size is known. */
export const FIRST_FRAME_RECORDS = 64;
/** By how much the next frame may hold more records than this one. */
const GROWTH = 4;
const CHUNK_BYTES = MESSAGE_BYTES_MAX - HEADER_BYTES;

export class PartitionEncoder {
  private readonly records: RecordEncoder;
  private readonly announced: readonly AnnouncedType[];
  private readonly out = new ByteWriter(32 * 1024);
  /** Of the frames of all channels. */
  readonly memory: MessageMemory;

  constructor(private readonly options: PartitionEncoderOptions, channels: number) {
    this.records = new RecordEncoder(options);
    this.memory = new MessageMemory(options.frameBytes * 2);
    this.announced = Array.from({ length: channels }, () => ({ typeId: 0 }));
  }

  get fallbackRecords(): number {
    return this.records.fallbackRecords;
  }

  /** Sends `[0, count)`; returns how many records the next frame should hold. Throws `WEIR_RECORD_NOT_SERIALIZABLE`. */
  send(values: readonly unknown[], timestamps: Float64Array, count: number, channel: number, sender: ChannelSender): number {
    const bytes = this.sendBatch(values, timestamps, 0, count, this.announced[channel], sender);
    const fitting = Math.floor((this.options.frameBytes * count) / bytes);
    return Math.max(1, Math.min(fitting, count * GROWTH, FRAME_RECORDS_MAX));
  }

  private sendBatch(values: readonly unknown[], timestamps: Float64Array, from: number, count: number, announced: AnnouncedType, sender: ChannelSender): number {
    const { out, records, options } = this;
    records.encode(values, timestamps, from, count, announced, out);
    // P1
    if (out.length > Math.min(options.frameBytes * 2, MESSAGE_BYTES_MAX) && count > 1) {
      records.discarded();
      const half = count >> 1;
      const first = this.sendBatch(values.slice(0, half), timestamps, from, half, announced, sender);
      return first + this.sendBatch(values.slice(half, count), timestamps, from + half, count - half, announced, sender);
    }
    const { length } = out;
    records.sent(values, count, announced);
    if (length <= MESSAGE_BYTES_MAX) sender.sendBytes(this.memory.messageOf(out));
    else this.sendParts(out.view8(), sender);
    return length;
  }

  private sendParts(frame: Uint8Array, sender: ChannelSender): void {
    if (frame.length > FRAME_BYTES_MAX) {
      throw new RecordNotSerializableError(this.options.operatorName, '', `record of ${frame.length} bytes, ${FRAME_BYTES_MAX} are allowed`, undefined);
    }
    let following = Math.ceil(frame.length / CHUNK_BYTES);
    for (let at = 0; at < frame.length; at += CHUNK_BYTES) sender.sendBytes(encodePart(frame.subarray(at, at + CHUNK_BYTES), --following));
  }
}
