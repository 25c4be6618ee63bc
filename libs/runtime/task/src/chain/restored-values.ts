/** State of one operator as restored: keyed state, and list elements by name. */
import type { RestoredKeyed } from '@weir/state';

export interface RestoredOperatorValues {
  readonly checkpointId: number | undefined;
  readonly keyed: RestoredKeyed;
  /** Encoded elements, in the order of their assignment. */
  readonly lists: ReadonlyMap<string, readonly Uint8Array[]>;
}

export const NOTHING_RESTORED: RestoredOperatorValues = { checkpointId: undefined, keyed: { states: new Map(), tables: [] }, lists: new Map() };
