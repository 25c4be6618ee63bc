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
  readonly entries: readonly LedgerEntry[];
  readonly steps: readonly Step[];
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
  private readonly prepared = new Map<string, LedgerTransaction>();
  private readonly committed = new Map<string, LedgerTransaction>();
  private readonly armed = new Set<ProtocolPoint>();
  private listener: (point: ProtocolPoint) => void = () => undefined;

  constructor(
    /** The largest checkpoint that the durable register names. */
    private readonly lastCompleted: () => Promise<number>,
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
    this.prepared.set(id, transaction);
  }

  async commit(id: string): Promise<void> {
    if (this.committed.has(id)) return;
    const transaction = this.prepared.get(id);
    if (transaction === undefined) {
      this.violations.push(`I9: the transaction ${id} is committed but was aborted, or never prepared`);
      return;
    }
    const completed = await this.lastCompleted();
    if (transaction.checkpointId > completed) {
      this.violations.push(`I4: ${id} of checkpoint ${transaction.checkpointId} becomes visible when ${completed} is the last completed one`);
    }
    this.prepared.delete(id);
    this.committed.set(id, transaction);
  }

  /** K3: ends what an earlier attempt left behind. `owns`: this committer's share of the ledger. */
  async recover(known: ReadonlySet<string>, owns: (transaction: LedgerTransaction) => boolean): Promise<void> {
    for (const id of known) if (!this.prepared.has(id) && !this.committed.has(id)) this.violations.push(`I9: the transaction ${id} of the restored checkpoint is gone`);
    for (const [id, transaction] of [...this.prepared]) {
      if (!owns(transaction)) continue;
      if (known.has(id)) await this.commit(id);
      else this.prepared.delete(id);
    }
  }

  /** Ids that are neither committed nor aborted. */
  get undecided(): readonly string[] {
    return [...this.prepared.keys()];
  }

  /** What is visible in a ledger, in the order of checkpoints. `through`: also what is prepared up to this completed checkpoint. */
  transactions(tap: string, through = 0): LedgerTransaction[] {
    const decided = [...this.prepared.values()].filter(({ checkpointId }) => checkpointId <= through);
    return [...this.committed.values(), ...decided].filter((transaction) => transaction.tap === tap)
      .sort((a, b) => a.checkpointId - b.checkpointId || a.subtaskIndex - b.subtaskIndex);
  }
}
