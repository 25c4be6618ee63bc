/** Cancels what was scheduled; harmless after it ran or when called twice. */
export type Cancel = () => void;

/** When code runs. All callbacks run on the caller's thread, never synchronously within the call that scheduled them. */
export interface Timers {
  /** Runs `callback` once, not before `delayMs` (>= 0) of monotonic time. */
  after(delayMs: number, callback: () => void): Cancel;
  /** Runs `callback` soon, after pending I/O had its turn. FIFO among deferred callbacks. Cannot be cancelled. */
  defer(callback: () => void): void;
}
