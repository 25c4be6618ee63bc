/** Jobs over the same events, one line an event: the wide shuffle, and large state on disk. */
import type { EventShape } from '../input/events.js';
import { machineMs } from '../jobs/paced-source.js';
import type { OracleVerdict } from '../oracles/all-in-one.js';
import { checkLargeState } from '../oracles/large-state.js';
import { checkWideShuffle } from '../oracles/wide-shuffle.js';
import type { World } from '../workload.js';
import { JobWorkload, type JobOptions } from './job-workload.js';

export interface EventJobOptions extends JobOptions {
  /** All splits together. */
  readonly perSecond?: number;
  readonly splits?: number;
  /** Of each split. */
  readonly keys?: number;
}

class EventJob extends JobWorkload {
  private shape!: EventShape;

  constructor(readonly name: string, protected readonly module: string, private readonly oracle: (shape: EventShape, output: string, complete: boolean) => OracleVerdict, private readonly options: EventJobOptions) {
    super(options);
  }

  protected parameters({ seconds }: World): Readonly<Record<string, number>> {
    const { perSecond = 1000, splits = 4, keys = 50 } = this.options;
    this.shape = { splits, keys, events: Math.round((perSecond / splits) * seconds) };
    return { ...this.shape, perSecond: perSecond / splits, originMs: Math.round(machineMs()) };
  }

  protected examine(output: string, complete: boolean): OracleVerdict {
    return this.oracle(this.shape, output, complete);
  }
}

export function wideShuffle(options: EventJobOptions = {}): JobWorkload {
  return new EventJob('wide shuffle', 'apps/chaos/src/jobs/wide-shuffle.ts', checkWideShuffle, options);
}

export function largeState(options: EventJobOptions = {}): JobWorkload {
  return new EventJob('large state', 'apps/chaos/src/jobs/large-state.ts', checkLargeState, { keys: 5000, ...options });
}
