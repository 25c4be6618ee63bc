/** Why a checkpoint did not complete: the whole list (after Flink's CheckpointFailureReason), and which of them count against the job. */

/** Reason of an aborted checkpoint. Stable: it is part of the status and of the REST answers. */
export type CheckpointFailureReason =
  /** A task could not take its snapshot. */
  | 'declined'
  /** Not every acknowledgement came within the timeout. */
  | 'expired'
  /** A source's enumerator could not take its snapshot. */
  | 'coordinator-snapshot-failed'
  /** `_metadata` could not be written. */
  | 'finalize-failed'
  /** The two ends of a channel were cut at different places (I5): an error of Weir. */
  | 'cut-inconsistent'
  /** A newer checkpoint completed first. */
  | 'subsumed'
  /** Tasks were restarted while it was pending. */
  | 'job-failover'
  /** The coordinator was shut down. */
  | 'shutdown'
  /** This leader has been deposed, or cannot know whether it has. */
  | 'leadership-lost';

/** Why a trigger did not start a checkpoint; such a trigger is no failure. */
export type TriggerRefusal = 'checkpoint-pending' | 'min-pause' | 'not-all-tasks-running' | 'nothing-to-do' | 'stopped';

/** What a reason means for the job. `counts`: one of the tolerable failures; `ignored`: nobody's fault; `fatal`: fails the job at once. */
export type FailureWeight = 'counts' | 'ignored' | 'fatal';

export const FAILURE_WEIGHTS: Readonly<Record<CheckpointFailureReason, FailureWeight>> = {
  declined: 'counts',
  expired: 'counts',
  'coordinator-snapshot-failed': 'counts',
  'finalize-failed': 'counts',
  'cut-inconsistent': 'fatal',
  subsumed: 'ignored',
  'job-failover': 'ignored',
  shutdown: 'ignored',
  'leadership-lost': 'ignored',
};
