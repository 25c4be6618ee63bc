/**
 * All input channels of a task. Hands out one frame at a time, round robin over channels that have one and are not blocked by a barrier.
 *
 * G1: per channel frames are taken in sequence; a gap fails the task. G2: a blocked channel is not read. G3: credit is granted for messages that
 * were processed, so that at most `framesInFlight` per channel are buffered here. A part of a large frame counts as processed when it is
 * collected: beyond the bound, a channel holds one frame at most. G4: bytes are decoded when they are taken, so that the bound is one of bytes.
 * G5: a barrier is told of when it arrives, in the turn in which a capture up to it ends: no later frame slips in.
 */
import { MalformedBytesError, toError } from '@weir/base';
import type { Connection, Subscription } from '@weir/ports';
import { ChannelBrokenError } from '../errors.js';
import type { ChannelDescriptor, InputGateDescriptor } from '../task-deployment.js';
import { ChannelCapture } from './channel-capture.js';
import type { ChannelStateWriter } from './channel-state.js';
import type { Barrier, ChannelMessage, Credit, Frame } from './frame.js';
import { decodeEvent, encodeEvent, KIND, readHeader } from './frame-format.js';
import { DecodeMemory, FrameAssembly, FrameDecoder } from './frame-decoder.js';

/** A data frame that was not decoded yet (G4). */
interface EncodedFrame {
  readonly kind: 'encoded';
  readonly seq: number;
  readonly bytes: Uint8Array;
}

export class InputChannel {
  private queue: (Frame | EncodedFrame)[] = [];
  private head = 0;
  private expected = 0;
  /** Messages processed: frames taken and parts collected. */
  private consumed = 0;
  private granted = 0;
  /** True while its barrier waits for those of other channels. */
  blocked = false;
  private readonly subscription: Subscription;
  private readonly decoder: FrameDecoder;
  private readonly assembly = new FrameAssembly();
  private readonly sendCredit: (credit: Credit) => void;
  private capture: ChannelCapture | undefined;
  /** Of the frame taken last, when it came as bytes. */
  takenBytes: Uint8Array | undefined;
  /** G5. */
  onBarrier: (barrier: Barrier) => void = () => undefined;

  constructor(
    /** Place in the gate. */
    readonly index: number,
    readonly edgeIndex: number,
    readonly inputIndex: number,
    readonly descriptor: ChannelDescriptor,
    connection: Connection,
    private readonly framesInFlight: number,
    private readonly onFrame: () => void,
    private readonly onBroken: (error: Error) => void,
    /** Credit is sent as bytes, unless the producer is in this thread. What comes may be either. */
    encoded = false,
    memory = new DecodeMemory(),
  ) {
    const { creditSubject } = descriptor;
    const inThread = encoded ? connection.inThread?.(creditSubject) : undefined;
    this.sendCredit = inThread ?? ((credit) => connection.publish(creditSubject, encoded ? encodeEvent(credit) : credit));
    this.decoder = new FrameDecoder(memory);
    this.subscription = connection.subscribe(descriptor.dataSubject, (message) => {
      if (message instanceof Uint8Array) this.receiveBytes(message);
      else this.receive(message as ChannelMessage);
    });
  }

  /** C2: tells the producer that this end is there. */
  open(): void {
    this.granted = this.framesInFlight;
    this.repeatCredit();
  }
  private receive(message: ChannelMessage): void {
    if (message.kind === 'high-water-mark') {
      if (message.next > this.expected) this.broken(`frames ${this.expected} to ${message.next - 1} are missing at its end`);
      return;
    }
    if (this.isDue(message.seq)) this.enqueue(message);
  }
  private receiveBytes(bytes: Uint8Array): void {
    try {
      const header = readHeader(bytes);
      if (header.kind === KIND.data) {
        if (this.isDue(header.seq)) this.enqueue({ kind: 'encoded', seq: header.seq, bytes });
        return;
      }
      if (header.kind === KIND.part) {
        if (this.isDue(header.seq)) this.collect(this.assembly.add(bytes, header), header.seq);
        return;
      }
      const event = decodeEvent(bytes, header);
      if (event.kind === 'credit') throw new MalformedBytesError('credit where a frame was due');
      this.receive(event);
    } catch (error) {
      this.broken(toError(error).message, error);
    }
  }
  /** G1. False for what was received before, and when the channel is broken. */
  private isDue(seq: number): boolean {
    if (seq > this.expected) this.broken(`frame ${seq} arrived where ${this.expected} was due`);
    return seq === this.expected;
  }
  private enqueue(frame: Frame | EncodedFrame): void {
    if (this.assembly.isOpen) throw new MalformedBytesError(`frame ${frame.seq} in the middle of the parts of another`);
    this.expected++;
    this.queue.push(frame);
    if (this.capture?.offer(frame) === false) this.capture = undefined;
    if (frame.kind === 'barrier') this.onBarrier(frame);
    this.onFrame();
  }

