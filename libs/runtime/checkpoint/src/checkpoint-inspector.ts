/**
 * Looking at checkpoints without running anything: for `weir checkpoint ls | show | verify` and for support. Damage is a finding, not an
 * exception; only a disk that fails, or a path that is no checkpoint (`show`), throws, and then a coded error.
 */
import { isWeirError, type OperatorId } from '@weir/base';
import { baseName, type FileStore, FileStoreError, joinPath, parentPath } from '@weir/ports';
import { METADATA_FILE } from './checkpoint-directory.js';
import { isDamage, listCheckpointDirectories, listRestoredRecords } from './checkpoint-listing.js';
import { readInPieces } from './file-checkpoint-storage.js';
import { metadataPath, readMetadata } from './metadata-file.js';
import { stateRootOf } from './external-snapshot.js';
import { isVoid } from './recovery-decision.js';
import type { RestoredRecord } from './restored-record.js';
import { checkSealHeader, FileKind, SEAL_HEADER_BYTES } from './sealed-file.js';
import type { CheckpointMetadata, OperatorStateIndex, SubtaskSnapshot } from './snapshot.js';
import { filesOfSubtask } from './snapshot-files.js';
import type { StateDistribution } from './state-distribution.js';
import { handleSizeBytes, stateSizeBytes } from './state-size.js';

/** One line of `weir checkpoint ls`. `void`: a later leader started from an older one, so this one never counts again. */
export interface CheckpointListing {
  readonly checkpointId: number;
  readonly epoch: number;
  readonly path: string;
  readonly status: 'complete' | 'void' | 'incomplete' | 'damaged';
  readonly problem?: string;
  readonly jobName?: string;
  readonly triggeredAtMs?: number;
  readonly durationMs?: number;
  readonly sizeBytes?: number;
  readonly isFinal?: boolean;
}

/** What one operator has in a checkpoint. */
export interface OperatorDescription {
  readonly operatorId: OperatorId;
  readonly name: string;
  readonly uid: string | undefined;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly keyedBytes: number;
  /** Key groups that hold any bytes. */
  readonly nonEmptyKeyGroups: number;
  readonly lists: readonly { readonly name: string; readonly distribution: StateDistribution; readonly elements: number; readonly sizeBytes: number }[];
  readonly finishedSubtasks: number;
}
export interface CheckpointDescription {
  readonly path: string;
  readonly metadata: CheckpointMetadata;
  readonly sizeBytes: number;
  readonly operators: readonly OperatorDescription[];
  readonly coordinators: readonly { readonly operatorId: OperatorId; readonly name: string; readonly stateVersion: number; readonly sizeBytes: number }[];
}

/** Something wrong with a file. `offset`: where it begins to be, as far as that can be told. */
export interface CheckpointFinding {
  readonly file: string;
  readonly offset: number;
  readonly code: string;
  readonly problem: string;
  readonly whatToDo: string;
}
export interface CheckpointVerification {
  readonly path: string;
  readonly valid: boolean;
  readonly filesChecked: number;
  readonly bytesChecked: number;
  readonly findings: readonly CheckpointFinding[];
}

/** All checkpoints in a job's directory, ascending by id; empty when there is no directory. Reads metadata, not state. */
export async function listCheckpoints(files: FileStore, directory: string): Promise<CheckpointListing[]> {
  const listings: CheckpointListing[] = [];
  const directories = await listCheckpointDirectories(files, directory);
  let records: readonly RestoredRecord[] = [];
  try {
    records = await listRestoredRecords(files, directory);
  } catch (problem) {
    if (!isDamage(problem)) throw problem;
    // Which ones are void cannot be told: they are shown as they lie there, and `verify` of any of them names the damaged record.
  }
  for (const at of directories) {
    if ((await files.stat(joinPath(at.path, METADATA_FILE))) === undefined) {
      listings.push({ ...at, status: 'incomplete' });
      continue;
    }
    try {
      const metadata = await readMetadata(files, at.path);
      const { jobName, triggeredAtMs, completedAtMs, isFinal } = metadata;
      const status = isVoid(at.checkpointId, at.epoch, records) ? 'void' : 'complete';
      listings.push({ ...at, status, jobName, triggeredAtMs, durationMs: completedAtMs - triggeredAtMs, sizeBytes: stateSizeBytes(metadata), isFinal });
    } catch (problem) {
      if (!isDamage(problem)) throw problem;
      listings.push({ ...at, status: 'damaged', problem: problem.message });
    }
  }
  return listings;
}

