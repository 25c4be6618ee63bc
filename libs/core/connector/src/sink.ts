/**
 * The sink contract (after Flink's Sink V2): a writer per subtask and, for exactly-once, a committer that makes prepared work visible after
 * the checkpoint that contains it has completed (D7).
 *
 * K1: nothing becomes visible under a final name before `commit`. K2: `commit` is idempotent: done already = success; both the prepared
 * work and its result gone = an error, never a shrug. K3: after a restore every piece that an *earlier* attempt prepared and that is not in
 * the restored state is aborted, found by listing, not by remembering; what a later attempt prepared is left alone: it has replaced this one.
 * K4: identities of prepared work are never used twice: they hold job, attempt and a counter.
 */
import type { ConnectorServices } from './source.js';

export interface Sink<T, C = unknown> {
  readonly description: string;
  /** Version of the committables; a restore with another one is refused. */
  readonly stateVersion: number;
  readonly guarantee: 'exactly-once' | 'at-least-once' | 'none';
  /** True when it writes to memory or streams of the thread that built the job: `weir run` keeps such a job in that thread. */
  readonly boundToThread?: boolean;
  /**
   * Once per history, before the first task of a run that starts from nothing: checks that the target can be written and removes what
   * earlier histories of the same job wrote (and nothing else). The text says what was done, for the user.
   */
  beginHistory?(context: SinkHistoryContext): Promise<SinkHistoryReport>;
  createWriter(context: SinkContext): SinkWriter<T, C>;
  /** Absent: the writer's flush is all there is (at-least-once). */
  createCommitter?(context: SinkContext): SinkCommitter<C>;
}

export interface SinkHistoryContext extends ConnectorServices {
  readonly jobId: string;
  /** Term of the leader that begins. It may have been overtaken meanwhile: output of this job by this or a later term must not be removed. */
  readonly epoch: number;
  /** Ids of earlier histories of this job, with whatever parameters: where their output is found in the target, it is replaced. */
  readonly earlierJobIds: readonly string[];
  /**
   * To be awaited before output of these earlier histories is removed: afterwards they can no longer be resumed, so that a crash in between
   * never leaves a history that goes on without its output.
   */
  replacing(jobIds: readonly string[]): Promise<void>;
  readonly operatorName: string;
}
export interface SinkHistoryReport {
  /** Sentences for the user; empty when there is nothing to say. */
  readonly notes: readonly string[];
}

export interface SinkContext extends ConnectorServices {
  readonly jobId: string;
  /** Stable id of the sink operator. */
  readonly operatorId: string;
  readonly operatorName: string;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  /** `<epoch>.<attempt>`, never used before by this job (K4). */
  readonly attempt: string;
}

export interface SinkWriter<T, C> {
  /** Hot path: takes the record; work that needs I/O runs behind. */
  write(value: T, timestamp: number): void;
  /** A promise while the writer wants no more records (its buffers are full); rejects with the error that fails the task. */
  backlog(): Promise<void> | undefined;
  /**
   * At the barrier, synchronously cuts what was written so far; the promise settles when all of it is durable though not visible, and
   * gives what the committer needs. Plain data.
   */
  prepareCommit(checkpointId: number): Promise<readonly C[]>;
  /** The input has ended; `prepareCommit` follows. */
  endOfInput?(): void;
  /** Abandons what is not prepared. */
  close(): Promise<void>;
}

export interface SinkCommitter<C> {
  /**
   * After a restore, before the first record: `restored` holds the committables of *all* subtasks. Commits this subtask's share and aborts
   * its share of everything prepared by this job that is not among them (K3).
   */
  recover(restored: readonly C[]): Promise<void>;
  /** K2. Retried by the runtime with backoff when it throws an error whose retry hint is not `never`. */
  commit(committables: readonly C[]): Promise<void>;
  close(): Promise<void>;
}
