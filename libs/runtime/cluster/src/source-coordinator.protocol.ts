/**
 * Messages of a SourceCoordinator (`<job master>/source/<operatorId>`). It takes the readers' reports of the task protocol and, from the
 * JobMaster, everything below. All are plain data.
 */
import type { ActorAddress } from '@weir/actor';
import type { ExecutionAttemptId, FailureInfo, OperatorId } from '@weir/base';
import type { SourceCoordinatorSnapshot } from '@weir/checkpoint';
import type { ReaderReport } from '@weir/task';

export interface DeployedReader {
  readonly attempt: ExecutionAttemptId;
  readonly address: ActorAddress;
}

export type SourceCoordinatorMessage =
  | ReaderReport
  /** Begin anew from this snapshot, or from nothing: at the start, and when all readers go back together. Replaces the enumerator. */
  | { readonly type: 'reset-source'; readonly snapshot: SourceCoordinatorSnapshot | undefined }
  /** Some readers go back to this checkpoint, the others go on: what these were assigned since is handed out again. */
  | { readonly type: 'reset-subtasks'; readonly subtasks: readonly number[]; readonly checkpointId: number | undefined }
  /** These attempts are current from now on; sent before their tasks start. */
  | { readonly type: 'readers-deployed'; readonly readers: readonly DeployedReader[] }
  /** Nothing may be assigned to these any more. */
  | { readonly type: 'readers-stopping'; readonly subtasks: readonly number[] }
  /** Answer: coordinator-snapshotted | coordinator-declined. The tasks are told in the same turn. */
  | { readonly type: 'take-snapshot'; readonly checkpointId: number; readonly timestampMs: number; readonly suspend: boolean; readonly aligned: boolean }
  /** The readers declare their input over, as if it were bounded and had ended here. */
  | { readonly type: 'drain' }
  | { readonly type: 'checkpoint-complete'; readonly checkpointId: number }
  /** Takes the enumerator's promises and timers out of play; the actor is stopped next. */
  | { readonly type: 'close' };

/** Self-sent: what an enumerator asked for by `runAsync` and `runPeriodically`. `generation` tells those of a replaced enumerator apart. */
export type SourceCoordinatorTurn =
  | { readonly type: 'async-done'; readonly generation: number; readonly deliver: () => void }
  | { readonly type: 'period-over'; readonly generation: number; readonly run: () => void };

/** To the JobMaster. */
export type SourceCoordinatorReport =
  | { readonly type: 'coordinator-snapshotted'; readonly checkpointId: number; readonly snapshot: SourceCoordinatorSnapshot }
  | { readonly type: 'coordinator-declined'; readonly checkpointId: number; readonly operatorId: OperatorId; readonly failure: FailureInfo }
  /** The enumerator cannot go on. */
  | { readonly type: 'source-failed'; readonly operatorId: OperatorId; readonly failure: FailureInfo }
  /** Progress of bounded input; sent when it has changed. */
  | { readonly type: 'source-work'; readonly operatorId: OperatorId; readonly total: number; readonly unassigned: number };
