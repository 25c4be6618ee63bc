/**
 * The source contract (after FLIP-27): an enumerator on the JobMaster finds splits and hands them out; a reader per subtask turns splits
 * into batches of records. Splits and enumerator states are plain data (what the guarded MessagePack codec carries).
 *
 * S1: a reader's `snapshotState` names, for each split it holds, the exact position behind the last record that the task *took*
 *     (`batch.next`), wherever in a batch that is. S2: `poll` never blocks and never does I/O of its own; I/O runs ahead in promises.
 * S3: enumerators decide in synchronous calls; discovery runs in promises and comes back through `EnumeratorContext.runAsync`.
 */
import type { Clock, FileStore, Logger, Random, Timers } from '@weir/ports';
import type { OutputTag } from '@weir/functions';
import type { TypeInformation } from '@weir/types';

export type Boundedness = 'bounded' | 'continuous';

/** Part of the input that one reader reads at a time. Plain data; `splitId` is unique in the source. */
export interface SourceSplit {
  readonly splitId: string;
}

/** Access to the world for connectors, given by the runtime. */
export interface ConnectorServices {
  readonly files: FileStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
}

export interface Source<T, S extends SourceSplit = SourceSplit, E = unknown> {
  /** For messages and plans, e.g. `file /data/*.parquet`. */
  readonly description: string;
  readonly boundedness: Boundedness;
  readonly outputType?: TypeInformation<T>;
  /** True when it reads memory or streams of the thread that built the job: `weir run` keeps such a job in that thread. */
  readonly boundToThread?: boolean;
  /** Version of the split and enumerator state data; a restore with another one is refused. */
  readonly stateVersion: number;
  /** `restored` is what `snapshotState` returned; undefined on a fresh start. */
  createEnumerator(context: EnumeratorContext<S>, restored: E | undefined): SplitEnumerator<S, E>;
  createReader(context: ReaderContext): SourceReader<T, S>;
}

export interface EnumeratorContext<S extends SourceSplit> extends ConnectorServices {
  readonly parallelism: number;
  /** Indexes of the readers that are registered now, ascending. */
  registeredReaders(): readonly number[];
  assignSplits(assignments: ReadonlyMap<number, readonly S[]>): void;
  /** Tells a reader that nothing will follow; it ends after its last split. */
  signalNoMoreSplits(subtaskIndex: number): void;
  /** Runs `work` and hands its outcome to `done` in a turn of the enumerator. Dropped after close. */
  runAsync<R>(work: () => Promise<R>, done: (outcome: R) => void): void;
  /** Repeats `work` each `periodMs`, counted from its end, until close. */
  runPeriodically<R>(periodMs: number, work: () => Promise<R>, done: (outcome: R) => void): void;
  /** Fails the job; for discovery that cannot go on. */
  fail(error: Error): void;
}

/** All calls in turns of one actor; never concurrent. Exceptions fail the job. */
export interface SplitEnumerator<S extends SourceSplit, E> {
  start(): void;
  /** A reader of this subtask is there (again). */
  addReader(subtaskIndex: number): void;
  /** A reader has nothing to do and wants a split. */
  handleSplitRequest(subtaskIndex: number): void;
  /** Splits that were assigned after the checkpoint to which the reader went back; they must be handed out again, earliest first. */
  addSplitsBack(splits: readonly S[], subtaskIndex: number): void;
  /** Everything needed to go on. Plain data that later calls do not change. */
  snapshotState(checkpointId: number): E;
  /** Size of all discovered input and of what was not handed out yet, in any unit (bytes, records): for the progress bar of bounded jobs. */
  work?(): { readonly total: number; readonly unassigned: number };
  close(): void;
}

export interface ReaderContext extends ConnectorServices {
  readonly subtaskIndex: number;
  readonly parallelism: number;
  /** Asks the enumerator for another split. */
  sendSplitRequest(): void;
  /** Adds to a counter of the source operator that the progress display shows (e.g. skipped lines). */
  readonly skippedRecords: { count: number };
}

/**
 * Records in the order of their split. The task advances `next` as it takes records, up to `end`; a barrier may come at any `next`.
 * `kind` chooses the generated read loop.
 */
export type RecordBatch<T> = IndexedBatch<T> | ArrayBatch<T> | SideBatch;

interface BatchBase {
  readonly splitId: string;
  /** Index of the next record to take. */
  next: number;
  /** Exclusive. */
  end: number;
}
/** Record i is `at(i)`. For generators and collections: no array is made, `at` is called from the generated loop. `at` must be the same function in all batches. */
export interface IndexedBatch<T> extends BatchBase {
  readonly kind: 'indexed';
  readonly at: (index: number) => T;
}
/** Record i is `records[i]`. */
export interface ArrayBatch<T> extends BatchBase {
  readonly kind: 'array';
  readonly records: readonly T[];
  /** Timestamps that the outside system gave, if it did. */
  readonly timestamps?: Float64Array;
}
/** Values for a side output, e.g. lines that could not be read. Taken like records, so that positions stay exact. */
export interface SideBatch extends BatchBase {
  readonly kind: 'side';
  readonly tag: OutputTag<unknown>;
  readonly records: readonly unknown[];
}

export type PollResult<T> = RecordBatch<T> | 'nothing' | 'end';

export interface SourceReader<T, S extends SourceSplit> {
  /** Once, after `addSplits` of restored splits. */
  start(): void;
  addSplits(splits: readonly S[]): void;
  notifyNoMoreSplits(): void;
  /** The next batch, never an empty one; `nothing` for now; `end` after the last split when no more come. Called only when the previous batch is used up. */
  poll(): PollResult<T>;
  /** Settles when `poll` may have something; rejects with the error that fails the task. Called after `nothing`. */
  available(): Promise<void>;
  /** S1. */
  snapshotState(checkpointId: number): readonly S[];
  /** What is left of the splits this reader holds, in the unit of `SplitEnumerator.work`. */
  remainingWork?(): number;
  /** The checkpoint completed: what it covers may be acknowledged outside. */
  notifyCheckpointComplete?(checkpointId: number): void;
  /** Splits that ended since the last call; their watermark no longer counts. */
  takeFinishedSplits(): readonly string[];
  close(): Promise<void>;
}
