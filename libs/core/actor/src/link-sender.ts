/**
 * One session of one direction of a link, at its sender: go-back-N.
 *
 *  - Envelopes are numbered from 1 without a gap, kept until they are acknowledged, and handed to the courier within a window.
 *  - When the oldest has waited for the backoff, sending goes back to it: few frames at first, twice as many with each acknowledgement, so
 *    that a link that was cut for seconds does not come back as a flood. The backoff doubles up to its maximum until something is acknowledged.
 *  - Without progress for `silentAfterMs` the session is silent. A pause of this process (a late tick) is nobody's silence; a pause so long
 *    that the peer may have forgotten the session ends it all the same.
 */
import type { Clock, Cancel } from '@weir/ports';
import type { LinkedEnvelope } from './envelope.js';
import { MessageQueue } from './message-queue.js';
import type { TrackedTimers } from './tracked-timers.js';

const WINDOW = 1024;
const WINDOW_AFTER_LOSS = 32;
const BACKOFF_MS = 100;
const BACKOFF_MAX_MS = 1000;

export interface LinkSenderOptions {
  readonly clock: Clock;
  readonly timers: TrackedTimers;
  /** Milliseconds without progress. */
  readonly silentAfterMs: number;
  /** A process that stood still for longer may have been forgotten. Milliseconds. */
  readonly forgottenAfterMs: number;
  /** Hands a frame to the courier; with `expectingReceiver`, {@link LinkSender.carriedOut} is asked when nobody was there. */
  transmit(sequence: number, envelope: LinkedEnvelope, expectingReceiver: boolean): void;
  onSilent(): void;
}

interface Entry {
  readonly envelope: LinkedEnvelope;
  transmissions: number;
}

/** What a session that ended leaves behind. */
export interface VoidEnvelope {
  readonly envelope: LinkedEnvelope;
  /** True when it certainly did not arrive. */
  readonly certain: boolean;
}

export class LinkSender {
  private readonly entries = new MessageQueue<Entry>();
  /** The oldest that is not acknowledged, and the next to hand to the courier. */
  private first = 1;
  private next = 1;
  private window = WINDOW;
  private backoffMs = BACKOFF_MS;
  private progressMs = 0;
  private armedMs = 0;
  private cancelTick: Cancel | undefined;
  private ended = false;
  lastSentMs: number;

  constructor(
    /** Larger than that of all earlier sessions of this node's life. */
    readonly session: number,
    /** The life of the receiver that has to hear of an earlier loss; empty for any. */
    readonly resets: string | undefined,
    private readonly options: LinkSenderOptions,
  ) {
    this.lastSentMs = options.clock.monotonic();
  }

  /** What waits for an acknowledgement. */
  get size(): number {
    return this.entries.size;
  }

  send(envelope: LinkedEnvelope): void {
    this.lastSentMs = this.options.clock.monotonic();
    if (this.entries.size === 0) this.progressMs = this.lastSentMs;
    this.entries.push({ envelope, transmissions: 0 });
    this.pump();
    if (this.cancelTick === undefined && !this.ended) this.arm(this.backoffMs);
  }

  acknowledged(upTo: number): void {
    if (upTo < this.first || upTo >= this.first + this.entries.size) return; // old, or not of this world
    for (; this.first <= upTo; this.first++) this.entries.shift();
    this.next = Math.max(this.next, this.first);
    this.window = Math.min(WINDOW, this.window * 2);
    this.backoffMs = BACKOFF_MS;
    this.progressMs = this.options.clock.monotonic();
    if (this.entries.size === 0) this.disarm();
    else this.pump();
  }

  /** True for the acknowledgement of anything in this session. */
  hasProgressed(): boolean {
    return this.first > 1;
  }

  /**
   * Ends the session and gives back what was not acknowledged. `nobodyAt`: the frame for which there was no receiver. When it was on its way
   * only once, it and all that follow it did not arrive, since a receiver takes nothing behind a gap.
   */
  end(nobodyAt?: number): readonly VoidEnvelope[] {
    this.ended = true;
    this.disarm();
    const once = nobodyAt !== undefined && this.entries.at(nobodyAt - this.first)?.transmissions === 1;
    const rest: VoidEnvelope[] = [];
    for (let sequence = this.first, entry = this.entries.shift(); entry !== undefined; sequence++, entry = this.entries.shift()) {
      rest.push({ envelope: entry.envelope, certain: entry.transmissions === 0 || (once && sequence >= nobodyAt) });
    }
    return rest;
  }

  private pump(): void {
    while (!this.ended && this.next < this.first + Math.min(this.window, this.entries.size)) {
      const sequence = this.next++;
      const entry = this.entries.at(sequence - this.first) as Entry;
      entry.transmissions++;
      const again = entry.transmissions > 1;
      this.options.transmit(sequence, entry.envelope, again ? sequence === this.first : sequence === 1 || entry.envelope.kind === 'ask');
    }
  }

  private arm(delayMs: number): void {
    this.armedMs = this.options.clock.monotonic() + delayMs;
    this.cancelTick = this.options.timers.after(delayMs, () => this.tick());
  }

  private disarm(): void {
    this.cancelTick?.();
    this.cancelTick = undefined;
  }

  private tick(): void {
    const { clock, silentAfterMs, forgottenAfterMs, onSilent } = this.options;
    const now = clock.monotonic();
    const lateMs = now - this.armedMs;
    if (lateMs > BACKOFF_MAX_MS && lateMs < forgottenAfterMs) this.progressMs = now;
    const waitedMs = now - this.progressMs;
    if (waitedMs >= silentAfterMs) {
      onSilent();
      return;
    }
    if (waitedMs < this.backoffMs) {
      this.arm(Math.max(1, this.backoffMs - waitedMs)); // the oldest is younger than this timer
      return;
    }
    this.next = this.first;
    this.window = WINDOW_AFTER_LOSS;
    this.arm(Math.min(this.backoffMs, silentAfterMs));
    this.backoffMs = Math.min(BACKOFF_MAX_MS, this.backoffMs * 2);
    this.pump();
  }
}
