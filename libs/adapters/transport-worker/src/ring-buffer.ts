/**
 * A queue of messages in shared memory between one writing and one reading thread. Hot path; benchmark `network`.
 *
 * Positions are counted in words of eight bytes, grow without end (modulo 2^32) and are each written by one side only. A message: a header of three
 * words (payload length i32, subject length u16, flags u8, 0, subject number u32, id u32, from i32, 0), the subject's text, the payload; each begins at
 * a word, so that bytes are copied by words (eight times as fast from and to shared memory as when source and destination differ modulo eight). The
 * text stands only where a subject has not been used lately: text in shared memory costs as much as thousands of bytes do.
 *
 * R1. A message becomes visible by one atomic store of the head, after all of it was written: a thread that dies while it writes leaves nothing behind.
 * R2. The writer never overtakes the tail; the reader frees a message after it copied it.
 * R3. `sleeping` is raised by the reader before it looks a last time, and lowered by the writer after it wrote: one of the two always sees the
 *     other. The same holds for `full`, the other way round. So no wake-up is lost, and there is at most one per transition.
 */
import { assert } from '@weir/base';

/** Places in the control block, a cache line apart. */
const HEAD = 0;
const TAIL = 16;
const SLEEPING = 32;
const FULL = 48;
const CONTROL_BYTES = 256;
const HEADER_WORDS = 3;
/** Subjects that both sides remember by number. When they are full all are forgotten, and each is told again. */
const SUBJECTS_MAX = 4096;
/** Header and subject. */
const HEADER_BYTES_MAX = 512;
export const SUBJECT_LENGTH_MAX = HEADER_BYTES_MAX - HEADER_WORDS * 8;
/** In place of a payload length: go on at the start. */
const WRAP = -1;

/** The payload goes on in the next message. */
export const FLAG_MORE = 1;
/** The payload is a wire message, not the bytes of one that is bytes. */
export const FLAG_WIRE = 2;

export interface RingMessage {
  /** ASCII, not empty. */
  subject: string;
  flags: number;
  /** Not 0: the publisher asks whether somebody was there. */
  id: number;
  /** The thread that asks. */
  from: number;
  payload: Uint8Array;
}

/** @param bytes A power of two, at least 4096. The reader counts as asleep. */
export function createRing(bytes: number): SharedArrayBuffer {
  assert(bytes >= 4096 && (bytes & (bytes - 1)) === 0, `a ring has a power of two of bytes, at least 4096, not ${bytes}`);
  const memory = new SharedArrayBuffer(CONTROL_BYTES + bytes);
  new Int32Array(memory)[SLEEPING] = 1;
  return memory;
}

abstract class Ring {
  protected readonly control: Int32Array;
  protected readonly i32: Int32Array;
  protected readonly bytes: Uint8Array;
  /** Words. */
  protected readonly capacity: number;
  protected readonly mask: number;

  constructor(memory: SharedArrayBuffer) {
    this.control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
    this.i32 = new Int32Array(memory, CONTROL_BYTES);
    this.bytes = new Uint8Array(memory, CONTROL_BYTES);
    this.capacity = this.bytes.length / 8;
    this.mask = this.capacity - 1;
  }
}

export class RingWriter extends Ring {
  private head = 0;
  private readonly subjects = new Map<string, number>();
  /** Payload of one message at most; longer ones are cut (FLAG_MORE). Half the ring then always takes one, wherever it begins. */
  readonly payloadBytesMax: number;

  constructor(memory: SharedArrayBuffer) {
    super(memory);
    this.payloadBytesMax = (this.capacity * 8) / 4 - HEADER_BYTES_MAX;
  }

