/**
 * The producer's end of a channel. Holds frames back while it has no credit; the task stops taking input meanwhile.
 *
 * C1: sequence numbers are contiguous in the order of `send`. C2: no frame is published before the first credit (the consumer's handshake),
 * nor above the credit. C3: while silent, the high-water mark is repeated, so that a lost tail is found.
 */
import type { Connection, Subscription } from '@weir/ports';
import type { ChannelDescriptor } from '../task-deployment.js';
import type { ChannelMessage, Credit, Frame } from './frame.js';

type Unnumbered<F> = F extends unknown ? Omit<F, 'seq'> : never;

export class ChannelSender {
  private nextSeq = 0;
  private creditLimit = 0;
  private readonly waiting: Frame[] = [];
  private readonly subscription: Subscription;
  private sentSinceMark = false;
  /** Where the end of data stands; Infinity before it was sent. */
  private endOfDataSeq = Infinity;

  constructor(readonly descriptor: ChannelDescriptor, private readonly connection: Connection, private readonly onWritable: () => void) {
    this.subscription = connection.subscribe(descriptor.creditSubject, (message) => this.credit(message as Credit));
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
    return this.waiting.length === 0 || this.waiting[0].seq > this.endOfDataSeq;
  }

  /** Sends, or queues behind what waits for credit. Returns the sequence number. */
  send(frame: Unnumbered<Frame>): number {
    const seq = this.nextSeq++;
    const numbered = { ...frame, seq } as Frame;
    if (frame.kind === 'end-of-data') this.endOfDataSeq = seq;
    if (this.waiting.length === 0 && seq < this.creditLimit) this.publish(numbered);
    else this.waiting.push(numbered);
    return seq;
  }

  private publish(message: ChannelMessage): void {
    this.sentSinceMark = true;
    this.connection.publish(this.descriptor.dataSubject, message);
  }

  private credit(credit: Credit): void {
    // Cumulative: an older or repeated one changes nothing.
    if (credit.limit <= this.creditLimit) return;
    this.creditLimit = credit.limit;
    let sent = 0;
    while (sent < this.waiting.length && this.waiting[sent].seq < this.creditLimit) this.publish(this.waiting[sent++]);
    this.waiting.splice(0, sent);
    if (this.writable) this.onWritable();
  }

  /** C3; periodically, by the task. Published frames only: what waits for credit is not lost. */
  announce(): void {
    if (this.creditLimit === 0) return;
    if (!this.sentSinceMark) this.connection.publish(this.descriptor.dataSubject, { kind: 'high-water-mark', next: this.nextSeq - this.waiting.length });
    this.sentSinceMark = false;
  }
  close(): void {
    this.subscription.unsubscribe();
  }
}
