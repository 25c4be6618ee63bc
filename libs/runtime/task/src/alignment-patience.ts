/** How long barriers wait in line (`execution.checkpointing.aligned-checkpoint-timeout`), counted from the checkpoint's trigger. */
import type { Configuration } from '@weir/base';
import { checkpointOptions } from '@weir/checkpoint';
import type { Clock } from '@weir/ports';
import type { BarrierMode } from './channels/frame.js';
import type { OutputBarrierKind } from './channels/output-barrier.js';

export class AlignmentPatience {
  /** False: barriers never overtake. */
  readonly isLimited: boolean;
  private readonly timeoutMs: number;

  constructor(configuration: Configuration, private readonly clock: Clock) {
    this.isLimited = configuration.get(checkpointOptions.unaligned);
    this.timeoutMs = configuration.get(checkpointOptions.alignedTimeout);
  }

  /** Between nothing and the timeout, whatever wall clocks say. */
  leftMs(triggeredAtMs: number): number {
    return Math.min(this.timeoutMs, Math.max(0, triggeredAtMs + this.timeoutMs - this.clock.now()));
  }

  /** How a barrier goes on that came in as `mode`. */
  kindOf(mode: BarrierMode | undefined, triggeredAtMs: number): OutputBarrierKind {
    if (mode === 'aligned') return 'aligned';
    if (!this.isLimited) return 'in-line';
    return mode === 'overtaking' || this.leftMs(triggeredAtMs) === 0 ? 'overtaking' : 'patient';
  }
}
