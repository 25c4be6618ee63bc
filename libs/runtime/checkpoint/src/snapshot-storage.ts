/** What a task needs of the checkpoint storage; implemented by the file checkpoint storage. */
import type { ExecutionAttemptId } from '@weir/base';
import type { InFlightBytes } from './in-flight-state.js';
import type { ChannelPosition, FileHandle, OperatorSnapshot, StateHandle, SubtaskSnapshot } from './snapshot.js';

export interface SubtaskSnapshotInput {
  readonly checkpointId: number;
  readonly attempt: ExecutionAttemptId;
  readonly finished: boolean;
  readonly operators: readonly OperatorSnapshot[];
  readonly inputs: readonly ChannelPosition[];
  readonly outputs: readonly ChannelPosition[];
  readonly inFlight?: readonly InFlightBytes[];
}

export interface SnapshotStorage {
  /** Writes one subtask's snapshot durably (file fsynced, directory fsynced). Never overwrites: the file is named by attempt. */
  writeSubtask(input: SubtaskSnapshotInput): Promise<SubtaskSnapshot>;
  /** All bytes of a handle, verified by size and checksum; `WEIR_CHECKPOINT_DAMAGED` names the file. Cached per restore. */
  readState(handle: StateHandle): Promise<Uint8Array>;
  /** Gives a file piece by piece; settles when all of it was verified. */
  readFile(file: FileHandle, take: (piece: Uint8Array) => Promise<void>): Promise<void>;
}
