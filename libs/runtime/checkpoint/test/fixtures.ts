/** A two-vertex graph, its snapshots, and a store over the fakes of the ports. */
import { type ExecutionAttemptId, jobId, leaderEpoch, type LeaderEpoch, operatorId, vertexId } from '@weir/base';
import type { JobGraph } from '@weir/graph';
import { type FileStore, type HighAvailability, silentLogger, type Timers } from '@weir/ports';
import { type ChannelPosition, type CheckpointMetadata, CompletedCheckpointStore, type SubtaskSnapshot } from '../src/index.js';

export const JOB = jobId('0'.repeat(31) + '1');
export const SOURCE = operatorId('a'.repeat(32));
export const COUNT = operatorId('b'.repeat(32));
export const SOURCE_VERTEX = vertexId('a'.repeat(32));
export const COUNT_VERTEX = vertexId('b'.repeat(32));
export const JOB_DIRECTORY = `checkpoints/${JOB}`;

/** source (p) => hash => count (p) */
export function graph(sourceParallelism = 2, countParallelism = sourceParallelism, maxParallelism = 128): JobGraph {
  const vertex = (id: typeof SOURCE_VERTEX, operator: typeof SOURCE, name: string, parallelism: number, inputCount: number): JobGraph['vertices'][number] => ({
    id, name, parallelism, maxParallelism, maxParallelismExplicit: false, slotSharingGroup: 'default', inputCount,
    operators: [{ operatorId: operator, name, uid: name, kind: inputCount === 0 ? 'source' : 'keyed-process', stateful: true, outputs: [] }],
  });
  return {
    jobName: 'word count',
    hash: 'f'.repeat(32),
    vertices: [vertex(SOURCE_VERTEX, SOURCE, 'lines', sourceParallelism, 0), vertex(COUNT_VERTEX, COUNT, 'count', countParallelism, 1)],
    edges: [{ index: 0, sourceVertex: SOURCE_VERTEX, sourceOperatorIndex: 0, sideOutputId: undefined, targetVertex: COUNT_VERTEX, inputIndex: 0, partitioner: 'hash', allToAll: true }],
  };
}

export function attempts(of: JobGraph, epoch: LeaderEpoch, attempt: number): ExecutionAttemptId[] {
  return of.vertices.flatMap((vertex) => Array.from({ length: vertex.parallelism }, (_, subtaskIndex) => ({ epoch, attempt, vertexId: vertex.id, subtaskIndex })));
}

/** Empty state, consistent cut: every channel at `barrierSeq`. */
export function snapshotOf(of: JobGraph, attempt: ExecutionAttemptId, barrierSeq: number, finished = false): SubtaskSnapshot {
  const isSource = attempt.vertexId === SOURCE_VERTEX;
  const [producers, consumers] = of.vertices.map((vertex) => vertex.parallelism);
  const channels = Array.from({ length: isSource ? consumers : producers }, (_, other): ChannelPosition => ({
    edgeIndex: 0, fromSubtask: isSource ? attempt.subtaskIndex : other, toSubtask: isSource ? other : attempt.subtaskIndex, barrierSeq,
  }));
  return {
    vertexId: attempt.vertexId, subtaskIndex: attempt.subtaskIndex, finished, state: undefined, operators: [],
    inputs: isSource ? [] : channels, outputs: isSource ? channels : [],
  };
}

export function metadata(checkpointId: number, epoch: number, subtasks: readonly SubtaskSnapshot[] = []): CheckpointMetadata {
  return {
    checkpointId, jobId: JOB, jobName: 'word count', epoch: leaderEpoch(epoch), jobGraphHash: 'f'.repeat(32), triggeredAtMs: 1000, completedAtMs: 1200,
    operators: [], coordinators: [], subtasks, isFinal: false,
  };
}

/** Timers whose delays take no time. */
export const instantTimers: Timers = {
  after: (_delayMs, callback) => {
    queueMicrotask(callback);
    return () => undefined;
  },
  defer: (callback) => queueMicrotask(callback),
};

export function store(files: FileStore, highAvailability: HighAvailability, epoch: LeaderEpoch, numRetained = 2): CompletedCheckpointStore {
  return new CompletedCheckpointStore({ files, highAvailability, timers: instantTimers, logger: silentLogger, jobId: JOB, epoch, directory: JOB_DIRECTORY, numRetained });
}
