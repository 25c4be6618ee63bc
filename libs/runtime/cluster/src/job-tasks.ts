/**
 * The tasks of one job as its JobMaster deals with them: submission to slots, start, end, and what all of them are told. Who is deployed, and when, is the
 * scheduler's.
 *
 *  T1  each source coordinator knows the new readers, and has its lost splits back, before their tasks start;
 *  T2  the checkpoint coordinator knows the attempts of a deployment before any of them is submitted.
 */
import type { ActorAddress, ActorContext, ActorRef } from '@weir/actor';
import type { JobId, OperatorId } from '@weir/base';
import { assignState, type CompletedCheckpoint, type RestoredSubtaskState, subtaskKey } from '@weir/checkpoint';
import type { JobVertex } from '@weir/graph';
import type { TaskMessage } from '@weir/task';
import { wireTask } from './channel-wiring.js';
import { clusterOptions } from './cluster-options.js';
import { type Execution, type ExecutionGraph, type ExecutionVertex, isTerminalExecution } from './execution-graph.js';
import type { JobCoordinators } from './job-coordinators.js';
import type { JobMasterInput } from './job-master.protocol.js';
import type { OpenedJob } from './job-opening.js';
import type { JobStatusBoard } from './job-status-board.js';
import { sliceInlineState } from './restored-slices.js';
import type { SourceCoordinatorMessage } from './source-coordinator.protocol.js';
import type { SlotMessage } from './task-executor.protocol.js';

export interface JobTasksOptions {
  readonly jobId: JobId;
  readonly job: OpenedJob;
  readonly executions: ExecutionGraph;
  readonly board: JobStatusBoard;
  readonly coordinators: JobCoordinators;
}

/** The readers of a source are the subtasks of the vertex that begins with it. */
interface Source {
  readonly operatorId: OperatorId;
  readonly vertex: JobVertex;
  readonly coordinator: ActorRef<SourceCoordinatorMessage>;
}

export class JobTasks {
  private readonly sources: readonly Source[];

  constructor(private readonly options: JobTasksOptions, private readonly context: ActorContext<JobMasterInput>) {
    const { job, coordinators } = options;
    this.sources = [...coordinators.sources].flatMap(([operatorId, coordinator]) =>
      job.graph.vertices.filter(({ operators }) => operators[0].operatorId === operatorId).map((vertex) => ({ operatorId, vertex, coordinator })));
  }

  /** Submits the current executions of these subtasks, in this order; they begin with what `restorePoint` holds for them. */
  deploy(subtasks: readonly ExecutionVertex[], restorePoint: CompletedCheckpoint | undefined): void {
    const { jobId, job, executions, board } = this.options;
    const metadata = restorePoint?.metadata;
    const allowNonRestoredState = job.configuration.get(clusterOptions.ignoreUnclaimedState);
    const restored: ReadonlyMap<string, RestoredSubtaskState> = metadata === undefined ? new Map() : assignState(metadata, job.graph, { allowNonRestoredState });
    this.announceTasks(new Set()); // T2
    for (const { operatorId, vertex, coordinator } of this.sources) { // T1
      const readers = readersAmong(subtasks, vertex);
      if (readers.length === vertex.parallelism) {
        coordinator.tell({ type: 'reset-source', snapshot: metadata?.coordinators.find((snapshot) => snapshot.operatorId === operatorId) });
      } else if (readers.length > 0) {
        coordinator.tell({ type: 'reset-subtasks', subtasks: readers, checkpointId: metadata?.checkpointId });
      }
    }
    for (const { current } of subtasks) {
      const { attempt, slot } = current as Execution;
      board.taskState(attempt, 'deploying', this.context.clock.now());
      const state = restored.get(subtaskKey(attempt.vertexId, attempt.subtaskIndex));
      this.tellSlot(slot, {
        type: 'submit-task',
        deployment: {
          jobId, attempt, graph: job.graph, ...wireTask(jobId, executions, attempt),
          restored: state === undefined ? undefined : sliceInlineState(state),
          jobMaster: this.context.self.address,
          sourceCoordinator: this.sources.find(({ vertex }) => vertex.id === attempt.vertexId)?.coordinator.address,
          configuration: job.configuration.toRecord(),
        },
      });
    }
  }

  start(executions: readonly Execution[]): void {
    for (const { vertex, coordinator } of this.sources) { // T1
      const readers = executions.filter(({ attempt }) => attempt.vertexId === vertex.id).map(({ attempt, address }) => ({ attempt, address: address as ActorAddress }));
      if (readers.length > 0) coordinator.tell({ type: 'readers-deployed', readers });
    }
    for (const { attempt } of executions) this.options.board.taskState(attempt, 'deployed', this.context.clock.now());
    for (const { attempt, slot } of executions) this.tellSlot(slot, { type: 'start-task', attempt });
  }

  /** Splits and checkpoints leave out those that are about to end. */
  stopping(subtasks: readonly ExecutionVertex[]): void {
    this.announceTasks(new Set(subtasks));
    for (const { vertex, coordinator } of this.sources) {
      const readers = readersAmong(subtasks, vertex);
      if (readers.length > 0) coordinator.tell({ type: 'readers-stopping', subtasks: readers });
    }
  }

  cancel({ slot, attempt }: Execution): void {
    this.tellSlot(slot, { type: 'cancel-task', attempt });
  }

  remove({ slot, attempt }: Execution): void {
    this.tellSlot(slot, { type: 'remove-task', attempt });
  }

  /** Tells the tasks that live, or those of them that `which` picks. */
  notify(message: TaskMessage, which: (execution: Execution) => boolean = () => true): void {
    for (const { current } of this.options.executions.vertices) {
      if (current?.address === undefined || isTerminalExecution(current.state) || !which(current)) continue;
      this.context.refFor<TaskMessage>(current.address).tell(message);
    }
  }

  /** Tells the checkpoint coordinator of all current attempts; those of `stopping` count as not running. */
  private announceTasks(stopping: ReadonlySet<ExecutionVertex>): void {
    const { executions, coordinators: { checkpoints } } = this.options;
    const current = executions.vertices.flatMap((vertex) => (vertex.current === undefined ? [] : [{ vertex, execution: vertex.current }]));
    checkpoints.tell({ type: 'tasks-deployed', attempts: current.map(({ execution }) => execution.attempt) });
    for (const { vertex, execution } of current) {
      const { attempt, state } = execution;
      if (!stopping.has(vertex) && state !== 'deploying' && state !== 'deployed') checkpoints.tell({ type: 'task-state', attempt, state });
    }
  }

  private tellSlot(slot: ActorAddress, message: SlotMessage): void {
    this.context.refFor<SlotMessage>(slot).tell(message);
  }
}

function readersAmong(subtasks: readonly ExecutionVertex[], { id }: JobVertex): number[] {
  return subtasks.filter(({ vertexId }) => vertexId === id).map(({ subtaskIndex }) => subtaskIndex);
}
