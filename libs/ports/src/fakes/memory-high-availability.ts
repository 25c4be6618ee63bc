/** Epochs and registers in memory: one object is one cluster's durable truth, shared by all that contend for it. */
import { type JobId, leaderEpoch, type LeaderEpoch } from '@weir/base';
import type { CompareAndSetOutcome, HighAvailability, JobRegister, Versioned } from '../high-availability.js';

export class MemoryHighAvailability implements HighAvailability {
  private epoch = 0;
  private readonly registers = new Map<JobId, Versioned<JobRegister>>();

  claimEpoch(): Promise<LeaderEpoch> {
    this.epoch++;
    return Promise.resolve(leaderEpoch(this.epoch));
  }

  largestEpoch(): Promise<LeaderEpoch | undefined> {
    return Promise.resolve(this.epoch === 0 ? undefined : leaderEpoch(this.epoch));
  }

  readRegister(job: JobId): Promise<Versioned<JobRegister> | undefined> {
    return Promise.resolve(this.registers.get(job));
  }

  compareAndSetRegister(job: JobId, expectedVersion: number, value: JobRegister): Promise<CompareAndSetOutcome> {
    const version = this.registers.get(job)?.version ?? 0;
    if (version !== expectedVersion) return Promise.resolve('conflict');
    this.registers.set(job, { version: version + 1, value: structuredClone(value) });
    return Promise.resolve('set');
  }
}
