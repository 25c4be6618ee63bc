/**
 * The model's state as a row of bytes, one small number each, so that millions of them are compared and hashed as they lie.
 *
 *   head        largest epoch claimed · register (epoch, pointer) and its value before the last write · faults used · largest epoch that has
 *               settled its restore · a claimer's look at the epochs (without exclusive claims only)
 *   per epoch   program counter and two locals of its leader · `restored` record · ids whose transaction its own failover aborted · ids notified
 *   per (id, epoch)   `_metadata` · transaction
 *
 * A reference names checkpoint (id, epoch) by one number; 0 is "nothing". Ids begin at 1, and so do epochs.
 */
export const Head = {
  largestEpoch: 0, registerEpoch: 1, registerPointer: 2, previousEpoch: 3, previousPointer: 4, registerFaults: 5, powerCuts: 6, settledEpoch: 7, claimer: 8,
} as const;
const HEAD_SIZE = 9;
const LEADER_SIZE = 6;

/** The leader of one epoch. Locals by phase: `first` = pointer that was read, then choice, then id completed last; `second` = records that were read, then next id. */
export const Pc = {
  unborn: 0, claimed: 1, registerRead: 2, recordsRead: 3, chosen: 4, recorded: 5, adoptCas: 6, adoptCasStale: 7, adoptCheck: 8, commitRestored: 9, abortOthers: 10,
  leading: 11, staged: 12, linked: 13, durable: 14, completeCas: 15, completeCasStale: 16, completeCheck: 17, discarding: 18, gone: 19,
} as const;
export const Metadata = { absent: 0, visible: 1, durable: 2 } as const;
export const Transaction = { none: 0, staged: 1, committed: 2, aborted: 3 } as const;
export const NO_RECORD = 255;

export class StateLayout {
  readonly size: number;
  private readonly metadataAt: number;
  private readonly transactionAt: number;
  /** Number of references without "nothing". */
  readonly references: number;

  constructor(readonly epochs: number, readonly checkpoints: number) {
    this.references = epochs * checkpoints;
    this.metadataAt = HEAD_SIZE + LEADER_SIZE * epochs - 1;
    this.transactionAt = this.metadataAt + this.references;
    this.size = this.transactionAt + this.references + 1;
  }

  initial(): Uint8Array {
    const state = new Uint8Array(this.size);
    for (let epoch = 1; epoch <= this.epochs; epoch++) state[this.record(epoch)] = NO_RECORD;
    return state;
  }

  reference(id: number, epoch: number): number {
    return (epoch - 1) * this.checkpoints + id;
  }
  idOf(reference: number): number {
    return reference === 0 ? 0 : ((reference - 1) % this.checkpoints) + 1;
  }
  epochOf(reference: number): number {
    return reference === 0 ? 0 : (((reference - 1) / this.checkpoints) | 0) + 1;
  }

  pc(epoch: number): number { return HEAD_SIZE + LEADER_SIZE * (epoch - 1); }
  first(epoch: number): number { return this.pc(epoch) + 1; }
  second(epoch: number): number { return this.pc(epoch) + 2; }
  record(epoch: number): number { return this.pc(epoch) + 3; }
  skipped(epoch: number): number { return this.pc(epoch) + 4; }
  notified(epoch: number): number { return this.pc(epoch) + 5; }
  metadata(reference: number): number { return this.metadataAt + reference; }
  transaction(reference: number): number { return this.transactionAt + reference; }

  isAlive(state: Uint8Array, epoch: number): boolean {
    const pc = state[this.pc(epoch)];
    return pc !== Pc.unborn && pc !== Pc.gone;
  }
}
