/**
 * Which state each subtask of a graph gets from a checkpoint (after Flink's StateAssignmentOperation and RoundRobinOperatorStateRepartitioner).
 * State is addressed by operator id: an operator may have moved to another chain, and its parallelism may have changed. Nothing is read here.
 *
 *  A1  Every key group of an operator reaches exactly the subtask that owns it now.
 *  A2  Every element of a `split` list reaches exactly one subtask, in the old order; with the same parallelism, the same subtask.
 *  A3  Every element of a `union` list reaches every subtask.
 *  A4  State that no operator of the graph has a place for is refused, unless it is allowed to be dropped on purpose.
 */
import { assert, type OperatorId } from '@weir/base';
import type { JobGraph, JobVertex } from '@weir/graph';
import { keyGroupRangeOf } from '@weir/state';
import { StateAssignmentError } from './errors.js';
import { assignInFlight } from './in-flight-state.js';
import type {
  CheckpointMetadata, OperatorStateIndex, OperatorSummary, RestoredOperatorState, RestoredSubtaskState, Segment, StateHandle, SubtaskSnapshot, TableSetIndex,
} from './snapshot.js';
import type { StateDistribution } from './state-distribution.js';
import { subtaskKey } from './subtask-key.js';

export interface AssignStateOptions {
  /** State of operators that the graph does not have is left behind. Default false: refused. */
  readonly allowNonRestoredState?: boolean;
}

type RestoredList = RestoredOperatorState['lists'][number];
type RestoredElement = RestoredList['elements'][number];

/** State of one operator as the checkpoint holds it: by old subtask, ascending. */
interface OldOperatorState {
  readonly summary: OperatorSummary;
  readonly subtasks: readonly { readonly snapshot: SubtaskSnapshot; readonly index: OperatorStateIndex | undefined }[];
}

/**
 * One entry per subtask of `graph`, by `subtaskKey(vertex, index)`. Throws `WEIR_STATE_DOES_NOT_FIT` when an operator's state has no place,
 * or when a max parallelism differs: adopt the checkpoint's into the graph first, where the user did not set one.
 */
export function assignState(checkpoint: CheckpointMetadata, graph: JobGraph, options: AssignStateOptions = {}): Map<string, RestoredSubtaskState> {
  const old = collectByOperator(checkpoint);
  const known = new Set(graph.vertices.flatMap((vertex) => vertex.operators.map(({ operatorId }) => operatorId)));
  for (const [id, { summary, subtasks }] of old) {
    if (known.has(id) || options.allowNonRestoredState === true || !subtasks.some(({ index }) => holdsState(index))) continue;
    throw new StateAssignmentError( // A4
      `checkpoint ${checkpoint.checkpointId} has state of operator ${summary.name} (${summary.uid ?? id}), which the job does not have`,
      summary.uid === undefined
        ? 'Give stateful operators a uid before the checkpoint is made: without one their identity depends on the shape of the graph.'
        : `Give the operator that continues it .uid('${summary.uid}'), or allow state to be left behind.`,
      { operatorId: id, name: summary.name },
    );
  }
  const inFlight = assignInFlight(checkpoint, graph, options.allowNonRestoredState === true);
  const assigned = new Map<string, RestoredSubtaskState>();
  for (const vertex of graph.vertices) {
    const parts = vertex.operators.map(({ operatorId, name }) => assignOperator(operatorId, name, vertex, old.get(operatorId)));
    for (let subtask = 0; subtask < vertex.parallelism; subtask++) {
      const channels = inFlight.get(subtaskKey(vertex.id, subtask));
      assigned.set(subtaskKey(vertex.id, subtask), {
        ...(channels === undefined ? {} : { inFlight: channels }),
        checkpointId: checkpoint.checkpointId,
        finished: isFinished(vertex, subtask, old),
        operators: parts.map((bySubtask) => bySubtask[subtask]).filter(({ keyed, tables, lists }) => keyed.length > 0 || tables !== undefined || lists.length > 0),
      });
    }
  }
  return assigned;
}

/** An operator may be listed with nothing of its own. */
function holdsState(index: OperatorStateIndex | undefined): boolean {
  return index !== undefined && (index.keyed !== undefined || index.tables !== undefined || index.lists.some(({ elements }) => elements.length > 0));
}

function collectByOperator(checkpoint: CheckpointMetadata): Map<OperatorId, OldOperatorState> {
  const byVertex = new Map<string, SubtaskSnapshot[]>();
  for (const snapshot of checkpoint.subtasks) {
    const ofVertex = byVertex.get(snapshot.vertexId) ?? [];
    ofVertex.push(snapshot);
    byVertex.set(snapshot.vertexId, ofVertex);
  }
  for (const ofVertex of byVertex.values()) ofVertex.sort((a, b) => a.subtaskIndex - b.subtaskIndex);
  return new Map(
    checkpoint.operators.map((summary) => [
      summary.operatorId,
      {
        summary,
        subtasks: (byVertex.get(summary.vertexId) ?? []).map((snapshot) => ({
          snapshot, index: snapshot.operators.find((operator) => operator.operatorId === summary.operatorId),
        })),
      },
    ]),
  );
}

