/**
 * What the files say: which checkpoints are void, which one a new leader starts from, which transactions a checkpoint contains. The model's own
 * reading of D5's recovery, written apart from `decideRecovery` of the engine.
 */
import { Metadata, NO_RECORD, type StateLayout, Transaction } from './state-layout.js';

export type Choice = { readonly reference: number } | { readonly lost: string };

/** Bit e - 1 for each epoch whose record is there. */
export function recordsThere(layout: StateLayout, state: Uint8Array): number {
  let mask = 0;
  for (let epoch = 1; epoch <= layout.epochs; epoch++) if (state[layout.record(epoch)] !== NO_RECORD) mask |= 1 << (epoch - 1);
  return mask;
}

/** A record of a later epoch says that its leader started from a smaller id. `recordNamesEpoch`: unless a still later one started from this branch. */
export function isVoid(layout: StateLayout, state: Uint8Array, id: number, epoch: number, records: number, recordNamesEpoch: boolean): boolean {
  for (let later = layout.epochs; later > epoch; later--) {
    if ((records & (1 << (later - 1))) === 0) continue;
    const restored = state[layout.record(later)];
    if (layout.idOf(restored) < id) return true;
    if (recordNamesEpoch && layout.epochOf(restored) === epoch) return false;
  }
  return false;
}

export interface KnownFiles {
  readonly records: number;
  readonly registerThere: boolean;
  readonly pointer: number;
  readonly recordNamesEpoch: boolean;
}

/** The largest checkpoint that is there and not void; lost when something known to have been reached is not. */
export function choose(layout: StateLayout, state: Uint8Array, known: KnownFiles): Choice {
  const { records, recordNamesEpoch, pointer } = known;
  let chosen = 0;
  for (let reference = 1; reference <= layout.references; reference++) {
    if (state[layout.metadata(reference)] === Metadata.absent) continue;
    const id = layout.idOf(reference);
    if (id >= layout.idOf(chosen) && !isVoid(layout, state, id, layout.epochOf(reference), records, recordNamesEpoch)) chosen = reference;
  }
  const chosenId = layout.idOf(chosen);
  const pointerId = layout.idOf(pointer);
  if (known.registerThere && pointer !== 0 && chosenId <= pointerId && chosen !== pointer
    && !isVoid(layout, state, pointerId, layout.epochOf(pointer), records, recordNamesEpoch)) {
    return { lost: `the register names ${nameOf(layout, pointer)}, whose files are gone` };
  }
  for (let epoch = 1; epoch <= layout.epochs; epoch++) {
    if ((records & (1 << (epoch - 1))) === 0) continue;
    const restoredId = layout.idOf(state[layout.record(epoch)]);
    if (restoredId > chosenId && !isVoid(layout, state, restoredId, epoch, records, recordNamesEpoch)) {
      return { lost: `leader ${epoch} recorded that it started from ${nameOf(layout, state[layout.record(epoch)])}, which is not valid any more` };
    }
  }
  return { reference: chosen };
}

/** Bit r - 1 for every transaction that checkpoint `reference` contains, those of its ancestors with it. */
export function lineage(layout: StateLayout, state: Uint8Array, reference: number): number {
  let mask = 0;
  for (let at = reference; at !== 0; ) {
    const epoch = layout.epochOf(at);
    const last = layout.idOf(at);
    for (let id = 1; id <= last; id++) {
      const part = layout.reference(id, epoch);
      if (id < last && (state[layout.skipped(epoch)] & (1 << (id - 1))) !== 0) continue;
      if (state[layout.transaction(part)] !== Transaction.none) mask |= 1 << (part - 1);
    }
    const base = state[layout.record(epoch)];
    at = base === NO_RECORD ? 0 : base;
  }
  return mask;
}

export function nameOf(layout: StateLayout, reference: number): string {
  return reference === 0 ? 'nothing' : `checkpoint ${layout.idOf(reference)} of leader ${layout.epochOf(reference)}`;
}
