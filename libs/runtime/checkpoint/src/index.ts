export * from './state-distribution.js';
export type { InFlightBytes, InFlightChannel, InFlightIndex, RestoredInFlight } from './in-flight-state.js';
export * from './snapshot.js';
export * from './snapshot-storage.js';
export { checkCheckpointOptions, checkpointOptions } from './checkpoint-options.js';
export { FAILURE_WEIGHTS } from './checkpoint-failure-reason.js';
export type { CheckpointFailureReason, FailureWeight, TriggerRefusal } from './checkpoint-failure-reason.js';
export type {
  CheckpointCoordinatorConfig, CheckpointCoordinatorEffect, CheckpointCoordinatorMessage, CheckpointCoordinatorState, CheckpointedTaskState,
  CheckpointInstant, CheckpointStatistics, CheckpointStep, CompletedCheckpointSummary, CurrentSavepoint, PendingCheckpoint, SavepointMode, StepOutcome,
  TrackedTask,
} from './checkpoint-coordinator.protocol.js';
export type { CloseOutcome, CompleteOutcome, Recovery, RestoredCheckpoint, TerminalJobStatus } from './completed-checkpoint.protocol.js';
export { CommitPermit } from './commit-permit.js';
export { initialCheckpointCoordinatorState, isStoringCheckpoint, stepCheckpointCoordinator } from './checkpoint-coordinator.js';
export { CompletedCheckpointStore } from './completed-checkpoint-store.js';
export type { CompletedCheckpointStoreOptions } from './completed-checkpoint-store.js';
export { FileCheckpointStorage } from './file-checkpoint-storage.js';
export type { FileCheckpointStorageOptions } from './file-checkpoint-storage.js';
export { jobCheckpointDirectory } from './checkpoint-directory.js';
export { readMetadata, writeMetadata } from './metadata-file.js';
export { readExternalSnapshot } from './external-snapshot.js';
export { SavepointWriter } from './savepoint-writer.js';
export type { SavepointWriterOptions } from './savepoint-writer.js';
export { filesOf } from './snapshot-files.js';
export { stateSizeBytes, writtenBytes } from './state-size.js';
export { assignState } from './state-assignment.js';
export type { AssignStateOptions } from './state-assignment.js';
export { subtaskKey } from './subtask-key.js';
export {
  CheckpointAbortedError, CheckpointDamagedError, CheckpointExpiredError, CheckpointFileMissingError, CheckpointLostError, CheckpointVersionError,
  CheckpointOptionsError, JobEndedError, LeadershipLostError, NotACheckpointError, SavepointDirectoryMissingError,
  SavepointFailedError, StateAssignmentError, TooManyFailedCheckpointsError,
} from './errors.js';
export { listCheckpoints, showCheckpoint, verifyCheckpoint } from './checkpoint-inspector.js';
export type {
  CheckpointDescription, CheckpointFinding, CheckpointListing, CheckpointVerification, OperatorDescription,
} from './checkpoint-inspector.js';
