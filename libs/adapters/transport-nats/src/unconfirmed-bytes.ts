/**
 * How many bytes were handed to the client library and not yet confirmed by the server. The library buffers without bound and never says
 * so; a ping after each window of bytes, or after a while, tells what the server has taken: it answers in order.
 */
import type { Cancel, Timers } from '@weir/ports';

/** Rare enough to cost nothing beside the data, small beside the bound. */
const PROBE_BYTES = 1024 * 1024;
const PROBE_AFTER_MS = 200;

export class UnconfirmedBytes {
  private sent = 0;
  private probed = 0;
  private confirmed = 0;
  private probing = false;
  private life = 0;
  private cancelTimer: Cancel | undefined;

  /** @param flush resolves when the server has taken what was sent before. */
  constructor(
    private readonly timers: Timers,
    private readonly flush: () => Promise<void>,
  ) {}

  get bytes(): number {
    return this.sent - this.confirmed;
  }

  add(bytes: number): void {
    this.sent += bytes;
    if (this.probing) return;
    if (this.sent - this.probed >= PROBE_BYTES) this.probe();
    else this.cancelTimer ??= this.timers.after(PROBE_AFTER_MS, this.onTimer);
  }

  /** The connection is gone, and with it whatever was on its way. */
  reset(): void {
    this.sent = this.probed = this.confirmed = 0;
    this.probing = false;
    this.life++;
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  private readonly onTimer = (): void => {
    this.cancelTimer = undefined;
    if (!this.probing && this.sent > this.probed) this.probe();
  };

  private probe(): void {
    const life = this.life;
    const mark = this.sent;
    this.probed = mark;
    this.probing = true;
    this.flush().then(
      () => {
        if (life !== this.life) return;
        this.probing = false;
        this.confirmed = mark;
        if (this.sent > mark) this.add(0);
      },
      () => {
        if (life === this.life) this.probing = false; // the break is told elsewhere
      },
    );
  }
}
