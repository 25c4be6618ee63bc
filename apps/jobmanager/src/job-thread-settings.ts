/** What a job's thread is told: settings when it starts, then one command. Plain data. */
import type { JobMasterStart, JobSubmission } from '@weir/cluster';
import type { ClusterThreadSettings } from '@weir/process';

export interface JobThreadSettings extends ClusterThreadSettings {
  /** The cluster's own, under what a submission sets; text by key. */
  readonly configuration: Readonly<Record<string, string>>;
}

export type JobThreadCommand =
  /** Answer: the JobMaster's address. */
  | { readonly type: 'start-job'; readonly start: JobMasterStart }
  /** Answer: the job's plan. */
  | { readonly type: 'plan-job'; readonly submission: JobSubmission };
