/**
 * All input channels of a task. Hands out one frame at a time, round robin over channels that have one and are not blocked by a barrier.
 *
 * G1: per channel frames are taken in sequence; a gap fails the task. G2: a blocked channel is not read. G3: credit is granted for frames that
 * were processed, so that at most `framesInFlight` per channel are buffered here.
 */
import type { Connection, Subscription } from '@weir/ports';
import { ChannelBrokenError } from '../errors.js';
import type { ChannelDescriptor, InputGateDescriptor } from '../task-deployment.js';
import type { ChannelMessage, Frame } from './frame.js';

export class InputChannel {
  private queue: Frame[] = [];
  private head = 0;
  private expected = 0;
  private granted = 0;
  /** True while its barrier waits for those of other channels. */
  blocked = false;
  private readonly subscription: Subscription;

  constructor(
    /** Place in the gate. */
    readonly index: number,
    readonly edgeIndex: number,
    readonly inputIndex: number,
    readonly descriptor: ChannelDescriptor,
    private readonly connection: Connection,
    private readonly framesInFlight: number,
    private readonly onFrame: () => void,
    private readonly onBroken: (error: Error) => void,
  ) {
    this.subscription = connection.subscribe(descriptor.dataSubject, (message) => this.receive(message as ChannelMessage));
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
    if (message.seq < this.expected) return;
    if (message.seq > this.expected) {
      this.broken(`frame ${message.seq} arrived where ${this.expected} was due`);
      return;
    }
    this.expected++;
    this.queue.push(message);
    this.onFrame();
  }
  private broken(why: string): void {
    this.onBroken(new ChannelBrokenError(this.descriptor.dataSubject, why));
  }
  get readable(): boolean {
    return !this.blocked && this.head < this.queue.length;
  }
  take(): Frame {
    const frame = this.queue[this.head];
    this.head++;
    if (this.head === this.queue.length) {
      this.queue = [];
      this.head = 0;
    }
    // Half a window at a time: one credit message for several frames.
    if (frame.seq + 1 + this.framesInFlight - this.granted >= this.framesInFlight / 2) {
      this.granted = frame.seq + 1 + this.framesInFlight;
      this.repeatCredit();
    }
    return frame;
  }
  /** Periodically, by the task: a lost credit delays, it never deadlocks. */
  repeatCredit(): void {
    this.connection.publish(this.descriptor.creditSubject, { kind: 'credit', limit: this.granted });
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

  constructor(gates: readonly InputGateDescriptor[], connection: Connection, framesInFlight: number, onFrame: () => void, onBroken: (error: Error) => void) {
    let index = 0;
    this.channels = gates.flatMap((gate) => gate.channels.map((descriptor) =>
      new InputChannel(index++, gate.edgeIndex, gate.inputIndex, descriptor, connection, framesInFlight, onFrame, onBroken)));
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
