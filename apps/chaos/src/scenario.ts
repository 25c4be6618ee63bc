/** A scenario: a cluster, how long, and what happens on it. Scenarios are files in `scenarios/`. */
import type { ClusterShape } from './cluster/shape.js';
import type { Workload } from './workload.js';

export interface Scenario {
  readonly name: string;
  /** One sentence for `list`. */
  readonly about: string;
  /** Belongs to the set that every change runs. */
  readonly ci?: boolean;
  /** How long the input lasts, and faults at most. */
  readonly seconds: number;
  readonly cluster: ClusterShape;
  /** What it needs of the machine; the reason is told when it is not there. */
  readonly needs?: readonly (() => string | undefined)[];
  /** Made anew for each run. The directory is there already and the cluster is not: for disks that it shall lie on. */
  readonly workloads: (place: Place) => readonly Workload[];
  /** Environment of members, by id or role; for preloaded libraries. */
  readonly environment?: (place: Place) => NonNullable<ClusterShape['environment']>;
  /** The cluster lies in `disk/`, which `prepare` makes. */
  readonly onDisk?: boolean;
  /** Before the cluster starts; returns what takes it away after its end. */
  readonly prepare?: (place: Place) => Promise<() => Promise<void>>;
}

export interface Place {
  readonly directory: string;
}
