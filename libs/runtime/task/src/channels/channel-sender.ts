/**
 * The producer's end of a channel. Holds messages back while it has no credit; the task stops taking input meanwhile.
 *
 * C1: sequence numbers are contiguous in the order of publication. C2: no frame is published before the first credit (the consumer's handshake),
 * nor above the credit, but for a barrier that overtakes. C3: while silent, the high-water mark is repeated, so that a lost tail is found. C4: a
 * barrier that overtakes takes the number of the first frame that has not left, and those behind are renumbered (docs/adr/0008); it never comes
 * between the parts of a frame.
 */
import type { Connection, Subscription } from '@weir/ports';
import type { ChannelDescriptor } from '../task-deployment.js';
import type { CapturedFrame } from './channel-state.js';
import type { Barrier, Frame } from './frame.js';
import type { MessageMemory } from './message-memory.js';
import { creditLimitIn, encodeEvent, KIND, numberFrame, readHeader } from './frame-format.js';

type Unnumbered<F> = F extends unknown ? Omit<F, 'seq'> : never;

/** The number of a barrier that overtook, and the messages that it passed, ahead of which nothing waits. Bytes are copies. */
export interface Overtaken {
  readonly barrierSeq: number;
  readonly passed: readonly CapturedFrame[];
}

export class ChannelSender {
  private nextSeq = 0;
  private creditLimit = 0;
  /** Numbered messages that wait for credit: those up to `nextSeq`. */
  private readonly waiting: unknown[] = [];
  private readonly subscription: Subscription;
  /** Encoded messages whose memory is in use, from the one with the number `nextSeq - sent.length`; undefined in the place of others. */
  private sentMessages: (Uint8Array | undefined)[] = [];
  /** Of the first credit, when nothing had been sent: so far the consumer is behind the limit that it grants. */
  private window = 0;
  private sentSinceMark = false;
  /** Where the end of data stands; Infinity before it was sent. */
  private endOfDataSeq = Infinity;
  /** Of the frame whose parts are being published. */
  private partsToFollow = 0;
  /** Who waits for a message to leave. */
  private awaited: { readonly seq: number; readonly left: () => void } | undefined;
  private readonly encoded: boolean;
  private readonly memory: MessageMemory | undefined;
  private readonly deliver: (message: unknown) => void;

  /** `encoded`: messages are bytes, unless the consumer is in this thread. `memory`: where the messages of `sendBytes` come from. */
  constructor(
    readonly descriptor: ChannelDescriptor, connection: Connection, private readonly onWritable: () => void, encoded = false, memory?: MessageMemory,
  ) {
    const inThread = encoded ? connection.inThread?.(descriptor.dataSubject) : undefined;
    this.encoded = encoded && inThread === undefined;
    this.memory = this.encoded ? memory : undefined;
    this.deliver = inThread ?? ((message) => connection.publish(descriptor.dataSubject, message));
    this.subscription = connection.subscribe(descriptor.creditSubject, (message) => this.credit(creditLimitIn(message)));
  }

  /** True when data frames go by `send`. */
  get byReference(): boolean {
    return !this.encoded;
  }
  /** False while frames wait for credit. */
  get writable(): boolean {
    return this.waiting.length === 0 && this.nextSeq < this.creditLimit;
  }
  /**
   * True when nothing that the consumer still needs waits for credit. Barriers behind the end of data are not needed: a consumer that has
   * finished gives no credit for them.
   */
  get drained(): boolean {
    return this.waiting.length === 0 || this.nextSeq - this.waiting.length > this.endOfDataSeq;
  }

  /** Sends, or queues behind what waits for credit. Returns the sequence number. Data frames go by reference: see `sendBytes`. */
  send(frame: Unnumbered<Frame>): number {
    const seq = this.nextSeq;
    const numbered = { ...frame, seq } as Frame;
    if (frame.kind === 'end-of-data') this.endOfDataSeq = seq;
    this.sendNumbered(this.encoded && numbered.kind !== 'data' ? encodeEvent(numbered) : numbered);
    return seq;
  }
  /** The same for a data frame or a part of one, in bytes that nobody changes any more. */
  sendBytes(bytes: Uint8Array): number {
    const seq = this.nextSeq;
    numberFrame(bytes, seq);
    this.sendNumbered(bytes, bytes);
    return seq;
  }

