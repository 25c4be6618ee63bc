/** What a job tells of itself, for progress displays, clients and tests. Plain data. */
import type { FailureInfo, JobId, OperatorId, VertexId } from '@weir/base';
import type { OperatorMetrics } from '@weir/task';

/**
 *   created -> running <-> restarting
 *      |          |            |
 *      +----------+------------+--> cancelling -> canceled | failing -> failed | finished      (canceled, failed, finished: terminal)
 */
export type JobState = 'created' | 'running' | 'restarting' | 'cancelling' | 'canceled' | 'failing' | 'failed' | 'finished';

export interface OperatorStatus extends OperatorMetrics {
  readonly operatorId: OperatorId;
}
export interface VertexStatus {
  readonly vertexId: VertexId;
  readonly name: string;
  readonly parallelism: number;
  /** Sums over the subtasks; the watermark is their minimum. */
  readonly operators: readonly OperatorStatus[];
  readonly subtaskStates: Readonly<Record<string, number>>;
  readonly busyMs: number;
  readonly idleMs: number;
  readonly backpressuredMs: number;
}
export interface CheckpointSummary {
  readonly checkpointId: number;
  readonly triggeredAtMs: number;
  readonly durationMs: number;
  readonly sizeBytes: number;
  readonly path: string;
}
export interface JobStatus {
  readonly jobId: JobId;
  readonly jobName: string;
  readonly state: JobState;
  readonly startedAtMs: number;
  readonly vertices: readonly VertexStatus[];
  readonly checkpoints: { readonly completed: number; readonly failed: number; readonly inProgress: number; readonly last?: CheckpointSummary };
  readonly restarts: number;
  /** While the job waits for slots: how many of those that it needs it has not got. */
  readonly missingSlots?: number;
  /** Bounded input only, 0..1. */
  readonly progress?: number;
  readonly failure?: FailureInfo;
}

export type JobEvent =
  | { readonly type: 'state'; readonly from: JobState; readonly to: JobState }
  /** Where the run started from; `checkpointId` undefined = from nothing. */
  | { readonly type: 'restored'; readonly checkpointId: number | undefined; readonly path?: string }
  | { readonly type: 'restarting'; readonly failure: FailureInfo; readonly delayMs: number; readonly restart: number }
  | { readonly type: 'checkpoint-completed'; readonly checkpoint: CheckpointSummary }
  | { readonly type: 'checkpoint-failed'; readonly checkpointId: number; readonly failure: FailureInfo }
  /** A sentence for the user: warnings at submit, what sinks replaced. */
  | { readonly type: 'note'; readonly level: 'info' | 'warn'; readonly text: string };

export interface JobResult {
  readonly jobId: JobId;
  readonly state: 'finished' | 'canceled' | 'failed';
  readonly status: JobStatus;
  readonly durationMs: number;
  /** Set when `state` is `failed`. */
  readonly failure?: FailureInfo;
}
