/** A part of a scenario: a job with its oracle, or faults. All parts are set up, then all run at once until they are done, then all are checked. */
import type { ChaosCluster } from './cluster/chaos-cluster.js';
import type { JobWatch } from './cluster/job-watch.js';
import type { Draws } from './random.js';
import type { Timeline } from './run/timeline.js';

export interface World {
  readonly cluster: ChaosCluster;
  readonly timeline: Timeline;
  readonly draws: Draws;
  /** Of the run: cluster, output, report. */
  readonly directory: string;
  /** How long faults go on. */
  readonly seconds: number;
  readonly figures: Record<string, unknown>;
  /** Of the job under test; set by its workload. */
  watch: JobWatch;
  jobId: string;
  /** Somebody ends and restores the job on purpose: what is seen of it is not its end. */
  experiment?: boolean;
  /** An oracle has found something: the run ends early. */
  found?: boolean;
}

export interface CheckResult {
  readonly violations: readonly string[];
  /** Faults that did not bite. */
  readonly voids: readonly string[];
  /** Faults injected. */
  readonly faults: number;
}

export interface Workload {
  readonly name: string;
  /** The cluster runs already. */
  setup?(world: World): Promise<void>;
  /** Resolves when it has done its part; faults at the latest when the time is over. */
  start(world: World): Promise<void>;
  check(world: World): Promise<CheckResult>;
}

export const NOTHING_WRONG: CheckResult = { violations: [], voids: [], faults: 0 };
