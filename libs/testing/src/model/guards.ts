/**
 * What the protocol does for safety, each thing an option to leave out. The eight guards are the protocol of D4, D5 and D7; the refinements
 * are what this model showed to be missing from it: rules about one file operation each, without which a rare interleaving stops or
 * falsifies the job although all eight guards hold.
 */
export const GUARDS = {
  'exclusive-epoch-claim': 'an epoch is claimed by exclusive, durable creation before its leader acts',
  'metadata-before-pointer': '_metadata is durable before the register points to it',
  'pointer-names-version': 'the register is set only if it still has the version that was read',
  'unknown-outcome-is-reread': 'a write of the register with unknown outcome is read again, not taken for a failure',
  'epoch-check-before-notify': 'a larger epoch is looked for after the register is set and before anybody is notified',
  'deposed-deletes-nothing': 'a leader that is deposed or unsure deletes nothing',
  'restored-record': 'choosing an older checkpoint is recorded durably, and voids newer ones',
  'recovery-settles-transactions': 'recovery commits exactly the transactions of the restored checkpoint and aborts all others',
} as const;
export type Guard = keyof typeof GUARDS;

export const REFINEMENTS = {
  'ambiguous-metadata-is-settled': 'a _metadata whose writing failed but which is there is completed, not given up',
  'adopted-metadata-is-synced': 'the directory of an adopted _metadata is synced before the choice is recorded',
  'record-names-epoch': 'a restored record names the epoch of its checkpoint: a late record cannot void what a later leader started from',
  'history-spares-later-epochs': 'a leader that starts from nothing clears the output of earlier epochs only',
} as const;
export type Refinement = keyof typeof REFINEMENTS;

export type Rule = Guard | Refinement;
export const guards = Object.keys(GUARDS) as readonly Guard[];
export const refinements = Object.keys(REFINEMENTS) as readonly Refinement[];

export interface ModelOptions {
  /** Leader terms in one history. Default 3. */
  readonly epochs?: number;
  /** Leaders at a time, each awake, asleep or deposed without knowing. Default 2. */
  readonly leaders?: number;
  /** Checkpoint ids. Default 2. */
  readonly checkpoints?: number;
  /** Losses or roll-backs of the register. Default 1. */
  readonly registerFaults?: number;
  /** Power cuts of everything. Default 1. */
  readonly powerCuts?: number;
  readonly without?: readonly Rule[];
}