  /** False when there is no room. `payload[from..to)` is copied. */
  tryWrite(subject: string, flags: number, id: number, sender: number, payload: Uint8Array, from: number, to: number): boolean {
    const { i32, bytes, control, capacity, mask } = this;
    const size = to - from;
    const known = this.subjects.get(subject);
    const subjectLength = known === undefined ? subject.length : 0;
    const subjectWords = (subjectLength + 7) >> 3;
    const words = HEADER_WORDS + subjectWords + ((size + 7) >> 3);
    const { head } = this;
    let at = head & mask;
    const toEnd = capacity - at;
    const skipped = words > toEnd ? toEnd : 0;
    const used = (head - Atomics.load(control, TAIL)) | 0;
    if (used + skipped + words > capacity) return false; // R2
    if (skipped > 0) {
      i32[at << 1] = WRAP;
      at = 0;
    }
    const word = at << 1;
    i32[word] = size;
    i32[word + 1] = subjectLength | (flags << 16);
    i32[word + 2] = known ?? this.numberOf(subject);
    i32[word + 3] = id;
    i32[word + 4] = sender;
    const start = (at + HEADER_WORDS) << 3;
    for (let i = 0; i < subjectLength; i++) bytes[start + i] = subject.charCodeAt(i);
    bytes.set(size === payload.length ? payload : payload.subarray(from, to), start + (subjectWords << 3));
    this.head = (head + skipped + words) | 0;
    Atomics.store(control, HEAD, this.head); // R1
    return true;
  }

  private numberOf(subject: string): number {
    if (this.subjects.size === SUBJECTS_MAX) this.subjects.clear();
    const number = this.subjects.size;
    this.subjects.set(subject, number);
    return number;
  }

  /** What was written before is seen by a reader that falls asleep later (R3). */
  get readerSleeps(): boolean {
    return Atomics.load(this.control, SLEEPING) === 1;
  }
  /** R3. True when the reader sleeps and is to be woken; it counts as awake from now on. */
  claimWakeUp(): boolean {
    return this.readerSleeps && Atomics.exchange(this.control, SLEEPING, 0) === 1;
  }
  /** R3. Asks the reader to tell when there is room; then try once more. */
  announceFull(): void {
    Atomics.store(this.control, FULL, 1);
  }
}

export class RingReader extends Ring {
  private tail = 0;
  private readonly subjects: string[] = [];

  /** Fills `into` with the oldest message; false when there is none. Its payload is a copy. */
  tryRead(into: RingMessage): boolean {
    const { i32, bytes, control, capacity, mask } = this;
    const head = Atomics.load(control, HEAD);
    let { tail } = this;
    if (tail === head) return false;
    let at = tail & mask;
    if (i32[at << 1] === WRAP) {
      tail = (tail + capacity - at) | 0;
      at = 0;
    }
    const word = at << 1;
    const size = i32[word];
    const subjectLength = i32[word + 1] & 0xffff;
    const subjectWords = (subjectLength + 7) >> 3;
    const start = (at + HEADER_WORDS) << 3;
    const payloadStart = start + (subjectWords << 3);
    const number = i32[word + 2];
    if (subjectLength > 0) this.subjects[number] = String.fromCharCode(...bytes.subarray(start, start + subjectLength));
    into.subject = this.subjects[number];
    into.flags = (i32[word + 1] >> 16) & 0xff;
    into.id = i32[word + 3] >>> 0;
    into.from = i32[word + 4];
    const payload = new Uint8Array(size);
    payload.set(bytes.subarray(payloadStart, payloadStart + size));
    into.payload = payload;
    this.tail = (tail + HEADER_WORDS + subjectWords + ((size + 7) >> 3)) | 0;
    Atomics.store(control, TAIL, this.tail); // R2
    return true;
  }

  /** R3. True when nothing came meanwhile: the writer will wake this side. */
  trySleep(): boolean {
    Atomics.store(this.control, SLEEPING, 1);
    if (Atomics.load(this.control, HEAD) === this.tail) return true;
    return Atomics.exchange(this.control, SLEEPING, 0) === 0; // the writer has claimed the wake-up
  }
  /** R3. True when the writer waits for room and half the ring is free. */
  claimDrainNotice(): boolean {
    if (Atomics.load(this.control, FULL) === 0) return false;
    if (((Atomics.load(this.control, HEAD) - this.tail) | 0) > this.capacity >> 1) return false;
    return Atomics.exchange(this.control, FULL, 0) === 1;
  }
}
