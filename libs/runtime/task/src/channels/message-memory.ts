/**
 * Memory of messages that were sent, for those that follow: fresh memory for each frame costs as much as a tenth of its encoding, in the garbage
 * collector and in caches. A message is over when credit came for a later one (`ChannelSender`): its consumer has its own copy then, because frames
 * are bytes only where a transport copies (T5).
 */
import type { ByteWriter } from '@weir/base';

/** Unused blocks that are kept. */
const FREE_MAX = 64;

export class MessageMemory {
  private readonly free: Uint8Array[] = [];

  /** Messages of up to `blockBytes` are taken from here; larger ones have memory of their own. */
  constructor(private readonly blockBytes: number) {}

  /** What was written, as a message. It starts at a multiple of eight bytes. */
  messageOf(written: ByteWriter): Uint8Array {
    const { length } = written;
    if (length > this.blockBytes) return written.toBytes();
    const block = this.free.pop() ?? new Uint8Array(this.blockBytes);
    const message = block.subarray(0, length);
    message.set(written.view8());
    return message;
  }

  /** Nobody reads the message any more. */
  recycle(message: Uint8Array): void {
    const { buffer } = message;
    if (buffer.byteLength === this.blockBytes && this.free.length < FREE_MAX) this.free.push(new Uint8Array(buffer));
  }
}
