/** Timers that know what was armed and neither ran nor was cancelled. */
import type { Timers } from '@weir/ports';

export class CountingTimers implements Timers {
  live = 0;
  constructor(private readonly inner: Timers) {}
  after(delayMs: number, callback: () => void): () => void {
    this.live++;
    let over = false;
    const end = (): void => {
      if (!over) this.live--;
      over = true;
    };
    const cancel = this.inner.after(delayMs, () => {
      end();
      callback();
    });
    return () => {
      end();
      cancel();
    };
  }
  defer(callback: () => void): void {
    this.inner.defer(callback);
  }
}