/** `path`: a checkpoint's directory or its `_metadata`. Throws as `readMetadata`. */
export async function showCheckpoint(files: FileStore, path: string): Promise<CheckpointDescription> {
  const metadata = await readMetadata(files, path);
  const names = new Map(metadata.operators.map(({ operatorId, name }) => [operatorId, name]));
  return {
    path: parentPath(metadataPath(path)),
    metadata,
    sizeBytes: stateSizeBytes(metadata),
    operators: metadata.operators.map(({ operatorId, name, uid, vertexId, parallelism, maxParallelism }) => {
      const subtasks = metadata.subtasks.filter((subtask) => subtask.vertexId === vertexId);
      const parts = subtasks.flatMap((subtask) => subtask.operators.filter((operator) => operator.operatorId === operatorId));
      return {
        operatorId, name, uid, parallelism, maxParallelism,
        keyedBytes: parts.reduce((sum, { keyed, tables }) => sum + (keyed?.segment.length ?? 0) + (tables?.files ?? []).reduce((bytes, { file }) => bytes + file.sizeBytes, 0), 0),
        nonEmptyKeyGroups: parts.reduce((sum, { keyed }) => sum + (keyed === undefined ? 0 : keyed.offsets.filter((at, i) => i > 0 && at > keyed.offsets[i - 1]).length), 0),
        lists: describeLists(parts),
        finishedSubtasks: subtasks.filter(({ finished }) => finished).length,
      };
    }),
    coordinators: metadata.coordinators.map(({ operatorId, stateVersion, bytes }) => ({ operatorId, name: names.get(operatorId) ?? operatorId, stateVersion, sizeBytes: bytes.length })),
  };
}

function describeLists(parts: readonly OperatorStateIndex[]): OperatorDescription['lists'] {
  const lists = new Map<string, { name: string; distribution: StateDistribution; elements: number; sizeBytes: number }>();
  for (const { name, distribution, elements } of parts.flatMap((part) => part.lists)) {
    const sum = lists.get(name) ?? { name, distribution, elements: 0, sizeBytes: 0 };
    sum.elements += elements.length;
    sum.sizeBytes += elements.reduce((bytes, { length }) => bytes + length, 0);
    lists.set(name, sum);
  }
  return [...lists.values()];
}

/** Reads every byte of a checkpoint and lists all that is wrong. Never throws for damage. */
export async function verifyCheckpoint(files: FileStore, path: string): Promise<CheckpointVerification> {
  const file = metadataPath(path);
  const directory = parentPath(file);
  const findings: CheckpointFinding[] = [];
  let filesChecked = 0;
  let bytesChecked = 0;
  const check = async <T>(name: string, work: () => Promise<T>): Promise<T | undefined> => {
    filesChecked++;
    try {
      return await work();
    } catch (problem) {
      findings.push(findingOf(name, problem));
      return undefined;
    }
  };
  const metadata = await check(file, () => readMetadata(files, file));
  const root = metadata === undefined ? parentPath(directory) : stateRootOf(metadata, directory);
  for (const subtask of metadata?.subtasks ?? []) {
    findings.push(...segmentFindings(file, subtask));
    if (subtask.state?.kind === 'inline') bytesChecked += subtask.state.bytes.length; // Covered by the checksum of `_metadata`.
    for (const state of filesOfSubtask(subtask)) {
      bytesChecked += state.sizeBytes;
      const statePath = joinPath(root, state.path);
      await check(statePath, async () => {
        let head: Uint8Array | undefined;
        await readInPieces(files, statePath, state, (piece) => {
          head ??= piece.slice(0, SEAL_HEADER_BYTES);
          return Promise.resolve();
        });
        if (state === subtask.state) checkSealHeader(statePath, FileKind.state, head ?? new Uint8Array(0));
      });
    }
  }
  if (metadata?.kind !== 'savepoint') await check(root, () => listRestoredRecords(files, root));
  return { path: directory, valid: findings.length === 0, filesChecked, bytesChecked, findings };
}

function findingOf(file: string, problem: unknown): CheckpointFinding {
  if (problem instanceof FileStoreError) return { file, offset: 0, code: problem.code, problem: problem.message, whatToDo: problem.hint };
  if (!isWeirError(problem)) throw problem;
  const named = 'path' in problem && typeof problem.path === 'string' ? problem.path : file;
  return { file: named, offset: 0, code: problem.code, problem: problem.message, whatToDo: problem.hint };
}

/** Segments that reach beyond their handle: metadata that was written wrong, which no checksum shows. */
function segmentFindings(file: string, { state, operators, vertexId, subtaskIndex }: SubtaskSnapshot): CheckpointFinding[] {
  const size = handleSizeBytes(state);
  const segments = operators.flatMap(({ keyed, lists }) => [...(keyed === undefined ? [] : [keyed.segment]), ...lists.flatMap(({ elements }) => elements)]);
  return segments
    .filter(({ offset, length }) => offset + length > size)
    .map(({ offset, length }) => ({
      file: state?.kind === 'file' ? baseName(state.path) : file,
      offset,
      code: 'WEIR_CHECKPOINT_DAMAGED',
      problem: `subtask ${vertexId}/${subtaskIndex} has a segment of ${length} bytes at ${offset}, its state has ${size}`,
      whatToDo: 'Start the job from another checkpoint, and report this: the file is as it was written.',
    }));
}
