/**
 * Requests of this node that wait for an answer. Each settles exactly once: by reply, failure, no receiver, timeout or cancellation;
 * whatever comes later is dropped.
 */
import { type FailureInfo, RemoteFailureError } from '@weir/base';
import type { Cancel } from '@weir/ports';
import type { ActorAddress } from './address.js';
import type { AskOptions } from './ask.js';
import { AskCancelledError, AskNoReceiverError, AskTimeoutError } from './errors.js';
import type { TrackedTimers } from './tracked-timers.js';

interface PendingAsk {
  readonly to: ActorAddress;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancelTimer: Cancel;
  readonly forgetSignal: () => void;
}

export class PendingAsks {
  private readonly pending = new Map<string, PendingAsk>();

  constructor(private readonly timers: TrackedTimers) {}

  get count(): number {
    return this.pending.size;
  }

  /** Waits for `correlation`; `onSettled` runs before the promise settles. */
  open(correlation: string, to: ActorAddress, options: AskOptions, onSettled: () => void): Promise<unknown> {
    return new Promise<unknown>((resolve, reject) => {
      const { signal } = options;
      const onAbort = (): void => this.reject(correlation, new AskCancelledError(to, signal?.reason));
      this.pending.set(correlation, {
        to,
        resolve: (value) => {
          onSettled();
          resolve(value);
        },
        reject: (error) => {
          onSettled();
          reject(error);
        },
        cancelTimer: this.timers.after(options.timeoutMs, () => this.reject(correlation, new AskTimeoutError(to, options.timeoutMs))),
        forgetSignal: () => signal?.removeEventListener('abort', onAbort),
      });
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener('abort', onAbort);
    });
  }

  resolve(correlation: string, value: unknown): void {
    this.take(correlation)?.resolve(value);
  }

  fail(correlation: string, failure: FailureInfo): void {
    this.take(correlation)?.reject(new RemoteFailureError(failure));
  }

  noReceiver(correlation: string): void {
    const ask = this.take(correlation);
    ask?.reject(new AskNoReceiverError(ask.to));
  }

  cancel(correlation: string): void {
    const ask = this.take(correlation);
    ask?.reject(new AskCancelledError(ask.to));
  }

  cancelAll(): void {
    for (const correlation of [...this.pending.keys()]) this.cancel(correlation);
  }

  private reject(correlation: string, error: Error): void {
    this.take(correlation)?.reject(error);
  }

  private take(correlation: string): PendingAsk | undefined {
    const ask = this.pending.get(correlation);
    if (ask === undefined) return undefined;
    this.pending.delete(correlation);
    ask.cancelTimer();
    ask.forgetSignal();
    return ask;
  }
}
