/** The all-in-one job under test, with its oracle. */
import type { AllInOneInput } from '../input/all-in-one.js';
import { machineMs } from '../jobs/paced-source.js';
import { checkAllInOne, type OracleVerdict } from '../oracles/all-in-one.js';
import type { World } from '../workload.js';
import { JobWorkload, type JobOptions } from './job-workload.js';

export interface AllInOneOptions extends JobOptions {
  /** All splits together. */
  readonly perSecond?: number;
  readonly splits?: number;
  readonly keys?: number;
  readonly every?: number;
}

export class AllInOne extends JobWorkload {
  readonly name = 'all-in-one';
  protected readonly module = 'apps/chaos/src/jobs/all-in-one.ts';
  private input!: AllInOneInput;

  constructor(private readonly options: AllInOneOptions = {}) {
    super(options);
  }

  protected parameters({ seconds }: World): Readonly<Record<string, number>> {
    const { perSecond = 1000, splits = 4, keys = 25, every = 1 } = this.options;
    const ofSplit = perSecond / splits;
    const events = Math.round(ofSplit * seconds);
    this.input = { splits, keys, events, every, controlSplits: 2, controls: Math.max(10, Math.round(events / 20)) };
    return { ...this.input, perSecond: ofSplit, originMs: Math.round(machineMs()) };
  }

  protected examine(output: string, complete: boolean): OracleVerdict {
    return checkAllInOne(this.input, output, complete);
  }
}
