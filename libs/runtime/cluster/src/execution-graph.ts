/**
 * The ExecutionGraph: every subtask of a job with its current attempt, and where it runs. Data with queries; decisions are the
 * {@link JobScheduler}'s.
 *
 *  E1  attempt numbers of a subtask rise by one with each deployment and are never used again in an epoch (D3);
 *  E2  a terminal execution never changes.
 */
import type { ActorAddress } from '@weir/actor';
import { assert, attemptKey, type ExecutionAttemptId, type LeaderEpoch, type VertexId } from '@weir/base';
import type { JobGraph, SubtaskRef } from '@weir/graph';
import type { TaskState } from '@weir/task';

/** `deploying`: sent to its slot; `deployed`: the slot has created it. The others are the task's own. */
export type ExecutionState = 'deploying' | 'deployed' | Exclude<TaskState, 'created'>;

/** One attempt of one subtask. */
export interface Execution {
  readonly attempt: ExecutionAttemptId;
  readonly slot: ActorAddress;
  state: ExecutionState;
  /** Known once the slot has created the task. */
  address: ActorAddress | undefined;
}

export function isTerminalExecution(state: ExecutionState): boolean {
  return state === 'finished' || state === 'canceled' || state === 'failed';
}

/** One subtask over all its attempts. */
export interface ExecutionVertex extends SubtaskRef {
  /** Place in topological order: by vertex, then by subtask. */
  readonly order: number;
  /** Subtasks of one sharing group with the same index share one slot. */
  readonly slotKey: string;
  nextAttempt: number;
  current: Execution | undefined;
}

export class ExecutionGraph {
  readonly vertices: readonly ExecutionVertex[];
  private readonly byVertex = new Map<VertexId, ExecutionVertex[]>();

  constructor(readonly graph: JobGraph, readonly epoch: LeaderEpoch) {
    const all: ExecutionVertex[] = [];
    for (const vertex of graph.vertices) {
      const subtasks = Array.from({ length: vertex.parallelism }, (_, subtaskIndex): ExecutionVertex => ({
        vertexId: vertex.id, subtaskIndex, order: all.length + subtaskIndex,
        slotKey: `${vertex.slotSharingGroup}/${subtaskIndex}`, nextAttempt: 0, current: undefined,
      }));
      this.byVertex.set(vertex.id, subtasks);
      all.push(...subtasks);
    }
    this.vertices = all;
  }

  subtasks(vertexId: VertexId): readonly ExecutionVertex[] {
    const subtasks = this.byVertex.get(vertexId);
    assert(subtasks !== undefined, `vertex ${vertexId} is not in the graph of ${this.graph.jobName}`);
    return subtasks;
  }

  at(ref: SubtaskRef): ExecutionVertex {
    const vertex = this.subtasks(ref.vertexId)[ref.subtaskIndex];
    assert(vertex !== undefined, `vertex ${ref.vertexId} has no subtask ${ref.subtaskIndex}`);
    return vertex;
  }

  /** The execution of this attempt if it is the current one; else undefined: the sender is dead (D3). */
  current(attempt: ExecutionAttemptId): Execution | undefined {
    const execution = this.byVertex.get(attempt.vertexId)?.[attempt.subtaskIndex]?.current;
    return execution !== undefined && attemptKey(execution.attempt) === attemptKey(attempt) ? execution : undefined;
  }

  /** A new attempt of a subtask whose last one is over. */
  newExecution(vertex: ExecutionVertex, slot: ActorAddress): Execution {
    const last = vertex.current;
    assert(last === undefined || isTerminalExecution(last.state), `an attempt of subtask ${vertex.vertexId}/${vertex.subtaskIndex} is still ${last?.state}`);
    const attempt: ExecutionAttemptId = { epoch: this.epoch, attempt: vertex.nextAttempt++, vertexId: vertex.vertexId, subtaskIndex: vertex.subtaskIndex };
    vertex.current = { attempt, slot, state: 'deploying', address: undefined };
    return vertex.current;
  }

  /** Slots that a job of this graph needs: one for each subtask index of each sharing group. */
  slotKeys(): readonly string[] {
    return [...new Set(this.vertices.map((vertex) => vertex.slotKey))].sort();
  }
}
