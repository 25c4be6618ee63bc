/** The files that subtasks of a snapshot refer to. Whoever verifies, copies, counts or deletes files goes through here and misses none. */
import type { CheckpointMetadata, FileHandle, SubtaskSnapshot } from './snapshot.js';

export function filesOfSubtask({ state, operators }: SubtaskSnapshot): FileHandle[] {
  const own = state?.kind === 'file' ? [state] : [];
  return [...own, ...operators.flatMap(({ tables }) => (tables?.files ?? []).map(({ file }) => file))];
}

export function filesOf(metadata: CheckpointMetadata): FileHandle[] {
  return metadata.subtasks.flatMap(filesOfSubtask);
}

/** With each file as `change` says. */
export function withFiles(subtask: SubtaskSnapshot, change: (file: FileHandle) => FileHandle): SubtaskSnapshot {
  const { state, operators } = subtask;
  return {
    ...subtask,
    state: state?.kind === 'file' ? change(state) : state,
    operators: operators.map((operator) => {
      const { tables } = operator;
      return tables === undefined ? operator : { ...operator, tables: { ...tables, files: tables.files.map(({ name, file }) => ({ name, file: change(file) })) } };
    }),
  };
}
