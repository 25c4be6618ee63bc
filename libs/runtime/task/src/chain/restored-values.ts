/** State of one operator as restored: keyed state by name, and list elements by name. */
import type { RestoredKeyedState } from '@weir/state';

export interface RestoredOperatorValues {
  readonly checkpointId: number | undefined;
  readonly keyed: Map<string, RestoredKeyedState[]>;
  /** Encoded elements, in the order of their assignment. */
  readonly lists: ReadonlyMap<string, readonly Uint8Array[]>;
}

export const NOTHING_RESTORED = (): RestoredOperatorValues => ({ checkpointId: undefined, keyed: new Map(), lists: new Map() });