/** Same parallelism: the old subtask's own flag. Another one: only if all old ones were finished, else somebody has work left. */
function isFinished(vertex: JobVertex, subtask: number, old: ReadonlyMap<OperatorId, OldOperatorState>): boolean {
  return vertex.operators.every(({ operatorId }) => {
    const state = old.get(operatorId);
    if (state === undefined || state.subtasks.length === 0) return false;
    if (state.summary.parallelism !== vertex.parallelism) return state.subtasks.every(({ snapshot }) => snapshot.finished);
    return state.subtasks.some(({ snapshot }) => snapshot.subtaskIndex === subtask && snapshot.finished);
  });
}

function assignOperator(operatorId: OperatorId, name: string, vertex: JobVertex, old: OldOperatorState | undefined): RestoredOperatorState[] {
  const subtasks = Array.from({ length: vertex.parallelism }, (_, i) => i);
  if (old === undefined) return subtasks.map(() => ({ operatorId, keyed: [], lists: [] }));
  checkMaxParallelism(name, vertex, old);
  const lists = assignLists(old, vertex.parallelism);
  return subtasks.map((subtask) => {
    const tables = tablesOf(old, subtask, vertex);
    return { operatorId, keyed: keyedOf(old, subtask, vertex), ...(tables.length === 0 ? {} : { tables }), lists: lists[subtask] };
  });
}

function checkMaxParallelism(name: string, vertex: JobVertex, { summary, subtasks }: OldOperatorState): void {
  if (!subtasks.some(({ index }) => index?.keyed !== undefined || index?.tables !== undefined) || summary.maxParallelism === vertex.maxParallelism) return;
  throw new StateAssignmentError(
    `operator ${name} has max parallelism ${vertex.maxParallelism}, its keyed state was made with ${summary.maxParallelism}`,
    `Set its max parallelism to ${summary.maxParallelism}: it is fixed for the life of keyed state.`,
    { operatorId: summary.operatorId, expected: summary.maxParallelism, found: vertex.maxParallelism },
  );
}

/** A1: old handles whose key groups intersect the new range; none whose part of the range is empty of bytes. */
function keyedOf({ subtasks }: OldOperatorState, subtask: number, vertex: JobVertex): RestoredOperatorState['keyed'] {
  const range = keyGroupRangeOf(subtask, vertex.parallelism, vertex.maxParallelism);
  return subtasks.flatMap(({ snapshot, index }) => {
    if (index?.keyed === undefined || snapshot.state === undefined) return [];
    const { segment, firstKeyGroup, offsets } = index.keyed;
    const first = Math.max(range.first, firstKeyGroup);
    const last = Math.min(range.last, firstKeyGroup + offsets.length - 2);
    if (first > last || offsets[first - firstKeyGroup] === offsets[last - firstKeyGroup + 1]) return [];
    return [{ state: snapshot.state, segment, firstKeyGroup, offsets }];
  });
}

/** A1, by tables: the backend takes the key groups that it owns. */
function tablesOf({ subtasks }: OldOperatorState, subtask: number, vertex: JobVertex): TableSetIndex[] {
  const range = keyGroupRangeOf(subtask, vertex.parallelism, vertex.maxParallelism);
  return subtasks.flatMap(({ index }) => {
    const { tables } = index ?? {};
    return tables === undefined || tables.keyGroups.last < range.first || tables.keyGroups.first > range.last ? [] : [tables];
  });
}

function assignLists(old: OldOperatorState, parallelism: number): RestoredList[][] {
  const names = new Map<string, StateDistribution>();
  for (const { index } of old.subtasks) for (const list of index?.lists ?? []) names.set(list.name, list.distribution);
  const result: RestoredList[][] = Array.from({ length: parallelism }, () => []);
  /** Where the remainder of the last list ended: many short lists are balanced together. */
  let nextSubtask = 0;
  for (const [name, distribution] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bySubtask = old.subtasks.map(({ snapshot, index }) => elementsOf(snapshot, index?.lists.find((list) => list.name === name)?.elements ?? []));
    const all = bySubtask.flat();
    if (distribution === 'union') { // A3
      for (const lists of result) lists.push({ name, distribution, elements: all });
    } else if (old.summary.parallelism === parallelism) { // A2
      old.subtasks.forEach(({ snapshot }, i) => result[snapshot.subtaskIndex].push({ name, distribution, elements: bySubtask[i] }));
    } else {
      const remainder = all.length % parallelism;
      let start = 0;
      for (let subtask = 0; subtask < parallelism; subtask++) {
        const extra = (subtask - nextSubtask + parallelism) % parallelism < remainder ? 1 : 0;
        const end = start + Math.floor(all.length / parallelism) + extra;
        result[subtask].push({ name, distribution, elements: all.slice(start, end) });
        start = end;
      }
      nextSubtask = (nextSubtask + remainder) % parallelism;
    }
  }
  return result;
}

function elementsOf(snapshot: SubtaskSnapshot, segments: readonly Segment[]): RestoredElement[] {
  if (segments.length === 0) return [];
  const state: StateHandle | undefined = snapshot.state;
  assert(state !== undefined, `snapshot of ${subtaskKey(snapshot.vertexId, snapshot.subtaskIndex)} has list elements and no state`);
  return segments.map((segment) => ({ state, segment }));
}
