/**
 * Layout of one subtask's state: the operators' segments one after the other, then what was in flight. A file begins with the header of all checkpoint files (magic,
 * kind, version, length) and a part that says whose it is, so that a stray file is recognizable on its own. Inlined it is the bare segments.
 * The checksum lies in `_metadata` only: the CRC of bytes that end with their own CRC is the same for all files and would prove nothing.
 */
import { attemptKey, ByteWriter, crc32, type ExecutionAttemptId } from '@weir/base';
import { encodeMessage } from '@weir/types';
import { FileKind, sealHeader } from './sealed-file.js';
import type { InFlightBytes, InFlightIndex } from './in-flight-state.js';
import type { OperatorSnapshot, OperatorStateIndex, Segment } from './snapshot.js';

/** Who wrote a state file. */
export interface StateFileIdentity {
  readonly checkpointId: number;
  readonly attempt: ExecutionAttemptId;
}

export interface StateLayout {
  /** In order; together `sizeBytes` long. Views of the operators' bytes, not copies. */
  readonly chunks: readonly Uint8Array[];
  /** Offsets count from the first byte of the first chunk. */
  readonly operators: readonly OperatorStateIndex[];
  readonly inFlight: readonly InFlightIndex[];
  readonly sizeBytes: number;
  readonly crc32: number;
}

/** Bytes of all segments. */
export function segmentBytes(operators: readonly OperatorSnapshot[], inFlight: readonly InFlightBytes[] = []): number {
  let total = inFlight.reduce((sum, { bytes }) => sum + bytes.length, 0);
  for (const { keyed, lists } of operators) {
    total += keyed?.bytes.length ?? 0;
    for (const list of lists) for (const element of list.elements) total += element.length;
  }
  return total;
}

/** `identity` undefined: the bare segments, for inlining. */
export function layOutState(operators: readonly OperatorSnapshot[], identity: StateFileIdentity | undefined, inFlight: readonly InFlightBytes[] = []): StateLayout {
  const chunks = new ChunkList();
  if (identity !== undefined) {
    const owner = encodeMessage({ checkpointId: identity.checkpointId, attempt: attemptKey(identity.attempt) });
    const prefix = new ByteWriter(owner.length + 4);
    prefix.bytes(owner);
    chunks.add(sealHeader(FileKind.state, prefix.length + segmentBytes(operators, inFlight)));
    chunks.add(prefix.toBytes());
  }
  const index = operators.map(({ operatorId, keyed, lists }): OperatorStateIndex => ({
    operatorId,
    ...(keyed === undefined ? {} : { keyed: { segment: chunks.add(keyed.bytes), firstKeyGroup: keyed.firstKeyGroup, offsets: keyed.offsets } }),
    lists: lists.map(({ name, distribution, elements }) => ({ name, distribution, elements: elements.map((element) => chunks.add(element)) })),
  }));
  const channels = inFlight.map(({ bytes, ...channel }): InFlightIndex => ({ ...channel, segment: chunks.add(bytes) }));
  return { chunks: chunks.finish(), operators: index, inFlight: channels, sizeBytes: chunks.sizeBytes, crc32: chunks.checksum };
}

/** Small pieces are copied together, so that a file of many list elements is not written piece by piece. */
const COALESCE_BYTES = 64 * 1024;

class ChunkList {
  private readonly chunks: Uint8Array[] = [];
  private readonly small = new ByteWriter(1024);
  sizeBytes = 0;
  checksum = 0;

  add(bytes: Uint8Array): Segment {
    const segment = { offset: this.sizeBytes, length: bytes.length };
    this.sizeBytes += bytes.length;
    this.checksum = crc32(bytes, this.checksum);
    if (bytes.length < COALESCE_BYTES) {
      this.small.raw(bytes);
      if (this.small.length >= COALESCE_BYTES) this.flush();
    } else {
      this.flush();
      this.chunks.push(bytes);
    }
    return segment;
  }
  finish(): readonly Uint8Array[] {
    this.flush();
    return this.chunks;
  }
  private flush(): void {
    if (this.small.length > 0) this.chunks.push(this.small.toBytes());
    this.small.reset();
  }
}
