/**
 * `_metadata`: a sealed file (magic, version, length, checksum) whose body is a row of length-prefixed guarded-MessagePack parts: the head,
 * then one part per subtask, then one per source coordinator. Parts keep each message far below the codec's limits however large the job is;
 * offsets travel as packed varints, because a job has millions of them. It exists only when complete: it is created in one step.
 */
import { ByteReader, ByteWriter, isWeirError, type OperatorId } from '@weir/base';
import { baseName, type FileStore, FileStoreError, joinPath } from '@weir/ports';
import { decodeMessage, encodeMessage } from '@weir/types';
import { METADATA_FILE } from './checkpoint-directory.js';
import { CheckpointDamagedError, CheckpointFileMissingError } from './errors.js';
import { FileKind, seal, unseal } from './sealed-file.js';
import type { CheckpointMetadata, OperatorStateIndex, Segment, SourceCoordinatorSnapshot, SubtaskSnapshot, TableSetIndex } from './snapshot.js';
import type { StateDistribution } from './state-distribution.js';

/** Writes `<directory>/_metadata` durably and all at once; the directory must be there. Fails with `WEIR_FILE_EXISTS` when it is. */
export async function writeMetadata(files: FileStore, directory: string, metadata: CheckpointMetadata): Promise<void> {
  await files.createExclusive(joinPath(directory, METADATA_FILE), encodeMetadata(metadata));
}

/**
 * Reads and verifies it. `path`: the file or its directory. Throws `WEIR_CHECKPOINT_FILE_MISSING`, `WEIR_CHECKPOINT_NOT_RECOGNIZED`,
 * `WEIR_CHECKPOINT_VERSION`, `WEIR_CHECKPOINT_DAMAGED`, each naming the file; and `WEIR_FILE_…` when the disk fails.
 */
export async function readMetadata(files: FileStore, path: string): Promise<CheckpointMetadata> {
  const file = metadataPath(path);
  let bytes: Uint8Array;
  try {
    bytes = await files.read(file);
  } catch (cause) {
    if (cause instanceof FileStoreError && (cause.failure === 'not-found' || cause.failure === 'not-a-directory')) throw new CheckpointFileMissingError(file, cause);
    throw cause;
  }
  return decodeMetadata(file, bytes);
}

export function metadataPath(path: string): string {
  return baseName(path) === METADATA_FILE ? path : joinPath(path, METADATA_FILE);
}

export function encodeMetadata(metadata: CheckpointMetadata): Uint8Array {
  const { subtasks, coordinators, ...head } = metadata;
  const out = new ByteWriter(4096);
  out.bytes(encodeMessage(head));
  out.varint(subtasks.length);
  for (const subtask of subtasks) out.bytes(encodeMessage({ ...subtask, operators: subtask.operators.map(packOperator) }));
  out.varint(coordinators.length);
  for (const coordinator of coordinators) out.bytes(encodeMessage(coordinator));
  return seal(FileKind.metadata, out.view8());
}

export function decodeMetadata(path: string, bytes: Uint8Array): CheckpointMetadata {
  const body = unseal(path, FileKind.metadata, bytes);
  try {
    const input = new ByteReader(body);
    // The checksum has shown that these are the bytes that encodeMetadata of this version wrote.
    const head = decodeMessage(input.bytes()) as Omit<CheckpointMetadata, 'subtasks' | 'coordinators'>;
    const subtasks = Array.from({ length: input.varint() }, () => unpackSubtask(decodeMessage(input.bytes()) as PackedSubtask));
    const coordinators = Array.from({ length: input.varint() }, () => decodeMessage(input.bytes()) as SourceCoordinatorSnapshot);
    return { ...head, subtasks, coordinators };
  } catch (cause) {
    if (!isWeirError(cause) && !(cause instanceof TypeError) && !(cause instanceof RangeError)) throw cause;
    throw new CheckpointDamagedError(path, 'checkpoint metadata', 'other content', cause);
  }
}

interface PackedOperator {
  readonly operatorId: OperatorId;
  readonly keyed?: { readonly segment: Segment; readonly firstKeyGroup: number; readonly offsets: Uint8Array };
  readonly tables?: TableSetIndex;
  readonly lists: readonly { readonly name: string; readonly distribution: StateDistribution; readonly elements: Uint8Array }[];
}
type PackedSubtask = Omit<SubtaskSnapshot, 'operators'> & { readonly operators: readonly PackedOperator[] };

function packOperator({ operatorId, keyed, tables, lists }: OperatorStateIndex): PackedOperator {
  return {
    operatorId,
    ...(keyed === undefined ? {} : { keyed: { ...keyed, offsets: packNumbers(keyed.offsets) } }),
    ...(tables === undefined ? {} : { tables }),
    lists: lists.map((list) => ({ ...list, elements: packNumbers(list.elements.flatMap((element) => [element.offset, element.length])) })),
  };
}

function unpackSubtask(packed: PackedSubtask): SubtaskSnapshot {
  return {
    ...packed,
    operators: packed.operators.map(({ operatorId, keyed, tables, lists }) => ({
      operatorId,
      ...(keyed === undefined ? {} : { keyed: { ...keyed, offsets: unpackNumbers(keyed.offsets) } }),
      ...(tables === undefined ? {} : { tables }),
      lists: lists.map((list) => ({ ...list, elements: pairs(unpackNumbers(list.elements)) })),
    })),
  };
}

function packNumbers(numbers: readonly number[]): Uint8Array {
  const out = new ByteWriter(numbers.length * 4 + 4);
  out.varint(numbers.length);
  for (const number of numbers) out.varint(number);
  return out.toBytes();
}
function unpackNumbers(bytes: Uint8Array): number[] {
  const input = new ByteReader(bytes);
  return Array.from({ length: input.varint() }, () => input.varint());
}
function pairs(numbers: readonly number[]): Segment[] {
  return Array.from({ length: numbers.length / 2 }, (_, i) => ({ offset: numbers[2 * i], length: numbers[2 * i + 1] }));
}
