/** What a slot's thread is told: settings when it starts, then one command. Plain data. */
import type { SlotAssignment } from '@weir/cluster';
import type { ThreadSettings } from '@weir/process';

export interface SlotThreadSettings extends ThreadSettings {
  /** `high-availability.storageDir`, absolute. */
  readonly storageDirectory: string;
  /** Where job modules are kept on this machine, absolute. */
  readonly artifactDirectory: string;
}

/** Answer: the slot's address. */
export interface SlotThreadCommand {
  readonly type: 'open-slot';
  readonly assignment: SlotAssignment;
}
