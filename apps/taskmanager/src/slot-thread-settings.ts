/** What a slot's thread is told: settings when it starts, then one command. Plain data. */
import type { SlotAssignment, StoredArtifact } from '@weir/cluster';
import type { ClusterThreadSettings } from '@weir/process';

export interface SlotThreadSettings extends ClusterThreadSettings {
  /** The only artifact there is, where there is no storage that has it. */
  readonly artifact?: StoredArtifact;
}

/** Answer: the slot's address. */
export interface SlotThreadCommand {
  readonly type: 'open-slot';
  readonly assignment: SlotAssignment;
}
