/**
 * What a checkpoint consists of. All of it is plain data: it travels in messages and lies in `_metadata`. Bytes of operators are opaque here.
 *
 * A subtask writes one file per checkpoint (or, when small, inlines it): the operators' segments one after the other. Keyed state is
 * one segment per operator with an offset per key group, so that any range of key groups is one contiguous read.
 */
import type { JobId, LeaderEpoch, OperatorId, VertexId } from '@weir/base';
import type { KeyGroupRange, StoredFile, TableSnapshot } from '@weir/state';
import type { InFlightIndex, RestoredInFlight } from './in-flight-state.js';
import type { StateDistribution } from './state-distribution.js';

/** Keyed state of one operator as the task hands it over, before it is written. */
export interface KeyedStateBytes {
  /** First key group of the subtask's range. */
  readonly firstKeyGroup: number;
  /** `offsets[i]` = start of key group `firstKeyGroup + i` in `bytes`; one more entry for the end. */
  readonly offsets: readonly number[];
  readonly bytes: Uint8Array;
}
/** One named list of an operator's non-keyed state; elements are redistributed whole. */
export interface ListStateBytes {
  readonly name: string;
  readonly distribution: StateDistribution;
  readonly elements: readonly Uint8Array[];
}
/** What an operator contributes to a snapshot. */
export interface OperatorSnapshot {
  readonly operatorId: OperatorId;
  readonly keyed?: KeyedStateBytes;
  /** State in files of the backend's own, besides `keyed`. */
  readonly tables?: TableSnapshot;
  readonly lists: readonly ListStateBytes[];
}

/** Where bytes of a snapshot lie. */
export type StateHandle = { readonly kind: 'inline'; readonly bytes: Uint8Array; readonly crc32: number } | FileHandle;

/** `path` is relative to the job's checkpoint directory, so that the directory can be moved as a whole. */
export interface FileHandle extends StoredFile {
  readonly kind: 'file';
  /** Of a snapshot outside of the job's checkpoints (a savepoint, another job's checkpoint) while a job starts from it: what `path` is relative to. Never stored. */
  readonly root?: string;
}

/** Immutable files of a state backend. One file may belong to many checkpoints: it lies in the directory of the first. */
export interface TableSetIndex {
  /** Of the files, e.g. `leveldb`. */
  readonly format: string;
  readonly keyGroups: KeyGroupRange;
  /** The backend's own; opaque here. */
  readonly meta: Uint8Array;
  readonly files: readonly { readonly name: string; readonly file: FileHandle }[];
}

/** `[offset, offset + length)` of the subtask's handle. */
export interface Segment {
  readonly offset: number;
  readonly length: number;
}
export interface OperatorStateIndex {
  readonly operatorId: OperatorId;
  /** Offsets as in `KeyedStateBytes`, relative to the segment. */
  readonly keyed?: { readonly segment: Segment; readonly firstKeyGroup: number; readonly offsets: readonly number[] };
  readonly tables?: TableSetIndex;
  readonly lists: readonly { readonly name: string; readonly distribution: StateDistribution; readonly elements: readonly Segment[] }[];
}

/** One end of a channel at the barrier: I5 demands that both ends say the same `barrierSeq`. */
export interface ChannelPosition {
  readonly edgeIndex: number;
  readonly fromSubtask: number;
  readonly toSubtask: number;
  /** Sequence number of the barrier's frame. */
  readonly barrierSeq: number;
}

/** What a subtask acknowledges. */
export interface SubtaskSnapshot {
  readonly vertexId: VertexId;
  readonly subtaskIndex: number;
  /** True when the subtask had processed all of its bounded input and called `finish` before this snapshot: after a restore it processes nothing more. */
  readonly finished: boolean;
  /** Undefined when no operator had anything. */
  readonly state: StateHandle | undefined;
  readonly operators: readonly OperatorStateIndex[];
  readonly inputs: readonly ChannelPosition[];
  readonly outputs: readonly ChannelPosition[];
  /** What barriers overtook, of a checkpoint that was not aligned here. */
  readonly inFlight?: readonly InFlightIndex[];
}

/** State of a source's enumerator. */
export interface SourceCoordinatorSnapshot {
  readonly operatorId: OperatorId;
  readonly stateVersion: number;
  /** Guarded MessagePack of the enumerator's state and of the assignments since. */
  readonly bytes: Uint8Array;
}

/** What a restore must know of an operator of the graph that made the checkpoint. */
export interface OperatorSummary {
  readonly operatorId: OperatorId;
  readonly name: string;
  readonly uid: string | undefined;
  readonly stateful: boolean;
  readonly vertexId: VertexId;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly maxParallelismExplicit: boolean;
}

/** Content of `_metadata`. */
export interface CheckpointMetadata {
  /** A savepoint: all of its files lie beside `_metadata`, and paths are relative to that directory. Absent: a checkpoint. */
  readonly kind?: 'savepoint';
  readonly checkpointId: number;
  readonly jobId: JobId;
  readonly jobName: string;
  readonly epoch: LeaderEpoch;
  readonly jobGraphHash: string;
  /** Wall clock. */
  readonly triggeredAtMs: number;
  readonly completedAtMs: number;
  readonly operators: readonly OperatorSummary[];
  readonly coordinators: readonly SourceCoordinatorSnapshot[];
  readonly subtasks: readonly SubtaskSnapshot[];
  /** True when every subtask is `finished`: nothing remains but to commit. */
  readonly isFinal: boolean;
}

export interface CompletedCheckpoint {
  readonly metadata: CheckpointMetadata;
  /** Directory of the checkpoint, e.g. `<job dir>/chk-7-2`. */
  readonly path: string;
}

/** State of one operator for one subtask after assignment: handles of old subtasks with what of them to read. */
export interface RestoredOperatorState {
  readonly operatorId: OperatorId;
  /** Only key groups within `[firstKeyGroup, lastKeyGroup]` of the new subtask are to be taken. */
  readonly keyed: readonly {
    readonly state: StateHandle;
    readonly segment: Segment;
    readonly firstKeyGroup: number;
    readonly offsets: readonly number[];
  }[];
  /** Of old subtasks whose key groups intersect those of the new one. */
  readonly tables?: readonly TableSetIndex[];
  readonly lists: readonly { readonly name: string; readonly distribution: StateDistribution; readonly elements: readonly { readonly state: StateHandle; readonly segment: Segment }[] }[];
}
export interface RestoredSubtaskState {
  readonly checkpointId: number;
  /** `finished` of the old subtask; only when the parallelism is unchanged, or when all old subtasks were finished. */
  readonly finished: boolean;
  readonly operators: readonly RestoredOperatorState[];
  /** To be taken, in this order per channel, before anything new. */
  readonly inFlight?: readonly RestoredInFlight[];
}
