/**
 * What must survive the JobManager: leader epochs and one small register per job (D4, D5). Safety comes from compare-and-set at each
 * irreversible step, never from a lease. An implementation must make every successful call durable before it returns.
 */
import type { JobId, LeaderEpoch } from '@weir/base';

/** The register's value with the version that a compare-and-set must name. */
export interface Versioned<T> {
  readonly version: number;
  readonly value: T;
}

/** What a job's register holds; plain data. */
export interface JobRegister {
  readonly epoch: number;
  readonly status: 'running' | 'finished' | 'failed' | 'canceled';
  /** The checkpoint that recovery starts from; undefined when none completed yet. */
  readonly lastCompletedCheckpoint?: { readonly checkpointId: number; readonly path: string };
}

export type CompareAndSetOutcome = 'set' | 'conflict';

export interface HighAvailability {
  /** Claims the next term: larger than every term ever claimed here, durable before it returns. */
  claimEpoch(): Promise<LeaderEpoch>;
  /** The largest term claimed by anybody. A leader that sees one above its own has been deposed. */
  largestEpoch(): Promise<LeaderEpoch | undefined>;
  readRegister(job: JobId): Promise<Versioned<JobRegister> | undefined>;
  /**
   * Sets the register if its version still is `expectedVersion` (0: if there is none). `conflict` changes nothing. A throw means that
   * the outcome is unknown: the caller reads the register again before it decides anything.
   */
  compareAndSetRegister(job: JobId, expectedVersion: number, value: JobRegister): Promise<CompareAndSetOutcome>;
}
