/**
 * One leader's writes to its job's register, by compare-and-set. Unknown outcomes are resolved by reading again, never guessed: setting the
 * same value twice is harmless, and a conflict tells who was faster. What stays unknown after all tries is the end of this leadership.
 */
import { assert, type JobId, type LeaderEpoch, toError } from '@weir/base';
import type { HighAvailability, JobRegister, Timers, Versioned } from '@weir/ports';
import { LeadershipLostError } from './errors.js';

/** With pauses of 50, 100, 200, 400 ms between them. */
const TRIES = 5;
const FIRST_PAUSE_MS = 50;

export class FencedJobRegister {
  constructor(
    private readonly highAvailability: HighAvailability,
    private readonly timers: Timers,
    private readonly jobId: JobId,
    private readonly epoch: LeaderEpoch,
  ) {}

  /** Throws `WEIR_LEADERSHIP_LOST` when it stays unreadable or belongs to a later epoch. */
  async read(): Promise<Versioned<JobRegister> | undefined> {
    return this.untilKnown('read the register', async () => {
      const current = await this.highAvailability.readRegister(this.jobId);
      if (current !== undefined && current.value.epoch > this.epoch) throw new LeadershipLostError(this.epoch, `the register belongs to epoch ${current.value.epoch}`);
      return { known: current };
    });
  }

  /** Returns when the register durably has this value. Values of earlier epochs are replaced. Throws `WEIR_LEADERSHIP_LOST`. */
  async set(next: JobRegister): Promise<void> {
    assert(next.epoch === this.epoch, `the leader of epoch ${this.epoch} does not write for epoch ${next.epoch}`);
    await this.untilKnown('set the register', async () => {
      const current = await this.read();
      if (current !== undefined && sameRegister(current.value, next)) return { known: undefined };
      const outcome = await this.highAvailability.compareAndSetRegister(this.jobId, current?.version ?? 0, next);
      return outcome === 'set' ? { known: undefined } : undefined;
    });
  }

  /** Returns when it is known that no larger epoch exists; throws `WEIR_LEADERSHIP_LOST` otherwise. */
  async checkStillLeader(): Promise<void> {
    await this.untilKnown('read the largest epoch', async () => {
      const largest = await this.highAvailability.largestEpoch();
      if (largest !== undefined && largest > this.epoch) throw new LeadershipLostError(this.epoch, `epoch ${largest} has been claimed`);
      return { known: undefined };
    });
  }

  /** Tries until `work` knows; undefined = not known yet. Throws `WEIR_LEADERSHIP_LOST` when it never does. */
  async untilKnown<T>(what: string, work: () => Promise<{ readonly known: T } | undefined>): Promise<T> {
    let cause: unknown;
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) await new Promise<void>((resolve) => this.timers.after(FIRST_PAUSE_MS * 2 ** (tries - 1), resolve));
      try {
        const outcome = await work();
        if (outcome !== undefined) return outcome.known;
      } catch (failure) {
        if (failure instanceof LeadershipLostError) throw failure;
        cause = failure;
      }
    }
    throw new LeadershipLostError(this.epoch, `cannot ${what} after ${TRIES} tries${cause === undefined ? '' : `: ${toError(cause).message}`}`, cause);
  }
}

function sameRegister(a: JobRegister, b: JobRegister): boolean {
  return (
    a.epoch === b.epoch && a.status === b.status
    && a.lastCompletedCheckpoint?.checkpointId === b.lastCompletedCheckpoint?.checkpointId
    && a.lastCompletedCheckpoint?.path === b.lastCompletedCheckpoint?.path
  );
}
