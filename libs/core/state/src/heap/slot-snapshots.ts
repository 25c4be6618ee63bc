/**
 * Which snapshots of the heap backend may be the base of the next, and the files that each consists of (ADR 0007).
 *
 *  N1  A base is a checkpoint that was heard to have completed before the next one began. One that began in between may subsume it without
 *      referring to its files.
 *  N2  A snapshot that refers to no file of the base ends it: nobody may hold them by the time it has completed.
 */
import type { StoredFile } from '../keyed-state-backend.js';

export interface RowsFile {
  readonly name: string;
  readonly stored: StoredFile;
}
export interface SlotSnapshot {
  readonly checkpointId: number;
  /** What it holds: all with a mark up to here. */
  interval: number;
  /** Oldest first. Undefined until it is in storage. */
  files: readonly RowsFile[] | undefined;
  /** Bytes of its first file, and of the others. */
  wholeBytes: number;
  laterBytes: number;
}

const FILES_MAX = 30;

export class SlotSnapshots {
  private last: SlotSnapshot | undefined;
  private confirmed: SlotSnapshot | undefined;

  /** N2 unless `base` is the present one. */
  began(snapshot: SlotSnapshot, base: SlotSnapshot | undefined): void {
    this.last = snapshot;
    if (base === undefined) this.confirmed = undefined;
  }
  /** N1. */
  completed(checkpointId: number): void {
    if (this.last?.checkpointId === checkpointId && this.last.files !== undefined) this.confirmed = this.last;
  }
  /** The present base, if a chain on it is worth while. `changed`, `keys`: slots touched since the last snapshot, and in use. */
  base(changed: number, keys: number): SlotSnapshot | undefined {
    const base = this.confirmed;
    if (base?.files === undefined || base.files.length >= FILES_MAX) return undefined;
    return changed * 2 > keys || base.laterBytes > base.wholeBytes ? undefined : base;
  }
  /** What stands is not the base of anything any more. */
  forget(): void {
    this.last = undefined;
    this.confirmed = undefined;
  }
  /** Intervals are counted from the base's on; returns how many fall away, or undefined when there is none to count from. */
  renumber(): number | undefined {
    const by = this.confirmed?.interval ?? 0;
    if (by === 0) {
      this.forget();
      return undefined;
    }
    for (const snapshot of new Set([this.last, this.confirmed])) if (snapshot !== undefined) snapshot.interval -= by;
    return by;
  }
}
