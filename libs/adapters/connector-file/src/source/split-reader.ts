/** How one split is read. Same turns as `SourceReader`: `poll` never blocks, `available` settles when it may have something. */
import type { OutputTag } from '@weir/functions';
import type { MalformedRecord, PollResult } from '@weir/connector';

export interface SplitReader<T, S> {
  /** Starts reading ahead, at most one piece. May be called again. */
  prefetch(): void;
  poll(): PollResult<T>;
  available(): Promise<void>;
  /** The split from behind the last record that was taken (S1). */
  position(): S;
}

/** What a source does with records that cannot be read. */
export type MalformedPolicy = 'fail' | 'skip' | OutputTag<MalformedRecord>;

/** A promise that is asked for many times and settled once; the holder is told of its outcome even when nobody waits. */
export class PendingResult<R> {
  private outcome: { readonly value: R } | { readonly error: unknown } | undefined;
  readonly settled: Promise<void>;

  constructor(promise: Promise<R>) {
    this.settled = promise.then(
      (value) => void (this.outcome = { value }),
      (error: unknown) => void (this.outcome = { error }),
    );
  }

  /** Undefined while pending; throws the error it was rejected with. */
  take(): { readonly value: R } | undefined {
    if (this.outcome !== undefined && 'error' in this.outcome) throw this.outcome.error;
    return this.outcome;
  }
}
