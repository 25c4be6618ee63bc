/**
 * A slot: the home of one subtask of each vertex of a slot-sharing group, each a child actor. Serves one job and goes with it.
 * The JobMaster owns what runs here; the slot owns the actors' lives.
 *
 *  S1  an attempt is created at most once;
 *  S2  a task that throws is stopped, never restarted in place: the JobMaster decides and a new attempt has a new address;
 *  S3  without its JobMaster nothing may go on (D3): the tasks are stopped, and the slot with them;
 *  S4  no task is created before the job's program is here; what was submitted earlier waits, in order;
 *  S5  the slot offers itself to its JobMaster again and again: the grant may be lost with a link that broke, and a JobMaster that takes the slot for
 *      terminated, because for a moment nobody answered, hears that it is not, and whether tasks are still in it.
 */
import type { Actor, ActorAddress, ActorContext, Signal, SupervisionDecision } from '@weir/actor';
import { assertNever, attemptKey, type ExecutionAttemptId, type FailureInfo, failureInfo } from '@weir/base';
import type { CompiledJob } from '@weir/graph';
import type { TaskDeployment, TaskMessage } from '@weir/task';
import type { JobArtifacts } from './job-artifacts.js';
import type { SlotAssignment } from './slot-host.js';
import type { SlotMessage, SlotTurn, TaskExecutorMessage, TaskManagerReport } from './task-executor.protocol.js';

/** Makes the actor of a task. `job` is an instance of this task's own. */
export type CreateTask = (deployment: TaskDeployment, job: CompiledJob) => Actor<TaskMessage>;

export interface SlotOptions extends SlotAssignment {
  readonly artifacts: JobArtifacts;
  readonly createTask: CreateTask;
}

interface SlotTask {
  readonly attempt: ExecutionAttemptId;
  /** Until its actor is made. */
  waiting: TaskDeployment | undefined;
  /** Undefined before its actor is made and once it is gone. */
  address: ActorAddress | undefined;
  started: boolean;
}

const OFFER_INTERVAL_MS = 1000;

type Message = SlotMessage | SlotTurn;
type Context = ActorContext<Message>;

export class SlotActor implements Actor<Message> {
  private readonly tasks = new Map<string, SlotTask>();
  private program: 'preparing' | 'prepared' | 'failed' = 'preparing';
  private abandoned = false;

  constructor(private readonly options: SlotOptions) {}

  started(context: Context): void {
    context.watch(this.options.jobMaster);
    context.timers.setTimer('offer', OFFER_INTERVAL_MS, { type: 'offer-due' });
    this.prepare(context);
  }

  receive(message: Message, context: Context): void {
    switch (message.type) {
      case 'submit-task':
        this.submit(message.deployment, context);
        return;
      case 'offer-due': // S5
        this.report({ type: 'slots-granted', taskExecutor: this.options.taskExecutor, slots: [context.self.address], inUse: this.live().length > 0 }, context);
        context.timers.setTimer('offer', OFFER_INTERVAL_MS, { type: 'offer-due' });
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
        if (task !== undefined) task.waiting = undefined;
        if (task?.address === undefined) this.report({ type: 'task-gone', attempt: message.attempt }, context);
        else context.refFor<TaskMessage>(task.address).tell({ type: 'cancel' });
        return;
      }
      case 'remove-task': {
        const task = this.tasks.get(attemptKey(message.attempt));
        if (task !== undefined) task.waiting = undefined;
        if (task?.address !== undefined) context.stop(task.address);
        return;
      }
      case 'job-prepared':
        this.program = 'prepared';
        for (const task of this.tasks.values()) this.create(task, context);
        return;
      case 'job-not-prepared':
        this.program = 'failed';
        context.logger.log('warn', 'a job could not be loaded', { jobId: this.options.jobId, code: message.failure.code, error: message.failure.message });
        for (const task of this.tasks.values()) if (task.waiting !== undefined) this.notCreated(task, message.failure, context);
        return;
      default:
        assertNever(message, 'slot message');
    }
  }

  signal(signal: Signal, context: Context): void {
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

  /** S4. Begins with the slot, while the JobMaster is still choosing what to deploy. */
  private prepare(context: Context): void {
    this.program = 'preparing';
    const { artifacts, job } = this.options;
    context.pipe(
      Promise.resolve().then(() => artifacts.prepare(job)),
      () => ({ type: 'job-prepared' }),
      (error) => ({ type: 'job-not-prepared', failure: failureInfo(error, 'WEIR_TASK_SUBMISSION_FAILED') }),
    );
  }

  private submit(deployment: TaskDeployment, context: Context): void {
    const { attempt } = deployment;
    const key = attemptKey(attempt);
    const known = this.tasks.get(key);
    if (known !== undefined) { // S1
      if (known.address !== undefined) this.report({ type: 'task-submitted', attempt, address: known.address }, context);
      else if (known.waiting === undefined) this.report({ type: 'task-gone', attempt }, context);
      return;
    }
    const task: SlotTask = { attempt, waiting: deployment, address: undefined, started: false };
    this.tasks.set(key, task);
    if (this.program === 'prepared') this.create(task, context);
    else if (this.program === 'failed') this.prepare(context); // the world may have changed since
  }

  private create(task: SlotTask, context: Context): void {
    const { waiting: deployment, attempt } = task;
    if (deployment === undefined) return;
    let actor: Actor<TaskMessage>;
    try {
      actor = this.options.createTask(deployment, this.options.artifacts.instantiate(deployment));
    } catch (thrown) {
      this.notCreated(task, failureInfo(thrown, 'WEIR_TASK_SUBMISSION_FAILED'), context);
      return;
    }
    task.waiting = undefined;
    task.address = context.spawn(`job/${deployment.jobId}/${attemptKey(attempt)}`, actor).address;
    this.report({ type: 'task-submitted', attempt, address: task.address }, context);
    this.tellLoad(context);
  }

  private notCreated(task: SlotTask, failure: FailureInfo, context: Context): void {
    task.waiting = undefined;
    context.logger.log('warn', 'task could not be created', { attempt: attemptKey(task.attempt), code: failure.code, error: failure.message });
    this.report({ type: 'task-gone', attempt: task.attempt, failure }, context);
  }

  private taskGone(task: SlotTask, failure: FailureInfo | undefined, context: Context): void {
    task.address = undefined;
    if (!this.abandoned) this.report({ type: 'task-gone', attempt: task.attempt, ...(failure === undefined ? {} : { failure }) }, context);
    else if (this.live().length === 0) context.stop();
    this.tellLoad(context);
  }

  /** S3. */
  private abandon(context: Context): void {
    if (this.abandoned) return;
    this.abandoned = true;
    for (const task of this.tasks.values()) task.waiting = undefined;
    const live = this.live();
    context.logger.log('debug', 'slot is abandoned', { jobId: this.options.jobId, tasks: live.length });
    if (live.length === 0) {
      context.stop();
      return;
    }
    for (const address of live) context.stop(address);
  }

  private live(): readonly ActorAddress[] {
    return [...this.tasks.values()].flatMap(({ address }) => (address === undefined ? [] : [address]));
  }

  private tellLoad(context: Context): void {
    context.refFor<TaskExecutorMessage>(this.options.taskExecutor).tell({ type: 'slot-tasks', slot: context.self.address, tasks: this.live().length });
  }

  private report(report: TaskManagerReport, context: Context): void {
    context.refFor<TaskManagerReport>(this.options.jobMaster).tell(report);
  }
}
