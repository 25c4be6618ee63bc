/**
 * Who wants to hear that nobody received. Certainty is best effort: an entry that stays unanswered for two periods is forgotten, and so
 * are the oldest when too many wait. Costs one map entry a message and no timer of its own.
 */
import type { Cancel, Timers } from '@weir/ports';

const PERIOD_MS = 5_000;
const MAX_YOUNG = 10_000;

export class ExpectedReceivers {
  private young = new Map<string, () => void>();
  private old = new Map<string, () => void>();
  private count = 0;
  private cancelTimer: Cancel | undefined;

  constructor(private readonly timers: Timers) {}

  /** A token by which the answer will name this entry. */
  expect(onNoReceiver: () => void): string {
    const token = (++this.count).toString(36);
    if (this.young.size >= MAX_YOUNG) this.rotate();
    this.young.set(token, onNoReceiver);
    this.cancelTimer ??= this.timers.after(PERIOD_MS, this.onTimer);
    return token;
  }

  /** Nobody received the message of this token. */
  nobody(token: string): void {
    const onNoReceiver = this.young.get(token) ?? this.old.get(token);
    if (onNoReceiver === undefined) return;
    this.young.delete(token);
    this.old.delete(token);
    onNoReceiver();
  }

  /** Forgets all: nothing is known of them. */
  clear(): void {
    this.young.clear();
    this.old.clear();
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  private rotate(): void {
    this.old = this.young;
    this.young = new Map();
  }

  private readonly onTimer = (): void => {
    this.rotate();
    this.cancelTimer = this.size > 0 ? this.timers.after(PERIOD_MS, this.onTimer) : undefined;
  };
}
