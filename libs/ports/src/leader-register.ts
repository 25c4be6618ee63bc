/**
 * Who leads the cluster (D4): one register for all JobManagers, fast and watchable. It may be lost or go back in time at any moment: epochs are
 * claimed durably in {@link HighAvailability} before they are written here, and safety comes from there.
 */
import type { CompareAndSetOutcome, Versioned } from './high-availability.js';
import type { Subscription } from './transport.js';

export interface LeaderRecord {
  /** The leader's term. */
  readonly epoch: number;
  /** Node name of the leading JobManager. */
  readonly leader: string;
  /** Where its REST API answers; empty without one. */
  readonly restUrl: string;
  /** Random, of this candidate's life: tells whose record it is after an unknown outcome. */
  readonly nonce: string;
  /** Rises with each renewal. */
  readonly renewCount: number;
}

export interface LeaderRegister {
  /** Undefined when there is none: never set, cleared, expired or lost. May be stale. Rejects when the register cannot be reached. */
  read(): Promise<Versioned<LeaderRecord> | undefined>;
  /**
   * Sets the record if its version still is `expectedVersion` (0: if there is none). `conflict` changes nothing. A throw means that the outcome is
   * unknown: read again and look for the own nonce.
   */
  compareAndSet(expectedVersion: number, value: LeaderRecord): Promise<CompareAndSetOutcome>;
  /** Clears the record if its version still is `expectedVersion`: a leader that goes gracefully. Outcomes as for `compareAndSet`. */
  clear(expectedVersion: number): Promise<CompareAndSetOutcome>;
  /** A hint that the register may have changed; calls may be missing, late or too many. */
  watch(listener: () => void): Subscription;
}
