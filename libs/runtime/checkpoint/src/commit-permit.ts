/**
 * Permission to make a checkpoint's effects visible (D5 5). Whoever notifies tasks of a completed checkpoint must hold one; only
 * {@link CompletedCheckpointStore} issues it, after `_metadata` is durable, the register points to it and no larger epoch exists.
 * A permit is a value of this process: it is never sent.
 */
import type { LeaderEpoch } from '@weir/base';
import type { CompletedCheckpoint } from './snapshot.js';

let issue: (checkpoint: CompletedCheckpoint, epoch: LeaderEpoch) => CommitPermit;

export class CommitPermit {
  readonly #checkpoint: CompletedCheckpoint;
  readonly #epoch: LeaderEpoch;

  static {
    issue = (checkpoint, epoch) => new CommitPermit(checkpoint, epoch);
  }
  private constructor(checkpoint: CompletedCheckpoint, epoch: LeaderEpoch) {
    this.#checkpoint = checkpoint;
    this.#epoch = epoch;
  }

  get checkpoint(): CompletedCheckpoint {
    return this.#checkpoint;
  }
  get checkpointId(): number {
    return this.#checkpoint.metadata.checkpointId;
  }
  /** The leader's term in which it was issued; not that of the checkpoint when that was adopted. */
  get epoch(): LeaderEpoch {
    return this.#epoch;
  }
}

/** For the store alone; not exported from this lib. */
export function issueCommitPermit(checkpoint: CompletedCheckpoint, epoch: LeaderEpoch): CommitPermit {
  return issue(checkpoint, epoch);
}
