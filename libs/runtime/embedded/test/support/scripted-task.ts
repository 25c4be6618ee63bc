/** A task that follows a script instead of a job: for tests of the cluster's own protocol. */
import type { Actor, ActorContext } from '@weir/actor';
import { attemptKey, type FailureInfo } from '@weir/base';
import type { CreateTask } from '@weir/cluster';
import { CollectSink, SequenceSource } from '@weir/connector';
import type { JobProgram, StreamNode } from '@weir/graph';
import type { TaskDeployment, TaskMessage, TaskReport } from '@weir/task';
import { WatermarkStrategy } from '@weir/time';

export interface TaskScript {
  /** Input ends at once. Default false: runs until it is told otherwise. */
  readonly endsAtOnce?: boolean;
  /** Final notifications that get lost, per task. */
  readonly losesFinal?: number;
  /** Never answers a cancel. */
  readonly deaf?: boolean;
}

export class ScriptedTask implements Actor<TaskMessage> {
  readonly received: TaskMessage[] = [];
  private context: ActorContext<TaskMessage> | undefined;
  private finals = 0;

  constructor(readonly deployment: TaskDeployment, private readonly script: TaskScript) {}

  get key(): string {
    return `${this.deployment.attempt.subtaskIndex}#${this.deployment.attempt.attempt}`;
  }

  /** Where it runs; empty before it does. */
  get node(): string {
    return this.context?.node ?? '';
  }

  started(context: ActorContext<TaskMessage>): void {
    this.context = context;
  }

  receive(message: TaskMessage): void {
    const { attempt } = this.deployment;
    this.received.push(message);
    if (message.type === 'start') {
      this.report({ type: 'task-state', attempt, state: 'initializing' });
      this.report({ type: 'task-state', attempt, state: 'running' });
      if (this.script.endsAtOnce === true) this.report({ type: 'task-state', attempt, state: 'end-of-data' });
    } else if (message.type === 'trigger-checkpoint') {
      this.report({
        type: 'acknowledge-checkpoint', attempt, checkpointId: message.checkpointId,
        snapshot: {
          vertexId: attempt.vertexId, subtaskIndex: attempt.subtaskIndex, finished: this.script.endsAtOnce === true, state: undefined, operators: [], inputs: [], outputs: [],
        },
        metrics: { alignmentDurationMs: 0, syncDurationMs: 0, asyncDurationMs: 0, sizeBytes: 0 },
      });
    } else if (message.type === 'checkpoint-complete') {
      if (message.isFinal && ++this.finals > (this.script.losesFinal ?? 0)) this.report({ type: 'task-state', attempt, state: 'finished' });
    } else if (message.type === 'cancel' && this.script.deaf !== true) {
      this.report({ type: 'task-state', attempt, state: 'canceled' });
    }
  }

  fail(failure: FailureInfo): void {
    this.report({ type: 'task-state', attempt: this.deployment.attempt, state: 'failed', failure });
  }

  report(report: TaskReport): void {
    this.context?.refFor<TaskReport>(this.deployment.jobMaster).tell(report);
  }
}

/** Keeps all tasks that were ever made, in order. */
export class ScriptedTasks {
  readonly all: ScriptedTask[] = [];
  readonly create: CreateTask;

  constructor(script: TaskScript = {}) {
    this.create = (deployment) => {
      const task = new ScriptedTask(deployment, script);
      this.all.push(task);
      return task;
    };
  }

  keys(): string[] {
    return this.all.map(({ key }) => key);
  }

  /** The newest attempt of a subtask. */
  current(subtaskIndex: number): ScriptedTask {
    return this.all.findLast(({ deployment }) => deployment.attempt.subtaskIndex === subtaskIndex) as ScriptedTask;
  }

  addresses(): string[] {
    return this.all.map(({ deployment }) => attemptKey(deployment.attempt));
  }
}

/** source -> sink in one chain: one task and one region for each subtask. */
export function chainProgram(parallelism: number, sink = new CollectSink<unknown>()): JobProgram {
  const node = (id: number, name: string, spec: StreamNode['spec']): StreamNode => ({
    id, name, uid: name, spec, parallelism, maxParallelism: undefined, slotSharingGroup: 'default', chaining: 'always', keySelectors: [], outputType: undefined,
  });
  return {
    jobName: 'chain',
    instantiate: () => ({
      jobName: 'chain',
      nodes: [node(1, 'in', { kind: 'source', source: new SequenceSource(0, 9), watermarks: WatermarkStrategy.noWatermarks() }), node(2, 'out', { kind: 'sink', sink })],
      edges: [{ sourceId: 1, targetId: 2, inputIndex: 0, partitioner: { kind: 'forward' }, sideOutputId: undefined }],
    }),
  };
}
