import type { CheckpointMetadata, StateHandle } from './snapshot.js';

/** Bytes behind a handle. */
export function handleSizeBytes(handle: StateHandle | undefined): number {
  if (handle === undefined) return 0;
  return handle.kind === 'inline' ? handle.bytes.length : handle.sizeBytes;
}

/** Bytes of all state that a checkpoint holds, source coordinators included. */
export function stateSizeBytes(metadata: CheckpointMetadata): number {
  const tasks = metadata.subtasks.reduce((sum, subtask) => sum + handleSizeBytes(subtask.state), 0);
  return metadata.coordinators.reduce((sum, coordinator) => sum + coordinator.bytes.length, tasks);
}
