/** Processing time of one task: the wall clock, and one armed timer for the earliest wish of its operators. */
import type { Cancel, Clock, Timers } from '@weir/ports';

export class ProcessingTimeService {
  private readonly callbacks: ((now: number) => void)[] = [];
  private armedFor = Number.POSITIVE_INFINITY;
  private cancel: Cancel = () => undefined;

  /** `due` is called on the timers' thread: it must bring about a call of `fire` in a turn of the task. */
  constructor(private readonly clock: Clock, private readonly timers: Timers, private readonly due: () => void) {}

  now(): number {
    return this.clock.now();
  }
  /** Calls `callback` in each `fire`. */
  onFire(callback: (now: number) => void): void {
    this.callbacks.push(callback);
  }
  /** Asks for a `fire` at this wall-clock time or later. */
  wakeAt(time: number): void {
    if (time >= this.armedFor) return;
    this.cancel();
    this.armedFor = time;
    this.cancel = this.timers.after(Math.max(0, time - this.clock.now()), () => {
      this.armedFor = Number.POSITIVE_INFINITY;
      this.due();
    });
  }
  /** In a turn of the task. Operators fire what is due and ask for their next wake-up. */
  fire(): void {
    const now = this.clock.now();
    for (const callback of this.callbacks) callback(now);
  }
  close(): void {
    this.cancel();
  }
}
