/** What the CompletedCheckpointStore answers. Outcomes are closed sets; only a thrown AssertionFailedError is a defect. */
import type { FailureInfo } from '@weir/base';
import type { CommitPermit } from './commit-permit.js';
import type { CompletedCheckpoint } from './snapshot.js';

export type CompleteOutcome =
  /** Durable, pointed to, and no larger epoch existed afterwards: effects may be made visible. */
  | { readonly kind: 'completed'; readonly permit: CommitPermit }
  /** There is no `_metadata`, and the register is untouched. */
  | { readonly kind: 'failed'; readonly failure: FailureInfo }
  /** A larger epoch exists, or the outcome of a step stayed unknown: step down, delete nothing. */
  | { readonly kind: 'deposed'; readonly failure: FailureInfo };

export interface RestoredCheckpoint {
  readonly checkpoint: CompletedCheckpoint;
  /** An adopted checkpoint may never have been notified: its effects may be made visible with this. */
  readonly permit: CommitPermit;
}

/** What a new leader starts from. */
export interface Recovery {
  /** Undefined: there is nothing, and provably never was anything committed: start fresh. */
  readonly restored: RestoredCheckpoint | undefined;
  /** Above every id seen in any directory or record. */
  readonly nextCheckpointId: number;
  /** Sentences for the user: damaged directories that were passed over, what was swept. */
  readonly notes: readonly string[];
}

export type TerminalJobStatus = 'finished' | 'failed' | 'canceled';
export type CloseOutcome = { readonly kind: 'recorded' } | { readonly kind: 'deposed'; readonly failure: FailureInfo };
