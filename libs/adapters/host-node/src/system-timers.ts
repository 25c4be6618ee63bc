/** Node's timers. */
import type { Cancel, Timers } from '@weir/ports';

/** The longest delay that `setTimeout` takes (2^31 - 1 ms, 24.8 days); longer ones are split. */
const MAX_DELAY_MS = 0x7fff_ffff;

export class SystemTimers implements Timers {
  after(delayMs: number, callback: () => void): Cancel {
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      // Node rounds a fraction down; a timer must never be early.
      handle = leftMs > MAX_DELAY_MS ? setTimeout(() => arm(leftMs - MAX_DELAY_MS), MAX_DELAY_MS) : setTimeout(callback, Math.ceil(leftMs));
    };
    arm(delayMs);
    return () => clearTimeout(handle);
  }

  defer(callback: () => void): void {
    setImmediate(callback);
  }
}
