/** A JobScheduler with tasks that do what they are told, unless the test says otherwise. No actors, no time. */
import { leaderEpoch, operatorId, vertexId, type ExecutionAttemptId, type FailureInfo, failureInfo } from '@weir/base';
import { type JobGraph, type JobVertex, pipelinedRegions } from '@weir/graph';
import { SeededRandom } from '@weir/ports';
import { type Execution, ExecutionGraph } from '../../src/execution-graph.js';
import { JobScheduler } from '../../src/job-scheduler.js';
import type { SchedulerEffect, SchedulerEvent } from '../../src/job-scheduler.events.js';
import { FixedDelayRestart, type RestartStrategy } from '../../src/restart-strategy.js';

export const hex = (digit: string): string => digit.repeat(32);
export const SOURCE = vertexId(hex('a'));
export const SINK = vertexId(hex('b'));

/** source -> sink; `forward`: as many regions as subtasks, `hash`: one. */
export function twoVertexGraph(parallelism: number, partitioner: 'forward' | 'hash'): JobGraph {
  const vertex = (id: JobVertex['id'], name: string, inputCount: number): JobVertex => ({
    id, name, parallelism, maxParallelism: 128, maxParallelismExplicit: false, slotSharingGroup: 'default', inputCount,
    operators: [{ operatorId: operatorId(id), name, uid: name, kind: inputCount === 0 ? 'source' : 'sink', stateful: true, outputs: [] }],
  });
  return {
    jobName: 'two', hash: hex('0'), vertices: [vertex(SOURCE, 'source', 0), vertex(SINK, 'sink', 1)],
    edges: [{ index: 0, sourceVertex: SOURCE, sourceOperatorIndex: 0, sideOutputId: undefined, targetVertex: SINK, inputIndex: 0, partitioner, allToAll: partitioner === 'hash' }],
  };
}

export const failure = (retry: FailureInfo['retry'] = 'restart'): FailureInfo => ({ ...failureInfo(new Error('broken')), retry });
export const attemptText = ({ vertexId: vertex, subtaskIndex, attempt }: ExecutionAttemptId): string => `${vertex === SOURCE ? 'source' : 'sink'}-${subtaskIndex}#${attempt}`;

export class SchedulerRig {
  readonly executions: ExecutionGraph;
  readonly scheduler: JobScheduler;
  readonly effects: SchedulerEffect[] = [];
  nowMs = 0;
  checkpointId: number | undefined;

  constructor(graph: JobGraph, restartStrategy: RestartStrategy = new FixedDelayRestart('fixed-delay', 100, 10)) {
    this.executions = new ExecutionGraph(graph, leaderEpoch(3));
    this.scheduler = new JobScheduler({ executions: this.executions, regions: pipelinedRegions(graph), restartStrategy, random: new SeededRandom(1), cancelFenceMs: 10_000 });
  }

  send(event: SchedulerEvent): readonly SchedulerEffect[] {
    const effects = this.scheduler.handle(event, this.nowMs);
    this.effects.push(...effects);
    return effects;
  }

  /** Sends the event and lets slots, restore and tasks answer as they should; timers do not fire. */
  run(event: SchedulerEvent): void {
    const queue = [event];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      for (const effect of this.send(next)) queue.push(...this.answers(effect));
    }
  }

  private answers(effect: SchedulerEffect): SchedulerEvent[] {
    switch (effect.type) {
      case 'request-slots':
        return [{ type: 'slots-granted', slots: Array.from({ length: effect.count }, (_, i) => `tm-1/slot/${i}-${this.effects.length}`) }];
      case 'find-restore':
        return [{ type: 'restore-ready', group: effect.group, checkpointId: this.checkpointId }];
      case 'deploy':
        return effect.subtasks.map(({ current }) => ({ type: 'task-submitted', attempt: (current as Execution).attempt, address: `tm-1/task/${attemptText((current as Execution).attempt)}` }));
      case 'start-tasks':
        return effect.executions.map(({ attempt }) => ({ type: 'task-state', attempt, state: 'running' }));
      case 'cancel-task':
        return [{ type: 'task-state', attempt: effect.execution.attempt, state: 'canceled' }];
      case 'record-outcome':
        return [{ type: 'outcome-recorded' }];
      default:
        return [];
    }
  }

  /** Fires the last timer of this kind. */
  timer(type: 'restart-due' | 'cancel-overdue'): Extract<SchedulerEffect, { type: 'timer' }>['event'] {
    const timers = this.effects.flatMap((effect) => (effect.type === 'timer' && effect.event.type === type ? [effect.event] : []));
    return timers.at(-1) as Extract<SchedulerEffect, { type: 'timer' }>['event'];
  }

  of<T extends SchedulerEffect['type']>(type: T): Extract<SchedulerEffect, { type: T }>[] {
    return this.effects.filter((effect): effect is Extract<SchedulerEffect, { type: T }> => effect.type === type);
  }

  attempt(vertex: typeof SOURCE, subtaskIndex: number): ExecutionAttemptId {
    return (this.executions.at({ vertexId: vertex, subtaskIndex }).current as Execution).attempt;
  }

  currentAttempts(): string[] {
    return this.executions.vertices.flatMap(({ current }) => (current === undefined ? [] : [attemptText(current.attempt)]));
  }
}
