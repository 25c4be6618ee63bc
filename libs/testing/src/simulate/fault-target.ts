/** What faults are made to happen to: one process with a whole cluster, or a cluster of processes. */
import type { Fault } from './faults.js';

/** Behind all else of that moment: a fault that hits nothing changes nothing. */
export type Later = (delayMs: number, label: string, action: () => void) => void;

export interface FaultTarget {
  /** There is something to be hit. */
  readonly alive: boolean;
  /** False when this fault cannot hit anything here now. */
  strike(fault: Fault, later: Later): boolean;
  /** From now on nothing is in the job's way. */
  heal(): void;
}
