/**
 * Both directions between this thread and another one: a ring out with what does not fit in it yet, a ring in, and a port for notices.
 *
 * L1. Messages leave in the order of `send`, whether they went through the overflow or not: while it holds anything, everything goes behind it.
 * L2. Messages are handed over in their order, a bounded number a turn, so that the thread's other work has its turns too.
 */
import type { MessagePort } from 'node:worker_threads';
import { assert } from '@weir/base';
import type { Timers } from '@weir/ports';
import { FLAG_MORE, type RingMessage, RingReader, RingWriter, SUBJECT_LENGTH_MAX } from './ring-buffer.js';

/** Notices on a link's port. */
const WAKE = 0;
const DRAINED = 1;
/** Handed over in one turn; then I/O and other actors have theirs. */
const TURN_BYTES = 256 * 1024;
const TURN_MESSAGES = 256;
/**
 * A sleeping reader is woken when so much waits for it, or at the end of the writer's turn. A wake-up costs both sides together as much as a frame
 * does, so that one for each frame would halve the throughput.
 */
const WAKE_BYTES = 128 * 1024;

interface Waiting {
  readonly subject: string;
  readonly flags: number;
  readonly id: number;
  readonly from: number;
  readonly payload: Uint8Array;
  /** Bytes of the payload in the ring already. */
  written: number;
}

export interface LinkMemory {
  /** Written by this thread. */
  readonly outbound: SharedArrayBuffer;
  readonly inbound: SharedArrayBuffer;
  readonly port: MessagePort;
}

export class RingLink {
  private readonly writer: RingWriter;
  private readonly reader: RingReader;
  private readonly message: RingMessage = { subject: '', flags: 0, id: 0, from: 0, payload: new Uint8Array(0) };
  private waiting: Waiting[] = [];
  private firstWaiting = 0;
  /** Bytes in the overflow. */
  overflowBytes = 0;
  private partial: { readonly message: RingMessage; readonly chunks: Uint8Array[]; size: number } | undefined;
  /** Since the last wake-up. */
  private sentBytes = 0;
  private wakeScheduled = false;
  private closed = false;

  constructor(
    private readonly memory: LinkMemory,
    private readonly timers: Timers,
    private readonly deliver: (message: RingMessage) => void,
    /** The overflow became empty. */
    private readonly onDrained: () => void,
  ) {
    this.writer = new RingWriter(memory.outbound);
    this.reader = new RingReader(memory.inbound);
    memory.port.on('message', (notice: number) => {
      if (notice === WAKE) this.receive();
      else this.pump();
    });
    // A thread lives as long as its hub wants, not as long as its links do.
    memory.port.unref();
  }

  /** `payload` is not changed any more by anybody. */
  send(subject: string, flags: number, id: number, from: number, payload: Uint8Array): void {
    assert(subject.length <= SUBJECT_LENGTH_MAX, `a subject of ${subject.length} characters, ${SUBJECT_LENGTH_MAX} are allowed`);
    const { length } = payload;
    if (this.overflowBytes === 0 && length <= this.writer.payloadBytesMax && this.writer.tryWrite(subject, flags, id, from, payload, 0, length)) {
      this.wakeSoon(length);
      return;
    }
    this.waiting.push({ subject, flags, id, from, payload, written: 0 });
    this.overflowBytes += length + 1;
    this.pump();
  }

  /** L1. From the overflow to the ring, as far as there is room. */
  private pump(): void {
    if (this.overflowBytes === 0 || this.closed) return;
    while (this.firstWaiting < this.waiting.length) {
      if (!this.writeFirst()) {
        this.writer.announceFull();
        if (!this.writeFirst()) break;
      }
      const { payload } = this.waiting[this.firstWaiting++];
      this.overflowBytes -= payload.length + 1;
    }
    this.wake();
    if (this.firstWaiting < this.waiting.length) {
      if (this.firstWaiting > 1024) this.forgetWritten();
      return;
    }
    this.forgetWritten();
    this.onDrained();
  }
  private forgetWritten(): void {
    this.waiting = this.waiting.slice(this.firstWaiting);
    this.firstWaiting = 0;
  }
  private writeFirst(): boolean {
    const first = this.waiting[this.firstWaiting];
    const { subject, payload, flags, id, from } = first;
    for (;;) {
      const end = Math.min(first.written + this.writer.payloadBytesMax, payload.length);
      const more = end < payload.length ? FLAG_MORE : 0;
      if (!this.writer.tryWrite(subject, flags | more, id, from, payload, first.written, end)) return false;
      first.written = end;
      if (more === 0) return true;
    }
  }
  private readonly wake = (): void => {
    this.sentBytes = 0;
    this.wakeScheduled = false;
    if (!this.closed && this.writer.claimWakeUp()) this.memory.port.postMessage(WAKE);
  };
  private wakeSoon(bytes: number): void {
    if (!this.writer.readerSleeps) return;
    this.sentBytes += bytes;
    if (this.sentBytes >= WAKE_BYTES) this.wake();
    else if (!this.wakeScheduled) {
      this.wakeScheduled = true;
      queueMicrotask(this.wake);
    }
  }

  /** L2. */
  private readonly receive = (): void => {
    if (this.closed) return;
    let asleep = false;
    try {
      asleep = this.drain();
    } finally {
      // Also when a handler threw: the others shall arrive.
      if (this.reader.claimDrainNotice()) this.memory.port.postMessage(DRAINED);
      if (!asleep) this.timers.defer(this.receive);
    }
  };
  /** True when the ring is empty and the writer will wake this side. */
  private drain(): boolean {
    let bytes = 0;
    for (let count = 0; count < TURN_MESSAGES && bytes < TURN_BYTES; count++) {
      if (!this.reader.tryRead(this.message)) {
        if (this.reader.trySleep()) return true;
        continue;
      }
      bytes += this.message.payload.length;
      this.take(this.message);
      if (this.closed) return true;
    }
    return false;
  }
  private take(message: RingMessage): void {
    const { partial } = this;
    if (partial === undefined && (message.flags & FLAG_MORE) === 0) {
      this.deliver(message);
      return;
    }
    const whole = partial ?? { message: { ...message }, chunks: [], size: 0 };
    this.partial = whole;
    whole.chunks.push(message.payload);
    whole.size += message.payload.length;
    if ((message.flags & FLAG_MORE) !== 0) return;
    this.partial = undefined;
    const payload = new Uint8Array(whole.size);
    let at = 0;
    for (const chunk of whole.chunks) {
      payload.set(chunk, at);
      at += chunk.length;
    }
    this.deliver({ ...whole.message, flags: message.flags, payload });
  }

  /** Drops what waits. */
  dropOverflow(): void {
    // The rest of a message of which the peer has a part must still go, or the next one would continue it.
    const first = this.waiting[this.firstWaiting];
    this.waiting = first !== undefined && first.written > 0 ? [first] : [];
    this.firstWaiting = 0;
    this.overflowBytes = this.waiting.reduce((sum, { payload }) => sum + payload.length + 1, 0);
  }

  /** What is whole in the ring is handed over first. */
  close(): void {
    if (this.closed) return;
    try {
      while (!this.drain());
    } finally {
      this.closed = true;
      this.waiting = [];
      this.firstWaiting = 0;
      this.overflowBytes = 0;
      this.memory.port.close();
    }
  }
}
