/**
 * Which checkpoint a new leader starts from: the pure part of D5's recovery. Input is what was found in the job's directory and in its register,
 * which was read *before* the directory was listed.
 *
 *  R1  A checkpoint is void if a leader of a later term recorded that it started from a smaller id, unless a still later one started from it
 *      or from what its own leader completed after it: then the first record was written by a leader that had been overtaken, and never acted.
 *  R2  The largest id that is valid and not void is taken, also when nobody was ever notified of it.
 *  R3  Never below what is known to have been committed or adopted: the register's pointer and the records, unless void themselves (P5).
 *  R4  Without a register nothing is known of damaged checkpoints above the choice: they may have been committed, so that is a loss, too.
 */
import { baseName, type JobRegister } from '@weir/ports';
import { parseCheckpointDirectoryName } from './checkpoint-directory.js';
import type { RestoredRecord } from './restored-record.js';
import type { CompletedCheckpoint } from './snapshot.js';

/** One `chk-<id>-<epoch>` directory. `incomplete`: it has no `_metadata`. */
export type FoundCheckpoint = { readonly checkpointId: number; readonly epoch: number; readonly path: string } & (
  | { readonly kind: 'complete'; readonly checkpoint: CompletedCheckpoint }
  | { readonly kind: 'damaged'; readonly problem: string }
  | { readonly kind: 'incomplete' }
);

export interface RecoveryInput {
  readonly found: readonly FoundCheckpoint[];
  readonly records: readonly RestoredRecord[];
  readonly register: JobRegister | undefined;
}

export type RecoveryDecision =
  | { readonly kind: 'start-from'; readonly checkpoint: CompletedCheckpoint | undefined; readonly nextCheckpointId: number; readonly notes: readonly string[] }
  | { readonly kind: 'lost'; readonly what: string };

/** R1 */
export function isVoid(checkpointId: number, epoch: number, records: readonly RestoredRecord[]): boolean {
  const later = records.filter((record) => record.epoch > epoch).sort((a, b) => b.epoch - a.epoch);
  // The latest one that says anything of this checkpoint.
  const decisive = later.find((record) => record.restoredId < checkpointId || record.restoredEpoch === epoch);
  return decisive !== undefined && decisive.restoredId < checkpointId;
}

export function decideRecovery({ found, records, register }: RecoveryInput): RecoveryDecision {
  const pointer = register?.lastCompletedCheckpoint;
  const live = found.filter(({ checkpointId, epoch }) => !isVoid(checkpointId, epoch, records));
  let chosen: CompletedCheckpoint | undefined;
  for (const candidate of live) { // R2
    if (candidate.kind !== 'complete') continue;
    const { checkpoint } = candidate;
    const above = chosen === undefined || checkpoint.metadata.checkpointId > chosen.metadata.checkpointId
      || (checkpoint.metadata.checkpointId === chosen.metadata.checkpointId && checkpoint.metadata.epoch > chosen.metadata.epoch);
    if (above) chosen = checkpoint;
  }
  const chosenId = chosen?.metadata.checkpointId ?? 0;

  // R3
  if (pointer !== undefined) {
    const pointerEpoch = parseCheckpointDirectoryName(baseName(pointer.path))?.epoch ?? register?.epoch ?? 0;
    const reached = chosenId > pointer.checkpointId || (chosenId === pointer.checkpointId && chosen !== undefined && baseName(chosen.path) === baseName(pointer.path));
    if (!reached && !isVoid(pointer.checkpointId, pointerEpoch, records)) {
      return { kind: 'lost', what: `the register names checkpoint ${pointer.checkpointId} at ${pointer.path}, ${stateOf(found, pointer.path)}, and no newer one is valid` };
    }
  }
  for (const record of records) {
    if (record.restoredId > chosenId && !isVoid(record.restoredId, record.epoch, records)) {
      return { kind: 'lost', what: `the leader of epoch ${record.epoch} started from checkpoint ${record.restoredId}, which is not valid any more, and no newer one is` };
    }
  }
  const damaged = live.filter((candidate) => candidate.kind === 'damaged');
  const doubtful = damaged.find((candidate) => candidate.checkpointId > chosenId);
  if (register === undefined && doubtful !== undefined) { // R4
    return { kind: 'lost', what: `the register is gone and checkpoint ${doubtful.checkpointId} at ${doubtful.path} is damaged (${doubtful.problem})` };
  }
  const ids = [...found.map(({ checkpointId }) => checkpointId), ...records.map(({ restoredId }) => restoredId), pointer?.checkpointId ?? 0];
  return {
    kind: 'start-from',
    checkpoint: chosen,
    nextCheckpointId: ids.reduce((largest, id) => Math.max(largest, id), 0) + 1,
    notes: damaged.map(({ path, problem }) => `passed over damaged checkpoint ${path}: ${problem}`),
  };
}

function stateOf(found: readonly FoundCheckpoint[], path: string): string {
  const there = found.find((candidate) => baseName(candidate.path) === baseName(path));
  if (there === undefined || there.kind === 'incomplete') return 'which is missing';
  return there.kind === 'damaged' ? `which is damaged (${there.problem})` : 'which is void';
}
