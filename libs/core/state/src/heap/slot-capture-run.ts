/** Drives a capture behind the task: slices between its turns, or at once when somebody cannot wait. */
import type { Clock, Timers } from '@weir/ports';
import { StateClosedError } from '../errors.js';
import type { SlotCapture } from './slot-capture.js';

/** A slice ends when so much time has passed. */
const SLICE_MS = 3;

export class SlotCaptureRun {
  readonly done: Promise<void>;
  private settle!: (failure?: Error) => void;
  private over = false;

  constructor(private readonly capture: SlotCapture, private readonly sliceSlots: number, private readonly ended: () => void) {
    this.done = new Promise((resolve, reject) => {
      this.settle = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    this.done.catch(() => undefined); // whoever has the snapshot hears of it
  }

  /** Slices, until done. */
  start({ clock, timers }: { readonly clock: Clock; readonly timers: Timers }): void {
    timers.defer(() => {
      if (this.over) return;
      const end = clock.monotonic() + SLICE_MS;
      for (let more = this.step(); more; more = this.step()) {
        // Where time stands still within a turn (simulation) a step is a slice.
        const now = clock.monotonic();
        if (now >= end || now === end - SLICE_MS) return this.start({ clock, timers });
      }
    });
  }
  /** All that is left, now. */
  finish(): void {
    for (let more = !this.over; more; more = this.step());
  }
  /** Nobody will read it. */
  abandon(): void {
    if (this.over) return;
    this.end(new StateClosedError());
  }

  /** False when it is over. What a user's type throws fails the snapshot. */
  private step(): boolean {
    try {
      if (!this.capture.advance(this.sliceSlots)) return true;
      this.end();
    } catch (failure) {
      this.end(failure as Error);
    }
    return false;
  }
  private end(failure?: Error): void {
    this.over = true;
    this.ended();
    this.settle(failure);
  }
}
