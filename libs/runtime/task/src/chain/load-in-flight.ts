/** Reads what was in flight to a subtask, and keeps of it what is the subtask's own: of keyed channels, the records of its key groups (N1). */
import { assert, type ExecutionAttemptId } from '@weir/base';
import type { InFlightChannel, RestoredInFlight, RestoredSubtaskState, SnapshotStorage } from '@weir/checkpoint';
import type { CompiledJob, JobVertex, Partitioner } from '@weir/graph';
import { keyGroupOf, subtaskOfKeyGroup } from '@weir/state';
import { ChannelStateDecoder, type ReplayElement } from '../channels/channel-state.js';
import type { ReplayChannel } from '../channels/replay.js';

type Keep = (value: unknown) => boolean;

/** In the order of the channels' first parts. Throws as `SnapshotStorage.readState`. */
export async function loadInFlight(
  restored: RestoredSubtaskState | undefined, storage: SnapshotStorage, job: CompiledJob, vertex: JobVertex, { subtaskIndex }: ExecutionAttemptId,
): Promise<ReplayChannel[]> {
  const parts = new Map<string, RestoredInFlight[]>();
  for (const part of restored?.inFlight ?? []) parts.set(part.channel, [...(parts.get(part.channel) ?? []), part]);
  const channels: ReplayChannel[] = [];
  for (const ofChannel of parts.values()) {
    const { operatorId, operatorIndex, inputIndex, keyed } = ofChannel[0];
    const keep = keyed ? ownRecords(job, vertex, operatorIndex, inputIndex, subtaskIndex) : undefined;
    const decoder = new ChannelStateDecoder();
    const elements: ReplayElement[] = [];
    for (const { state, segment } of ofChannel) {
      const bytes = await storage.readState(state);
      elements.push(...decoder.decode(bytes.subarray(segment.offset, segment.offset + segment.length)));
    }
    const as: InFlightChannel = {
      operatorId, inputIndex, keyed, channel: `replayed ${vertex.id.slice(0, 8)}-${subtaskIndex}#${channels.length}`, toSubtask: subtaskIndex, parallelism: vertex.parallelism,
    };
    channels.push({ as, operatorIndex, elements: keep === undefined ? elements : elements.flatMap((element) => kept(element, keep)) });
  }
  return channels;
}

/** Undefined where all records are its own: the edge is inside of a chain, of a single subtask. */
function ownRecords(job: CompiledJob, vertex: JobVertex, operatorIndex: number, inputIndex: number, subtaskIndex: number): Keep | undefined {
  if (operatorIndex !== 0) return undefined;
  const edge = job.graph.edges.find(({ targetVertex, inputIndex: input, partitioner }) => targetVertex === vertex.id && input === inputIndex && partitioner === 'hash');
  if (edge === undefined) return undefined;
  const partitioner: Partitioner = job.partitioners[edge.index];
  assert(partitioner.kind === 'hash', `edge ${edge.index} is said to be hash and is ${partitioner.kind}`);
  const { keySelector } = partitioner;
  const { parallelism, maxParallelism } = vertex;
  return (value) => subtaskOfKeyGroup(keyGroupOf(keySelector(value), maxParallelism), parallelism, maxParallelism) === subtaskIndex;
}

function kept(element: ReplayElement, keep: Keep): ReplayElement[] {
  if (element.kind !== 'data') return [element];
  const own: number[] = [];
  for (let i = 0; i < element.count; i++) if (keep(element.values[i])) own.push(i);
  if (own.length === 0) return [];
  return [{ ...element, count: own.length, values: own.map((i) => element.values[i]), timestamps: Float64Array.from(own, (i) => element.timestamps[i]) }];
}
