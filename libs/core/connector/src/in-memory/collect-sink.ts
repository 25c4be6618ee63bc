/**
 * Collects results in the memory of this process, exactly once: two-phase commit against maps instead of files.
 *
 * A prepared transaction is known by `<job>/<operator>/<attempt>/<subtask>/<counter>` (K4); committables carry that id only, values never
 * leave memory. T1: an id is in `prepared` or in `committed`, never in both. T2: results stand in the order of commits; within one
 * transaction in the order of the records.
 */
import { assert } from '@weir/base';
import type { Sink, SinkCommitter, SinkContext, SinkWriter } from '../sink.js';
import { CollectedResultsLostError } from '../errors.js';

export interface CollectCommittable {
  readonly transactionId: string;
}

interface PreparedTransaction<T> {
  readonly subtaskIndex: number;
  readonly values: readonly T[];
}

class CollectedJob<T> {
  readonly prepared = new Map<string, PreparedTransaction<T>>();
  readonly committed = new Set<string>();
  readonly results: T[] = [];

  commit(transactionId: string): void {
    if (this.committed.has(transactionId)) return; // K2: done already
    const transaction = this.prepared.get(transactionId);
    if (transaction === undefined) throw new CollectedResultsLostError(transactionId);
    this.prepared.delete(transactionId); // T1
    this.committed.add(transactionId);
    for (const value of transaction.values) this.results.push(value);
  }
}

export class CollectSink<T> implements Sink<T, CollectCommittable> {
  readonly description = 'collect';
  readonly stateVersion = 1;
  readonly guarantee = 'exactly-once';
  readonly boundToThread = true;
  private readonly jobs = new Map<string, CollectedJob<T>>();

  /** What the job has committed so far. Without an id: of the only job that used this sink; empty if none did. */
  results(jobId?: string): readonly T[] {
    if (jobId !== undefined) return this.jobs.get(jobId)?.results ?? [];
    assert(this.jobs.size <= 1, `a collect sink of ${this.jobs.size} jobs needs a job id`);
    for (const job of this.jobs.values()) return job.results;
    return [];
  }

  createWriter(context: SinkContext): SinkWriter<T, CollectCommittable> {
    return new CollectWriter<T>(context, this.job(context.jobId));
  }

  createCommitter(context: SinkContext): SinkCommitter<CollectCommittable> {
    return new CollectCommitter<T>(context, (jobId) => this.job(jobId));
  }

  private job(jobId: string): CollectedJob<T> {
    let job = this.jobs.get(jobId);
    if (job === undefined) this.jobs.set(jobId, (job = new CollectedJob<T>()));
    return job;
  }
}

class CollectWriter<T> implements SinkWriter<T, CollectCommittable> {
  private values: T[] = [];
  private counter = 0;

  constructor(private readonly context: SinkContext, private readonly job: CollectedJob<T>) {}

  write(value: T): void {
    this.values.push(value);
  }
  backlog(): undefined {
    return undefined;
  }
  prepareCommit(): Promise<readonly CollectCommittable[]> {
    if (this.values.length === 0) return Promise.resolve([]);
    const { jobId, operatorId, attempt, subtaskIndex } = this.context;
    const transactionId = `${jobId}/${operatorId}/${attempt}/${subtaskIndex}/${this.counter++}`;
    this.job.prepared.set(transactionId, { subtaskIndex, values: this.values });
    this.values = [];
    return Promise.resolve([{ transactionId }]);
  }
  close(): Promise<void> {
    this.values = [];
    return Promise.resolve();
  }
}

class CollectCommitter<T> implements SinkCommitter<CollectCommittable> {
  private readonly job: CollectedJob<T>;

  constructor(private readonly context: SinkContext, private readonly jobOf: (jobId: string) => CollectedJob<T>) {
    this.job = jobOf(context.jobId);
  }

  recover(restored: readonly CollectCommittable[]): Promise<void> {
    // What another job prepared in the snapshot that this one began from is that job's result, and this one's to commit.
    for (const { transactionId } of restored) {
      const owner = this.jobOf(transactionId.slice(0, transactionId.indexOf('/')));
      const transaction = owner.prepared.get(transactionId);
      if (transaction !== undefined && this.isOwn(transaction)) owner.commit(transactionId);
    }
    const ownPrefix = `${this.context.jobId}/${this.context.operatorId}/`;
    for (const [transactionId, transaction] of [...this.job.prepared]) { // K3: what the snapshot names is committed by now, or another subtask's
      const isNamed = restored.some((committable) => committable.transactionId === transactionId);
      if (!isNamed && this.isOwn(transaction) && transactionId.startsWith(ownPrefix)) this.job.prepared.delete(transactionId);
    }
    return Promise.resolve();
  }
  /**
   * This subtask's share is what subtasks of its index (modulo the parallelism) prepared: its own new attempt has prepared nothing yet, while other
   * subtasks may be running already.
   */
  private isOwn({ subtaskIndex }: PreparedTransaction<T>): boolean {
    return subtaskIndex % this.context.parallelism === this.context.subtaskIndex;
  }
  commit(committables: readonly CollectCommittable[]): Promise<void> {
    return new Promise((resolve) => {
      for (const { transactionId } of committables) this.job.commit(transactionId);
      resolve();
    });
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
