/**
 * Strategy: records in flight in all channels of a keyed or a rebalanced exchange, stored half by the consumer and half by the producer; then lives of any
 * parallelism, of which each replays a part and stores what is left, and the last replays all. Invariants: each record is taken exactly once (N1, Y3), by the
 * subtask that owns its key, and records of a key that came through one channel are taken in their order (N2, Y1).
 */
import { describe, expect, it } from '@jest/globals';
import { crc32, jobId, leaderEpoch, operatorId, vertexId } from '@weir/base';
import { assignState, type CheckpointMetadata, type InFlightBytes, type RestoredSubtaskState, type SnapshotStorage, subtaskKey, type SubtaskSnapshot } from '@weir/checkpoint';
import type { CompiledJob, JobGraph, JobVertex, Partitioner } from '@weir/graph';
import { keyGroupOf, subtaskOfKeyGroup } from '@weir/state';
import fc from 'fast-check';
import { loadInFlight } from '../src/chain/load-in-flight.js';
import { ChannelStateWriter } from '../src/channels/channel-state.js';
import { Replay } from '../src/channels/replay.js';
import { type Input, RecordContext } from '../src/internal.js';

interface Numbered {
  readonly key: string;
  readonly number: number;
  readonly channel: string;
}
const MAX_PARALLELISM = 128;
const [SOURCE, SINK] = [operatorId('a'.repeat(32)), operatorId('b'.repeat(32))];
const writer = (): ChannelStateWriter => new ChannelStateWriter({ operatorName: 'test', type: undefined, onFirstFallback: () => undefined });
const keySelector = (value: unknown): string => (value as Numbered).key;
const ownerOf = (key: string, parallelism: number): number => subtaskOfKeyGroup(keyGroupOf(key, MAX_PARALLELISM), parallelism, MAX_PARALLELISM);

function jobOf(parallelism: number, keyed: boolean): CompiledJob {
  const partitioner: Partitioner = keyed ? { kind: 'hash', keySelector } : { kind: 'rebalance' };
  const vertex = (id: typeof SOURCE, inputCount: number): JobVertex => ({
    id: vertexId(id), name: id.slice(0, 1), parallelism, maxParallelism: MAX_PARALLELISM, maxParallelismExplicit: false, slotSharingGroup: 'default', inputCount,
    operators: [{ operatorId: id, name: id.slice(0, 1), uid: id.slice(0, 1), kind: inputCount === 0 ? 'source' : 'sink', stateful: true, outputs: [] }],
  });
  const graph: JobGraph = {
    jobName: 'test', hash: 'f'.repeat(32), vertices: [vertex(SOURCE, 0), vertex(SINK, 1)],
    edges: [{ index: 0, sourceVertex: vertexId(SOURCE), sourceOperatorIndex: 0, sideOutputId: undefined, targetVertex: vertexId(SINK), inputIndex: 0, partitioner: partitioner.kind, allToAll: true }],
  };
  return { graph, nodes: new Map(), partitioners: [partitioner] };
}

function snapshotOf(vertex: typeof SOURCE, subtaskIndex: number, parts: readonly InFlightBytes[]): SubtaskSnapshot {
  let offset = 0;
  const inFlight = parts.map(({ bytes, ...channel }) => {
    offset += bytes.length;
    return { ...channel, segment: { offset: offset - bytes.length, length: bytes.length } };
  });
  const bytes = new Uint8Array(offset);
  parts.forEach((part, i) => bytes.set(part.bytes, inFlight[i].segment.offset));
  return { vertexId: vertexId(vertex), subtaskIndex, finished: false, operators: [], inputs: [], outputs: [], inFlight, state: { kind: 'inline', bytes, crc32: crc32(bytes) } };
}

function metadataOf({ graph }: CompiledJob, subtasks: readonly SubtaskSnapshot[]): CheckpointMetadata {
  return {
    checkpointId: 1, jobId: jobId('0'.repeat(32)), jobName: 'test', epoch: leaderEpoch(1), jobGraphHash: graph.hash, triggeredAtMs: 0, completedAtMs: 0, coordinators: [], isFinal: false, subtasks,
    operators: graph.vertices.map(({ id, name, parallelism }) => ({
      operatorId: operatorId(id), name, uid: name, stateful: true, vertexId: id, parallelism, maxParallelism: MAX_PARALLELISM, maxParallelismExplicit: false,
    })),
  };
}