  /** Begins to keep what lies ahead of this barrier, in place of what was kept for another. */
  captureUntil(checkpointId: number, writerFor: (type: Uint8Array | undefined) => ChannelStateWriter): ChannelCapture {
    const capture = new ChannelCapture(checkpointId, writerFor(this.decoder.type));
    for (let i = this.head; i < this.queue.length && capture.offer(this.queue[i]); i++);
    this.capture = capture.barrierSeq === undefined ? capture : undefined;
    return capture;
  }
  stopCapture(): void {
    this.capture = undefined;
  }
  /** G3. The last part stands for its frame. */
  private collect(frame: Uint8Array | undefined, seq: number): void {
    if (frame !== undefined) {
      this.enqueue({ kind: 'encoded', seq, bytes: frame });
      return;
    }
    this.expected++;
    this.grant();
  }
  private broken(why: string, cause?: unknown): void {
    this.onBroken(new ChannelBrokenError(this.descriptor.dataSubject, why, cause));
  }
  get readable(): boolean {
    return !this.blocked && this.head < this.queue.length;
  }
  /** Throws `WEIR_CHANNEL_BROKEN` for bytes that are no frame. A data frame's records are valid until the next call on the same gate. */
  take(): Frame {
    const frame = this.queue[this.head];
    this.head++;
    if (this.head === this.queue.length) {
      this.queue = [];
      this.head = 0;
    }
    this.takenBytes = frame.kind === 'encoded' ? frame.bytes : undefined;
    const decoded = frame.kind === 'encoded' ? this.decode(frame) : frame;
    this.grant();
    return decoded;
  }
  private decode({ bytes, seq }: EncodedFrame): Frame {
    try {
      return this.decoder.decode(bytes, seq);
    } catch (error) {
      throw new ChannelBrokenError(this.descriptor.dataSubject, toError(error).message, error);
    }
  }
  private grant(): void {
    this.consumed++;
    // Half a window at a time: one credit message for several frames.
    if (this.consumed + this.framesInFlight - this.granted < this.framesInFlight / 2) return;
    this.granted = this.consumed + this.framesInFlight;
    this.repeatCredit();
  }
  /** Periodically, by the task: a lost credit delays, it never deadlocks. */
  repeatCredit(): void {
    this.sendCredit({ kind: 'credit', limit: this.granted });
  }
  get buffered(): number {
    return this.queue.length - this.head;
  }
  close(): void {
    this.subscription.unsubscribe();
  }
}

export class InputGate {
  readonly channels: readonly InputChannel[];
  private nextChannel = 0;

  constructor(gates: readonly InputGateDescriptor[], connection: Connection, framesInFlight: number, onFrame: () => void, onBroken: (error: Error) => void,
    encoded = false) {
    const memory = new DecodeMemory();
    let index = 0;
    this.channels = gates.flatMap((gate) => gate.channels.map((descriptor) =>
      new InputChannel(index++, gate.edgeIndex, gate.inputIndex, descriptor, connection, framesInFlight, onFrame, onBroken, encoded, memory)));
  }
  open(): void {
    for (const channel of this.channels) channel.open();
  }
  /** The next channel with a frame to take. */
  next(): InputChannel | undefined {
    const { channels } = this;
    for (let i = 0; i < channels.length; i++) {
      const channel = channels[(this.nextChannel + i) % channels.length];
      if (!channel.readable) continue;
      this.nextChannel = (channel.index + 1) % channels.length;
      return channel;
    }
    return undefined;
  }
  repeatCredits(): void {
    for (const channel of this.channels) channel.repeatCredit();
  }
  close(): void {
    for (const channel of this.channels) channel.close();
  }
}
