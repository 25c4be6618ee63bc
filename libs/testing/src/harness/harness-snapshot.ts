/** A snapshot of a harness as the engine would keep it: metadata, and bytes in a file store. */
import type { CheckpointMetadata, SnapshotStorage } from '@weir/checkpoint';

export interface HarnessSnapshot {
  readonly metadata: CheckpointMetadata;
  readonly storage: SnapshotStorage;
  /** Wall clock of the harness at the snapshot; a restored one goes on from there. */
  readonly nowMs: number;
}