const storage: Pick<SnapshotStorage, 'readState'> = { readState: (handle) => Promise.resolve(handle.kind === 'inline' ? handle.bytes : new Uint8Array(0)) };

/** Replays `share` of all elements and stores the rest. */
async function live(restored: CheckpointMetadata, job: CompiledJob, share: number, taken: (subtask: number, value: Numbered) => void): Promise<CheckpointMetadata> {
  const [, vertex] = job.graph.vertices;
  const assigned: ReadonlyMap<string, RestoredSubtaskState> = assignState(restored, job.graph);
  const subtasks: SubtaskSnapshot[] = [];
  for (let subtaskIndex = 0; subtaskIndex < vertex.parallelism; subtaskIndex++) {
    const attempt = { epoch: leaderEpoch(1), attempt: 0, vertexId: vertex.id, subtaskIndex };
    const channels = await loadInFlight(assigned.get(subtaskKey(vertex.id, subtaskIndex)), storage as SnapshotStorage, job, vertex, attempt);
    const input: Input = { collect: (value) => taken(subtaskIndex, value as Numbered), watermark: () => undefined, idle: () => undefined };
    const replay = new Replay(channels, () => input, new RecordContext());
    for (let steps = Math.ceil(channels.reduce((sum, { elements }) => sum + elements.length, 0) * share); steps > 0; steps--) replay.step(2);
    subtasks.push(snapshotOf(SINK, subtaskIndex, replay.remaining(writer).map(({ as, state }) => ({ ...as, bytes: state.finish() }))));
  }
  return metadataOf(job, subtasks);
}

describe('records in flight', () => {
  it('given any lives of any parallelism / then each is taken once, by its owner, in its order', async () => {
    const lives = fc.array(fc.record({ parallelism: fc.integer({ min: 1, max: 5 }), share: fc.double({ min: 0, max: 0.9, noNaN: true }) }), { minLength: 1, maxLength: 4 });
    await fc.assert(fc.asyncProperty(lives, fc.integer({ min: 1, max: 4 }), fc.boolean(), fc.integer({ min: 1, max: 60 }), async (stages, parallelism, keyed, records) => {
      const first = jobOf(parallelism, keyed);
      const frames = new Map<string, Numbered[]>();
      for (let number = 0; number < records; number++) {
        const key = `k${(number * 31) % 17}`;
        const channel = `0:${number % parallelism}>${keyed ? ownerOf(key, parallelism) : (number >> 2) % parallelism}`;
        frames.set(channel, [...(frames.get(channel) ?? []), { key, number, channel }]);
      }
      const partsOf = (end: 'consumer' | 'producer', subtask: number): InFlightBytes[] => [...frames].flatMap(([channel, values]) => {
        const [from, to] = channel.slice(2).split('>').map(Number);
        if ((end === 'consumer' ? to : from) !== subtask) return [];
        const state = writer();
        const half = values.length >> 1;
        for (const value of end === 'consumer' ? values.slice(0, half) : values.slice(half)) state.add({ kind: 'data', seq: 0, count: 1, values: [value], timestamps: new Float64Array(1) });
        return [{ operatorId: SINK, inputIndex: 0, channel, toSubtask: to, parallelism, keyed, bytes: state.finish() }];
      });
      const subtasks = Array.from({ length: parallelism }, (_, i) => [snapshotOf(SOURCE, i, partsOf('producer', i)), snapshotOf(SINK, i, partsOf('consumer', i))]).flat();
      let checkpoint = metadataOf(first, subtasks);
      const taken: Numbered[] = [];
      for (const [i, stage] of stages.entries()) {
        checkpoint = await live(checkpoint, jobOf(stage.parallelism, keyed), i === stages.length - 1 ? 1 : stage.share, (subtask, value) => {
          if (keyed) expect(subtask).toBe(ownerOf(value.key, stage.parallelism));
          taken.push(value);
        });
      }
      expect(taken.map(({ number }) => number).sort((a, b) => a - b)).toEqual(Array.from({ length: records }, (_, i) => i));
      if (!keyed) return;
      for (const [channel, values] of frames) {
        for (const key of new Set(values.map((value) => value.key))) {
          const inOrder = taken.filter((value) => value.channel === channel && value.key === key).map(({ number }) => number);
          expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
        }
      }
    }), { numRuns: 200 });
  });
});
