import type { CheckpointMetadata, StateHandle, SubtaskSnapshot } from './snapshot.js';
import { filesOf, filesOfSubtask } from './snapshot-files.js';

/** Bytes behind a handle. */
export function handleSizeBytes(handle: StateHandle | undefined): number {
  if (handle === undefined) return 0;
  return handle.kind === 'inline' ? handle.bytes.length : handle.sizeBytes;
}

/** Bytes of all state that a checkpoint holds, source coordinators included. */
export function stateSizeBytes(metadata: CheckpointMetadata): number {
  const inline = metadata.subtasks.reduce((sum, { state }) => sum + (state?.kind === 'inline' ? state.bytes.length : 0), 0);
  const tasks = filesOf(metadata).reduce((sum, file) => sum + file.sizeBytes, inline);
  return metadata.coordinators.reduce((sum, coordinator) => sum + coordinator.bytes.length, tasks);
}

/** Bytes that this checkpoint wrote for a subtask: without the files that it shares with earlier ones. */
export function writtenBytes(snapshot: SubtaskSnapshot, checkpointId: number): number {
  const inline = snapshot.state?.kind === 'inline' ? snapshot.state.bytes.length : 0;
  return filesOfSubtask(snapshot).reduce((sum, file) => sum + (file.path.startsWith(`chk-${checkpointId}-`) ? file.sizeBytes : 0), inline);
}
