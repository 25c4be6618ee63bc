/**
 * Messages longer than what a server carries travel as parts. A part: kind 2, the sender's number (8 bytes), the message's number in it
 * (u32), the offset of this part and the length of the whole (u32 each), then bytes.
 *
 *  P1. Parts of one message follow one another on their connection; a part that does not continue its sender's message ends that message,
 *      which is lost (at most once), counted, and found missing by the sequence numbers of the layers above.
 *  P2. Memory is bounded whatever arrives: one message a sender, a length limit, a limit for all together, and an age.
 */
import type { Clock, Subject } from '@weir/ports';

/** First byte of a part; lower kinds are whole messages. */
export const KIND_PART = 2;
/** Half of what a server keeps for a slow connection (max_pending, 64 MiB): one message must never fill it. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

const HEADER_BYTES = 21;
const MAX_ASSEMBLING_BYTES = 64 * 1024 * 1024;
const MAX_AGE_MS = 30_000;

/** Cuts messages of one connection. */
export class PartCutter {
  private number = 0;

  /** @param sender 8 random bytes: tells the connections of the cluster apart. */
  constructor(private readonly sender: Uint8Array) {}

  /** Calls `emit` with each part, in order; none is longer than `maxPayload` bytes. */
  cut(message: Uint8Array, maxPayload: number, emit: (part: Uint8Array, last: boolean) => void): void {
    const room = maxPayload - HEADER_BYTES;
    this.number = (this.number + 1) >>> 0;
    for (let offset = 0; offset < message.length; offset += room) {
      const end = Math.min(message.length, offset + room);
      const part = new Uint8Array(HEADER_BYTES + end - offset);
      const view = new DataView(part.buffer);
      part[0] = KIND_PART;
      part.set(this.sender, 1);
      view.setUint32(9, this.number);
      view.setUint32(13, offset);
      view.setUint32(17, message.length);
      part.set(message.subarray(offset, end), HEADER_BYTES);
      emit(part, end === message.length);
    }
  }
}

class Assembly {
  filled = 0;

  constructor(
    readonly subject: Subject,
    readonly number: number,
    readonly bytes: Uint8Array,
    readonly startedAt: number,
  ) {}
}

/** Puts the parts that arrive on one connection together. */
export class PartAssembler {
  private readonly assemblies = new Map<string, Assembly>();
  private assemblingBytes = 0;
  /** Parts and messages given up so far. */
  refused = 0;

  constructor(private readonly clock: Clock) {}

  /** Takes a part; the whole message when this was its last. */
  accept(subject: Subject, part: Uint8Array): Uint8Array | undefined {
    if (part.length <= HEADER_BYTES) return this.refuse();
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    const sender = `${view.getUint32(1)}.${view.getUint32(5)}`;
    const number = view.getUint32(9);
    const offset = view.getUint32(13);
    const total = view.getUint32(17);
    const length = part.length - HEADER_BYTES;
    if (total > MAX_MESSAGE_BYTES || offset + length > total) return this.refuse();
    const assembly = offset === 0 ? this.begin(sender, subject, number, total) : this.assemblies.get(sender);
    if (assembly === undefined) return this.refuse();
    if (assembly.number !== number || assembly.subject !== subject || assembly.filled !== offset || assembly.bytes.length !== total) {
      this.giveUp(sender); // P1
      return this.refuse();
    }
    assembly.bytes.set(part.subarray(HEADER_BYTES), offset);
    assembly.filled += length;
    if (assembly.filled < total) return undefined;
    this.remove(sender, assembly);
    return assembly.bytes;
  }

  /** Forgets what is incomplete. */
  clear(): void {
    for (const sender of [...this.assemblies.keys()]) this.giveUp(sender);
  }

  /** Bytes set aside for messages that are not complete. */
  get pendingBytes(): number {
    return this.assemblingBytes;
  }

  private begin(sender: string, subject: Subject, number: number, total: number): Assembly {
    this.giveUp(sender);
    const now = this.clock.monotonic();
    for (const [other, assembly] of this.assemblies) {
      const fits = this.assemblingBytes + total <= MAX_ASSEMBLING_BYTES;
      if (fits && now - assembly.startedAt < MAX_AGE_MS) break; // oldest first: the rest is younger
      this.giveUp(other); // P2
    }
    const assembly = new Assembly(subject, number, new Uint8Array(total), now);
    this.assemblies.set(sender, assembly);
    this.assemblingBytes += total;
    return assembly;
  }

  private giveUp(sender: string): void {
    const assembly = this.assemblies.get(sender);
    if (assembly === undefined) return;
    this.refused++;
    this.remove(sender, assembly);
  }

  private remove(sender: string, assembly: Assembly): void {
    this.assemblies.delete(sender);
    this.assemblingBytes -= assembly.bytes.length;
  }

  private refuse(): undefined {
    this.refused++;
    return undefined;
  }
}