  private sendNumbered(message: unknown, bytes?: Uint8Array): void {
    if (this.memory !== undefined) this.sentMessages.push(bytes);
    if (this.writable) this.publish(message);
    else this.waiting.push(message);
    this.nextSeq++;
  }
  private publish(message: unknown): void {
    this.sentSinceMark = true;
    this.partsToFollow = message instanceof Uint8Array && message[1] === KIND.part ? readHeader(message).count : 0;
    this.deliver(message);
  }

  private get firstWaitingSeq(): number {
    return this.nextSeq - this.waiting.length;
  }

  /** Calls back when the message has been published, now or later. One waits at a time: the newest. */
  whenLeft(seq: number, left: () => void): void {
    if (seq < this.firstWaitingSeq) left();
    else this.awaited = { seq, left };
  }
  private tellLeft(): void {
    const { awaited } = this;
    if (awaited === undefined || awaited.seq >= this.firstWaitingSeq) return;
    this.awaited = undefined;
    awaited.left();
  }

  /** C4. `sentAs`: the barrier waits already, under this number. Undefined: it has left. */
  overtake(barrier: Unnumbered<Barrier>, sentAs?: number): Overtaken | undefined {
    if (sentAs !== undefined && sentAs < this.firstWaitingSeq) return undefined;
    while (this.partsToFollow > 0 && this.waiting.length > 0) this.publish(this.waiting.shift());
    const barrierSeq = this.firstWaitingSeq;
    const passedCount = sentAs === undefined ? this.waiting.length : sentAs - barrierSeq;
    const passed = this.waiting.slice(0, passedCount).map((message) => (message instanceof Uint8Array ? message.slice() : message as Frame));
    this.renumber(barrierSeq, passedCount, sentAs !== undefined);
    const numbered = { ...barrier, seq: barrierSeq };
    const message = this.encoded ? encodeEvent(numbered) : numbered;
    if (this.creditLimit > 0) this.publish(message);
    else this.waiting.unshift(message);
    if (this.awaited?.seq === sentAs) this.awaited = undefined;
    return { barrierSeq, passed };
  }
  /** The first `count` that wait make room for the barrier; its old place, behind them, is filled if it had one. */
  private renumber(first: number, count: number, hadPlace: boolean): void {
    for (let i = 0; i < count; i++) {
      const message = this.waiting[i];
      if (message instanceof Uint8Array) numberFrame(message, first + i + 1);
      else this.waiting[i] = { ...(message as Frame), seq: first + i + 1 };
    }
    if (this.endOfDataSeq >= first && this.endOfDataSeq < first + count) this.endOfDataSeq++;
    if (this.memory !== undefined) {
      const place = first - (this.nextSeq - this.sentMessages.length);
      if (hadPlace) this.sentMessages.splice(place + count, 1);
      this.sentMessages.splice(place, 0, undefined);
    }
    if (hadPlace) this.waiting.splice(count, 1);
    else this.nextSeq++;
  }

  private credit(limit: number): void {
    // Cumulative: an older or repeated one changes nothing.
    if (limit <= this.creditLimit) return;
    if (this.creditLimit === 0) this.window = limit;
    this.creditLimit = limit;
    this.recycle(limit - this.window);
    const firstSeq = this.firstWaitingSeq;
    let sent = 0;
    while (sent < this.waiting.length && firstSeq + sent < limit) this.publish(this.waiting[sent++]);
    this.waiting.splice(0, sent);
    this.tellLeft();
    if (this.writable) this.onWritable();
  }

  /** Messages before `seq` have been received. */
  private recycle(seq: number): void {
    const { memory } = this;
    if (memory === undefined) return;
    const count = Math.min(seq - (this.nextSeq - this.sentMessages.length), this.sentMessages.length);
    if (count <= 0) return;
    for (let i = 0; i < count; i++) {
      const message = this.sentMessages[i];
      if (message !== undefined) memory.recycle(message);
    }
    this.sentMessages.splice(0, count);
  }

  /** C3; periodically, by the task. Published frames only: what waits for credit is not lost. */
  announce(): void {
    if (this.creditLimit === 0) return;
    if (!this.sentSinceMark) {
      const mark = { kind: 'high-water-mark', next: this.nextSeq - this.waiting.length } as const;
      this.deliver(this.encoded ? encodeEvent(mark) : mark);
    }
    this.sentSinceMark = false;
  }
  close(): void {
    this.subscription.unsubscribe();
  }
}
