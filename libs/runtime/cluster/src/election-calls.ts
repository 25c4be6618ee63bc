/**
 * What one contender asks of the register and of the files that know the epochs: one call at a time, and proof of its own writes. Part of
 * {@link LeaderElection}: the calls are effects of its steps.
 *
 *  a new call makes the answer to an earlier one late: it is ignored, whatever it says;
 *  the own nonce with the count of the last write proves that write, anything else does not (L5).
 */
import type { LeaderRecord, Versioned } from '@weir/ports';
import type { ElectionEffect } from './leader-election.events.js';

/** Who contends, and at which pace. */
export interface LeaderElectionOptions {
  readonly node: string;
  readonly restUrl: string;
  /** Random, of this life. */
  readonly nonce: string;
  readonly leaseMs: number;
  readonly renewMs: number;
}

/** A write of the own record: its outcome decides about the lease. */
export interface RegisterWrite {
  readonly record: LeaderRecord;
  readonly sentAtMs: number;
}

export class ElectionCalls {
  /** The call that is awaited; 0: none. */
  private awaited = 0;
  private count = 0;
  private renewCount = 0;
  private last: RegisterWrite | undefined;

  constructor(private readonly options: LeaderElectionOptions, private readonly effect: (effect: ElectionEffect) => void) {}

  get isAwaiting(): boolean {
    return this.awaited !== 0;
  }

  /** Undefined before the first. */
  get lastWrite(): RegisterWrite | undefined {
    return this.last;
  }

  /** True when it is the answer that is awaited. */
  answered(call: number): boolean {
    if (call !== this.awaited) return false;
    this.awaited = 0;
    return true;
  }

  /** What still comes is late. */
  abandon(): void {
    this.awaited = 0;
  }

  readRegister(): void {
    this.send({ type: 'read-register', call: this.next() }, this.options.renewMs);
  }

  writeRegister(epoch: number, expectedVersion: number, nowMs: number): void {
    const { node, restUrl, nonce, renewMs } = this.options;
    const record: LeaderRecord = { epoch, leader: node, restUrl, nonce, renewCount: ++this.renewCount };
    this.last = { record, sentAtMs: nowMs };
    this.send({ type: 'set-register', call: this.next(), expectedVersion, record }, renewMs);
  }

  clearRegister(expectedVersion: number): void {
    this.send({ type: 'clear-register', call: this.next(), expectedVersion }, this.options.renewMs);
  }

  claimEpoch(): void {
    this.send({ type: 'claim-epoch', call: this.next() }, this.options.leaseMs);
  }

  readLargestEpoch(): void {
    this.send({ type: 'read-largest-epoch', call: this.next() }, this.options.leaseMs);
  }

  /** L5 */
  isLastWrite(found: Versioned<LeaderRecord> | undefined): boolean {
    const { last } = this;
    return found !== undefined && last !== undefined && found.value.nonce === this.options.nonce
      && found.value.epoch === last.record.epoch && found.value.renewCount === last.record.renewCount;
  }

  private next(): number {
    return (this.awaited = ++this.count);
  }

  private send(effect: ElectionEffect, overdueMs: number): void {
    this.effect(effect);
    this.effect({ type: 'timer', timer: 'overdue', delayMs: overdueMs });
  }
}
