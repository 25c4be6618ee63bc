/**
 * Names in a job's checkpoint directory:
 *
 *   <root>/<job id>/chk-<id>-<epoch>/_metadata                                    exists = the checkpoint is complete
 *   <root>/<job id>/chk-<id>-<epoch>/<vertex 8 hex>-<subtask>-<epoch>.<attempt>.state
 *   <root>/<job id>/epoch-<e>.restored                                            what the leader of term e started from
 *
 * The epoch in the name keeps leaders apart: two of them never write to one directory, whatever they believe.
 */
import type { ExecutionAttemptId, JobId } from '@weir/base';
import { joinPath } from '@weir/ports';

export const METADATA_FILE = '_metadata';

/** The directory of one job below the configured one. */
export function jobCheckpointDirectory(root: string, jobId: JobId): string {
  return joinPath(root, jobId);
}

export interface CheckpointDirectoryName {
  readonly checkpointId: number;
  readonly epoch: number;
}

export function checkpointDirectoryName(checkpointId: number, epoch: number): string {
  return `chk-${checkpointId}-${epoch}`;
}

/** Undefined when the name is not that of a checkpoint directory. */
export function parseCheckpointDirectoryName(name: string): CheckpointDirectoryName | undefined {
  const match = /^chk-([1-9]\d{0,14})-([1-9]\d{0,14})$/.exec(name);
  return match === null ? undefined : { checkpointId: Number(match[1]), epoch: Number(match[2]) };
}

export function stateFileName(attempt: ExecutionAttemptId): string {
  return `${attempt.vertexId.slice(0, 8)}-${attempt.subtaskIndex}-${attempt.epoch}.${attempt.attempt}.state`;
}

export function restoredRecordName(epoch: number): string {
  return `epoch-${epoch}.restored`;
}

/** The epoch; undefined when the name is not that of a record. */
export function parseRestoredRecordName(name: string): number | undefined {
  const match = /^epoch-([1-9]\d{0,14})\.restored$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}
