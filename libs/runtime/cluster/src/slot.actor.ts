/**
 * A slot: the home of one subtask of each vertex of a slot-sharing group, each a child actor. Serves one job and goes with it.
 * The JobMaster owns what runs here; the slot owns the actors' lives.
 *
 *  S1  an attempt is created at most once;
 *  S2  a task that throws is stopped, never restarted in place: the JobMaster decides and a new attempt has a new address;
 *  S3  without its JobMaster nothing may go on (D3): the tasks are cancelled and, after the fence, stopped.
 */
import type { Actor, ActorAddress, ActorContext, Signal, SupervisionDecision } from '@weir/actor';
import { assertNever, attemptKey, type ExecutionAttemptId, type FailureInfo, failureInfo, type JobId } from '@weir/base';
import type { CompiledJob } from '@weir/graph';
import type { TaskDeployment, TaskMessage } from '@weir/task';
import type { JobArtifacts } from './job-artifacts.js';
import type { SlotMessage, SlotTimer, TaskManagerReport } from './task-executor.protocol.js';

/** Makes the actor of a task. `job` is an instance of this task's own. */
export type CreateTask = (deployment: TaskDeployment, job: CompiledJob) => Actor<TaskMessage>;

export interface SlotOptions {
  readonly jobId: JobId;
  readonly jobMaster: ActorAddress;
  readonly artifacts: JobArtifacts;
  readonly createTask: CreateTask;
  readonly cancelFenceMs: number;
}

interface SlotTask {
  readonly attempt: ExecutionAttemptId;
  /** Undefined once its actor is gone. */
  address: ActorAddress | undefined;
  started: boolean;
}

export class SlotActor implements Actor<SlotMessage | SlotTimer> {
  private readonly tasks = new Map<string, SlotTask>();
  private abandoned = false;

  constructor(private readonly options: SlotOptions) {}

  started(context: ActorContext<SlotMessage | SlotTimer>): void {
    context.watch(this.options.jobMaster);
  }

  receive(message: SlotMessage | SlotTimer, context: ActorContext<SlotMessage | SlotTimer>): void {
    switch (message.type) {
      case 'submit-task':
        this.submit(message.deployment, context);
        return;
      case 'start-task': {
        const task = this.tasks.get(attemptKey(message.attempt));
        if (task?.address === undefined || task.started) return;
        task.started = true;
        context.refFor<TaskMessage>(task.address).tell({ type: 'start' });
        return;
      }
      case 'cancel-task': {
        const task = this.tasks.get(attemptKey(message.attempt));
        if (task?.address === undefined) this.report({ type: 'task-gone', attempt: message.attempt }, context);
        else context.refFor<TaskMessage>(task.address).tell({ type: 'cancel' });
        return;
      }
      case 'remove-task': {
        const task = this.tasks.get(attemptKey(message.attempt));
        if (task?.address !== undefined) context.stop(task.address);
        return;
      }
      case 'abandoned-overdue':
        context.stop();
        return;
      default:
        assertNever(message, 'slot message');
    }
  }

  signal(signal: Signal, context: ActorContext<SlotMessage | SlotTimer>): void {
    if (signal.address === this.options.jobMaster) {
      this.abandon(context);
      return;
    }
    if (signal.type !== 'terminated') return;
    for (const task of this.tasks.values()) if (task.address === signal.address) this.taskGone(task, signal.failure, context);
  }

  supervise(): SupervisionDecision {
    return 'stop'; // S2
  }

  private submit(deployment: TaskDeployment, context: ActorContext<SlotMessage | SlotTimer>): void {
    const { attempt } = deployment;
    const key = attemptKey(attempt);
    const known = this.tasks.get(key);
    if (known !== undefined) { // S1
      if (known.address === undefined) this.report({ type: 'task-gone', attempt }, context);
      else this.report({ type: 'task-submitted', attempt, address: known.address }, context);
      return;
    }
    const task: SlotTask = { attempt, address: undefined, started: false };
    this.tasks.set(key, task);
    let actor: Actor<TaskMessage>;
    try {
      actor = this.options.createTask(deployment, this.options.artifacts.instantiate(deployment));
    } catch (thrown) {
      const failure = failureInfo(thrown, 'WEIR_TASK_SUBMISSION_FAILED');
      context.logger.log('warn', 'task could not be created', { attempt: key, code: failure.code, error: failure.message });
      this.report({ type: 'task-gone', attempt, failure }, context);
      return;
    }
    const ref = context.spawn(`job/${deployment.jobId}/${key}`, actor);
    task.address = ref.address;
    this.report({ type: 'task-submitted', attempt, address: ref.address }, context);
  }

  private taskGone(task: SlotTask, failure: FailureInfo | undefined, context: ActorContext<SlotMessage | SlotTimer>): void {
    task.address = undefined;
    if (!this.abandoned) this.report({ type: 'task-gone', attempt: task.attempt, ...(failure === undefined ? {} : { failure }) }, context);
    else if ([...this.tasks.values()].every(({ address }) => address === undefined)) context.stop();
  }

  /** S3. */
  private abandon(context: ActorContext<SlotMessage | SlotTimer>): void {
    if (this.abandoned) return;
    this.abandoned = true;
    const live = [...this.tasks.values()].flatMap(({ address }) => (address === undefined ? [] : [address]));
    context.logger.log('debug', 'slot is abandoned', { jobId: this.options.jobId, tasks: live.length });
    if (live.length === 0) {
      context.stop();
      return;
    }
    for (const address of live) context.refFor<TaskMessage>(address).tell({ type: 'cancel' });
    context.timers.after(this.options.cancelFenceMs, { type: 'abandoned-overdue' });
  }

  private report(report: TaskManagerReport, context: ActorContext<SlotMessage | SlotTimer>): void {
    context.refFor<TaskManagerReport>(this.options.jobMaster).tell(report);
  }
}
