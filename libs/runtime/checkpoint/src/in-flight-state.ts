/**
 * What was on its way when a barrier overtook it (docs/adr/0008), and which subtask of a graph gets it back.
 *
 *  N1  Every record is taken once: a keyed channel goes to each subtask that owns key groups of the old consumer, and each keeps its own records; any
 *      other goes whole to one subtask.
 *  N2  Of one channel, what its consumer held comes before what its producer held, and both come to the same subtasks.
 *  N3  In-flight records that no operator of the graph takes are refused, unless they are allowed to be dropped on purpose.
 *  N4  A window that took partial aggregates takes them now, and one that took records takes records: else they are refused.
 */
import { assert, type OperatorId } from '@weir/base';
import { type JobGraph, type JobVertex, localOperatorId } from '@weir/graph';
import { keyGroupRangeOf } from '@weir/state';
import { StateAssignmentError } from './errors.js';
import type { CheckpointMetadata, Segment, StateHandle, SubtaskSnapshot } from './snapshot.js';
import { subtaskKey } from './subtask-key.js';

/** One end of a channel. Addressed by who takes its records: operators keep their ids whatever chain they are in. */
export interface InFlightChannel {
  readonly operatorId: OperatorId;
  readonly inputIndex: number;
  /** The same at both ends, unique in the checkpoint otherwise. */
  readonly channel: string;
  /** The consumer, of so many. */
  readonly toSubtask: number;
  readonly parallelism: number;
  /** Its records belong to subtasks by their keys. */
  readonly keyed: boolean;
}
/** As a task hands it over. The bytes are opaque here. */
export interface InFlightBytes extends InFlightChannel {
  readonly bytes: Uint8Array;
}
export interface InFlightIndex extends InFlightChannel {
  /** Of the subtask's state. */
  readonly segment: Segment;
}
export interface RestoredInFlight extends InFlightChannel {
  /** Of the operator in its new chain. */
  readonly operatorIndex: number;
  readonly state: StateHandle;
  readonly segment: Segment;
}

/** By subtask key; nothing for subtasks that get nothing. Throws `WEIR_STATE_DOES_NOT_FIT`. */
export function assignInFlight(checkpoint: CheckpointMetadata, graph: JobGraph, allowDropped: boolean): Map<string, RestoredInFlight[]> {
  const assigned = new Map<string, RestoredInFlight[]>();
  for (const { snapshot, index } of consumersFirst(checkpoint)) {
    const vertex = graph.vertices.find(({ operators }) => operators.some(({ operatorId }) => operatorId === index.operatorId));
    if (vertex === undefined) {
      if (allowDropped) continue;
      throw notTaken(checkpoint, index); // N3
    }
    if (tookPartials(checkpoint.operators, index) !== tookPartials(graph.vertices.flatMap(({ operators }) => operators), index)) throw tookOthers(checkpoint, index); // N4
    const { state } = snapshot;
    assert(state !== undefined, `snapshot of ${subtaskKey(snapshot.vertexId, snapshot.subtaskIndex)} has in-flight records and no state`);
    const operatorIndex = vertex.operators.findIndex(({ operatorId }) => operatorId === index.operatorId);
    for (const subtask of takers(index, graph, vertex, operatorIndex, maxParallelismOf(checkpoint, index))) {
      const key = subtaskKey(vertex.id, subtask);
      assigned.set(key, [...(assigned.get(key) ?? []), { ...index, operatorIndex, state }]);
    }
  }
  return assigned;
}

/** N2. */
function consumersFirst({ subtasks, operators }: CheckpointMetadata): { readonly snapshot: SubtaskSnapshot; readonly index: InFlightIndex }[] {
  const vertexOf = new Map(operators.map(({ operatorId, vertexId }) => [operatorId, vertexId]));
  const all = subtasks.flatMap((snapshot) => (snapshot.inFlight ?? []).map((index) => ({
    snapshot, index, isConsumer: vertexOf.get(index.operatorId) === snapshot.vertexId,
  })));
  return [...all.filter(({ isConsumer }) => isConsumer), ...all.filter(({ isConsumer }) => !isConsumer)];
}

/** N1. */
function takers({ toSubtask, parallelism, keyed, inputIndex }: InFlightIndex, graph: JobGraph, vertex: JobVertex, operatorIndex: number, oldMax: number): number[] {
  if (!keyed || !hasKeyedInput(graph, vertex, operatorIndex, inputIndex)) return [toSubtask % vertex.parallelism];
  const all = Array.from({ length: vertex.parallelism }, (_, subtask) => subtask);
  if (oldMax !== vertex.maxParallelism) return all;
  const old = keyGroupRangeOf(toSubtask, parallelism, oldMax);
  return all.filter((subtask) => {
    const { first, last } = keyGroupRangeOf(subtask, vertex.parallelism, oldMax);
    return first <= old.last && old.first <= last;
  });
}

function hasKeyedInput({ edges }: JobGraph, vertex: JobVertex, operatorIndex: number, inputIndex: number): boolean {
  return operatorIndex === 0 && edges.some((edge) => edge.targetVertex === vertex.id && edge.inputIndex === inputIndex && edge.partitioner === 'hash');
}

function maxParallelismOf({ operators }: CheckpointMetadata, { operatorId }: InFlightIndex): number {
  const summary = operators.find((operator) => operator.operatorId === operatorId);
  assert(summary !== undefined, `in-flight records for operator ${operatorId}, of which the checkpoint knows nothing`);
  return summary.maxParallelism;
}

/** Its records came from a local window (docs/adr/0006): they are accumulators. */
function tookPartials(operators: readonly { readonly operatorId: OperatorId }[], index: InFlightChannel): boolean {
  const local = localOperatorId(index.operatorId, 0); // a window has one input, and all of its producers have local parts or none
  return operators.some(({ operatorId }) => operatorId === local);
}

function tookOthers({ checkpointId, operators }: CheckpointMetadata, { operatorId }: InFlightIndex): StateAssignmentError {
  const name = operators.find((operator) => operator.operatorId === operatorId)?.name ?? operatorId;
  return new StateAssignmentError(
    `unaligned checkpoint ${checkpointId} has records on their way to ${name}, which adds up in another place now`,
    'Leave execution.local-aggregation.enabled and execution.checkpointing.unaligned.enabled as they were, or go on from a savepoint.',
    { operatorId, name },
  );
}

function notTaken({ checkpointId, operators }: CheckpointMetadata, { operatorId }: InFlightIndex): StateAssignmentError {
  const name = operators.find((operator) => operator.operatorId === operatorId)?.name ?? operatorId;
  return new StateAssignmentError(
    `unaligned checkpoint ${checkpointId} has records on their way to operator ${name}, which the job does not have`,
    'Change a job from a savepoint, in which nothing is on its way; or allow state to be left behind.',
    { operatorId, name },
  );
}
