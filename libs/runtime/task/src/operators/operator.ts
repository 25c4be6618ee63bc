/**
 * What the task expects of an operator, and what operators of a chain expect of each other. Records go from operator to operator by plain
 * synchronous calls; their timestamp travels in the chain's RecordContext, so that it is never boxed.
 *
 * O1: `collect`, `watermark` and `idle` are called by the upstream operator or by the task, never re-entrantly.
 * O2: an operator forwards each watermark exactly once, after it did what the watermark makes due.
 * O3: `snapshot` captures everything synchronously; what it returns may still be written later.
 */
import type { OperatorId } from '@weir/base';
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { KeyedSnapshotRequest } from '@weir/state';
import { NO_TIMESTAMP } from '@weir/time';

/** The record at hand in a chain. Operators that emit at another time set it before they collect. */
export class RecordContext {
  /** Event time; NO_TIMESTAMP when the record has none. */
  timestamp = NO_TIMESTAMP;
}

/** Takes a stream: one input of an operator, or a channel writer behind the last one. */
export interface Input<T = unknown> {
  /** Hot path. */
  collect(value: T): void;
  /** Never falls (I10). */
  watermark(timestamp: number): void;
  idle(idle: boolean): void;
}

/** Counters that the operator keeps as plain fields; read by reports. */
export interface OperatorCounters {
  /** Records taken, by operators that have no upstream in the stream (sources). Others are told by what their upstream sent. */
  recordsIn?(): number;
  /** Records sent to the main output; -1: one for each record taken. */
  recordsOut(): number;
  lateRecordsDropped?(): number;
  skippedRecords?(): number;
  fallbackRecords?(): number;
}

export type OperatorSnapshotRequest = Pick<KeyedSnapshotRequest, 'checkpointId' | 'format'>;

export interface StreamOperator {
  readonly operatorId: OperatorId;
  readonly name: string;
  /** By input index. */
  readonly inputs: readonly Input[];
  readonly counters: OperatorCounters;
  /** Restores and opens; before the first record. */
  open(): Promise<void>;
  /** Sync part before the barrier goes out: emit what must be ahead of it. */
  prepareSnapshotPreBarrier?(): void;
  /** O3. */
  snapshot(request: OperatorSnapshotRequest): OperatorSnapshot | Promise<OperatorSnapshot>;
  /** May be called for ids that were never snapshotted here. Resolves when committed. */
  checkpointComplete?(checkpointId: number): Promise<void>;
  checkpointAborted?(checkpointId: number): void;
  /** All inputs have ended and MAX_WATERMARK was processed; emit what is left. Not called again after a restore from a snapshot that followed it. */
  finish?(): void;
  /** A promise while the operator cannot take more: sinks, and state that awaits the disk. Until it settles nothing of the chain may run. */
  backlog?(): Promise<void> | undefined;
  close(): Promise<void>;
}
