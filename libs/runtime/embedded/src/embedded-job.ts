/** How a job is handed to the embedded cluster and watched. */
import type { Configuration, JobId } from '@weir/base';
import type { JobEvent, JobResult, JobStatus, JobSubmission, SavepointRequest } from '@weir/cluster';
import type { HighAvailability } from '@weir/ports';

export interface EmbeddedJobOptions {
  /** Identity of this history of the job; also in the names of its files. */
  readonly jobId: JobId;
  /** Directory of this history's checkpoints. */
  readonly checkpointDirectory: string;
  readonly highAvailability: HighAvailability;
  readonly configuration: Configuration;
  /** `fresh`: from nothing, sinks begin a new history. `resume`: from the latest completed checkpoint; from nothing when there is none. */
  readonly start: 'fresh' | 'resume';
  /** Where a job without checkpoints of its own begins: a savepoint, or a retained checkpoint of another job. */
  readonly restoreFrom?: { readonly path: string; readonly allowNonRestoredState: boolean };
  /** Earlier histories of this job, whose output a fresh start replaces. */
  readonly earlierJobIds: readonly JobId[];
  /** What slots in other threads load the program by. */
  readonly submission?: JobSubmission;
  /** Called, and awaited, before output of these histories is removed: they must not be resumed afterwards. */
  readonly replacing?: (jobIds: readonly string[]) => Promise<void>;
}

export interface JobHandle {
  readonly jobId: JobId;
  status(): JobStatus;
  /** Events from now on; the first listener also hears, within this call, the (at most 1000) events before it. Returns the end of the subscription. */
  onEvent(listener: (event: JobEvent) => void): () => void;
  /** Settles with the outcome, never rejects for a failed job. */
  readonly result: Promise<JobResult>;
  cancel(): void;
  /**
   * Takes a savepoint and resolves with its path. `suspend` and `drain` end the job as finished behind it, `cancel` cancels it. Rejects with
   * `WEIR_SAVEPOINT_FAILED` and whatever else went wrong; the job then goes on.
   */
  savepoint(request: SavepointRequest): Promise<string>;
}
