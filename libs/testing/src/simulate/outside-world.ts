/**
 * The world outside of the cluster: ledgers of two-phase commits that survive every crash, and the observer of what the engine promised
 * about them. One world is one simulated history.
 *
 * W1: nothing is visible but what is committed. W2: a transaction is prepared once, and then committed once or aborted; what breaks that is
 * a violation (I4, I9, K4).
 */
import type { Step } from './transcript.js';

export interface LedgerEntry {
  readonly value: unknown;
  readonly timestamp: number;
  /** When it was written. */
  readonly text: string;
}

export interface LedgerTransaction {
  readonly id: string;
  /** The ledger that it belongs to. */
  readonly tap: string;
  readonly checkpointId: number;
  readonly subtaskIndex: number;
  readonly attempt: LedgerAttempt;
  readonly entries: readonly LedgerEntry[];
  readonly steps: readonly Step[];
}

/** Who writes: attempts of later jobs and later attempts of one job come after it. */
export interface LedgerAttempt {
  readonly jobId: string;
  /** `<epoch>.<attempt>` */
  readonly attempt: string;
}

/** Where the outside world meets the protocol; faults aim at these. */
export type ProtocolPoint = 'write' | 'prepare' | 'prepared' | 'commit' | 'committed' | 'recover';

/** An outage of the outside world, thrown into the engine. */
export class SimulatedOutage extends Error {
  constructor(point: ProtocolPoint) {
    super(`simulated outage at ${point}`);
    this.name = 'SimulatedOutage';
  }
}

export class OutsideWorld {
  readonly violations: string[] = [];
  private readonly prepared = new Map<string, LedgerTransaction & { readonly late: boolean }>();
  private readonly committed = new Map<string, LedgerTransaction>();
  private readonly armed = new Set<ProtocolPoint>();
  /** In the order in which they were first seen. */
  private readonly jobs: string[] = [];
  /** By ledger and subtask: the latest attempt that has ended what earlier ones had left. */
  private readonly recovered = new Map<string, { readonly attempt: LedgerAttempt; readonly parallelism: number; readonly subtaskIndex: number }[]>();
  private zombies = 0;
  private recovering = false;
  private listener: (point: ProtocolPoint) => void = () => undefined;

  constructor(
    /** The largest checkpoint that the durable register names. */
    private readonly lastCompleted: () => Promise<number>,
    /** Told of what happens sometimes. */
    private readonly seen: (what: string) => void = () => undefined,
  ) {}

  onPoint(listener: (point: ProtocolPoint) => void): void {
    this.listener = listener;
  }
  /** The next one who comes to this point fails. */
  arm(point: ProtocolPoint): void {
    this.armed.add(point);
  }
  disarm(): void {
    this.armed.clear();
  }
  /** Throws when armed. */
  reach(point: ProtocolPoint): void {
    this.listener(point);
    if (this.armed.delete(point)) throw new SimulatedOutage(point);
  }

  prepare(transaction: LedgerTransaction): void {
    const { id } = transaction;
    if (this.prepared.has(id) || this.committed.has(id)) this.violations.push(`K4: the transaction ${id} is prepared twice`);
    this.placeOf(transaction.attempt.jobId);
    const late = this.hasSuccessor(transaction);
    if (late) this.zombies++;
    this.prepared.set(id, { ...transaction, late });
  }

  async commit(id: string): Promise<void> {
    if (this.committed.has(id)) {
      this.seen('commit repeated after it took effect');
      return;
    }
    const transaction = this.prepared.get(id);
    if (transaction === undefined) {
      this.violations.push(`I9: the transaction ${id} is committed but was aborted, or never prepared`);
      return;
    }
    const completed = await this.lastCompleted();
    if (transaction.checkpointId > completed) {
      this.violations.push(`I4: ${id} of checkpoint ${transaction.checkpointId} becomes visible when ${completed} is the last completed one`);
    }
    if (this.hasSuccessor(transaction) && !transaction.late && !this.recovering) this.seen('an attempt that had a successor committed');
    this.prepared.delete(id);
    this.committed.set(id, transaction);
  }

  /** K3: ends what earlier attempts have left behind in a committer's share of a ledger. */
  async recover(known: ReadonlySet<string>, share: { readonly tap: string; readonly subtaskIndex: number; readonly parallelism: number; readonly attempt: LedgerAttempt }): Promise<void> {
    const { tap, subtaskIndex, parallelism, attempt } = share;
    this.placeOf(attempt.jobId);
    const owns = (transaction: LedgerTransaction): boolean =>
      transaction.tap === tap && transaction.subtaskIndex % parallelism === subtaskIndex && this.isBefore(transaction.attempt, attempt);
    this.recovered.set(tap, [...(this.recovered.get(tap) ?? []), { attempt, parallelism, subtaskIndex }]);
    for (const id of known) if (!this.prepared.has(id) && !this.committed.has(id)) this.violations.push(`I9: the transaction ${id} of the restored checkpoint is gone`);
    for (const [id, transaction] of [...this.prepared]) {
      if (!owns(transaction)) continue;
      this.seen(known.has(id) ? 'a successor committed what was prepared before it' : 'a successor aborted what was prepared before it');
      this.recovering = true;
      if (known.has(id)) await this.commit(id);
      else this.prepared.delete(id);
      this.recovering = false;
    }
  }

  /** Ids that are neither committed nor aborted, without those of attempts that had a successor when they prepared them. */
  get undecided(): readonly string[] {
    return [...this.prepared].filter(([, { late }]) => !late).map(([id]) => id);
  }
  /** Transactions that were prepared by attempts which had been replaced. */
  get preparedLate(): number {
    return this.zombies;
  }

  private hasSuccessor({ tap, subtaskIndex, attempt }: LedgerTransaction): boolean {
    return (this.recovered.get(tap) ?? []).some((later) => subtaskIndex % later.parallelism === later.subtaskIndex && this.isBefore(attempt, later.attempt));
  }

  private isBefore(a: LedgerAttempt, b: LedgerAttempt): boolean {
    if (a.jobId !== b.jobId) return this.placeOf(a.jobId) < this.placeOf(b.jobId);
    const [aEpoch, aAttempt] = a.attempt.split('.').map(Number);
    const [bEpoch, bAttempt] = b.attempt.split('.').map(Number);
    return aEpoch < bEpoch || (aEpoch === bEpoch && aAttempt < bAttempt);
  }
  private placeOf(jobId: string): number {
    if (!this.jobs.includes(jobId)) this.jobs.push(jobId);
    return this.jobs.indexOf(jobId);
  }

  /** What is visible in a ledger, in the order of checkpoints. `through`: also what is prepared up to this completed checkpoint. */
  transactions(tap: string, through = 0): LedgerTransaction[] {
    const decided = [...this.prepared.values()].filter(({ checkpointId }) => checkpointId <= through);
    return [...this.committed.values(), ...decided].filter((transaction) => transaction.tap === tap)
      .sort((a, b) => a.checkpointId - b.checkpointId || a.subtaskIndex - b.subtaskIndex);
  }
}
