/**
 * What REST and clients may ask of a cluster: reads of what the leader knows, and commands. Implemented by the Dispatcher's side; everything is plain
 * data. Commands reject with coded errors: `WEIR_JOB_NOT_FOUND`, `WEIR_JOB_ALREADY_ENDED`, `WEIR_NOT_LEADER`, `WEIR_ARTIFACT_NOT_FOUND`,
 * `WEIR_OPERATION_NOT_FOUND`, and those of the job itself.
 */
import type { FailureInfo, JobId, OperatorId, VertexId } from '@weir/base';
import type { JobPlan } from '@weir/graph';
import type { OperatorMetrics, TaskState } from '@weir/task';
import type { JobState, JobStatus } from './job-status.js';
import type { StoredArtifact } from './job-submission.js';

export interface TaskManagerInfo {
  /** Node name; also its id in REST. */
  readonly id: string;
  readonly host: string;
  readonly processId: number;
  readonly slots: number;
  readonly freeSlots: number;
  /** Wall-clock milliseconds of the last report. */
  readonly lastHeartbeatMs: number;
  readonly startedAtMs: number;
  readonly cpuCores: number;
  /** Bytes. */
  readonly physicalMemory: number;
  readonly freeMemory: number;
  readonly heapUsed: number;
  readonly heapLimit: number;
  readonly residentMemory: number;
  readonly allocatedSlots: readonly { readonly jobId: JobId; readonly slot: string; readonly tasks: number }[];
}

export interface ClusterOverview {
  readonly taskManagers: number;
  readonly slotsTotal: number;
  readonly slotsAvailable: number;
  readonly leader: string;
  readonly epoch: number;
}

/** One subtask's current attempt. */
export interface SubtaskInfo {
  readonly vertexId: VertexId;
  readonly subtaskIndex: number;
  readonly attempt: number;
  readonly state: TaskState | 'deploying' | 'deployed';
  /** Node of its slot; empty while it has none. */
  readonly node: string;
  /** Wall-clock milliseconds; 0: not yet. By state that was entered. */
  readonly stateTimestamps: Readonly<Record<string, number>>;
  readonly busyMs: number;
  readonly idleMs: number;
  readonly backpressuredMs: number;
  readonly operators: readonly OperatorMetrics[];
  /** Combined input watermark; null before the first and for sources; undefined: not reported. */
  readonly inputWatermark?: number | null;
}

export interface ExceptionEntry {
  readonly failure: FailureInfo;
  readonly timestampMs: number;
  /** Empty when the whole job failed, not a task. */
  readonly taskName: string;
  readonly node: string;
}

export interface CheckpointInfo {
  readonly checkpointId: number;
  readonly kind: 'checkpoint' | 'savepoint';
  readonly status: 'in-progress' | 'completed' | 'failed';
  readonly triggeredAtMs: number;
  /** Of the last acknowledgement; 0 before it. */
  readonly lastAckMs: number;
  readonly durationMs: number;
  readonly sizeBytes: number;
  readonly acknowledgedSubtasks: number;
  readonly subtasks: number;
  /** Of a completed one. */
  readonly path?: string;
  readonly failure?: FailureInfo;
}

export interface CheckpointsInfo {
  readonly counts: { readonly completed: number; readonly failed: number; readonly inProgress: number; readonly restored: number };
  /** Newest first, bounded. */
  readonly history: readonly CheckpointInfo[];
  readonly restored?: { readonly checkpointId: number; readonly path: string; readonly timestampMs: number };
}

/** All that the leader knows of one job. */
export interface JobDetails {
  readonly status: JobStatus;
  /** 0 while it has not ended. */
  readonly endedAtMs: number;
  /** Wall-clock milliseconds at which each state was entered first. */
  readonly stateTimestamps: Readonly<Partial<Record<JobState, number>>>;
  readonly maxParallelism: number;
  readonly plan: JobPlan;
  readonly subtasks: readonly SubtaskInfo[];
  /** Newest first, bounded. */
  readonly exceptions: readonly ExceptionEntry[];
  readonly checkpoints: CheckpointsInfo;
  /** Effective configuration, text by key. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly artifactHash: string;
  readonly jobMaster: string;
  /** While the job waits: slots that it has not got. */
  readonly missingSlots: number;
  readonly sources: readonly OperatorId[];
}

export interface ArtifactInfo {
  readonly hash: string;
  readonly name: string;
  readonly uploadedAtMs: number;
  readonly sizeBytes: number;
}

export interface SubmitRequest {
  /** 32 hexadecimal digits; drawn when left out. The same id twice is the same job: nothing starts again. */
  readonly jobId?: string;
  readonly artifactHash: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly configuration: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly restoreFrom?: { readonly path: string; readonly allowNonRestoredState: boolean };
}

export interface SavepointRequest {
  /** Undefined: `execution.checkpointing.savepoint-dir`. */
  readonly targetDirectory?: string;
  /** `none`: the job goes on. `suspend`: it stops behind the savepoint, `drain`: after all windows and timers have fired (max watermark), `cancel`: as suspend, by the older path. */
  readonly then: 'none' | 'suspend' | 'drain' | 'cancel';
  /** Chosen by the client; a repeat triggers nothing. */
  readonly triggerId?: string;
}

export type OperationStatus =
  | { readonly state: 'in-progress' }
  | { readonly state: 'completed'; readonly location: string }
  | { readonly state: 'failed'; readonly failure: FailureInfo };

export interface ClusterGateway {
  overview(): Promise<ClusterOverview>;
  taskManagers(): Promise<readonly TaskManagerInfo[]>;
  /** Running and ended ones, newest first. */
  jobs(): Promise<readonly JobDetails[]>;
  job(jobId: JobId): Promise<JobDetails>;
  /** Resolves when the job was accepted (its graph is right, its first deployment under way); rejects with what was wrong. */
  submit(request: SubmitRequest): Promise<JobId>;
  /** Resolves when the request was taken; the job ends later. */
  cancel(jobId: JobId): Promise<void>;
  /** Begins; answers the trigger id, 32 hexadecimal digits. */
  savepoint(jobId: JobId, request: SavepointRequest): Promise<string>;
  operation(jobId: JobId, triggerId: string): Promise<OperationStatus>;
  addArtifact(artifact: StoredArtifact): Promise<void>;
  artifacts(): Promise<readonly ArtifactInfo[]>;
  removeArtifact(hash: string): Promise<void>;
  /** The job's plan without running it. */
  plan(request: SubmitRequest): Promise<JobPlan>;
  /** The cluster's own effective configuration, text by key, secrets as `******`. */
  configuration(): Promise<Readonly<Record<string, string>>>;
}
