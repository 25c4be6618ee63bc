/**
 * The JobMaster: one per running job. It opens the job, asks the {@link JobScheduler} for each decision and performs it, forwards reports to
 * its children (the checkpoint coordinator and one source coordinator per source), and tells the client.
 *
 *                     +-> checkpoint-coordinator (child)          slots, tasks: on TaskManagers
 *   client <-> JobMaster
 *                     +-> source/<operatorId> (children)
 *
 * It has a hand for each of its dealings: {@link JobTasks}, {@link JobCheckpoints}, {@link SlotNeed}, {@link JobReporter}.
 *
 *  M1  only what the scheduler accepted as a report of a current attempt is passed on as such (D3);
 *  M2  a terminal status is in the register before the client hears of it; a deposed leader writes nothing (D5).
 */
import type { Actor, ActorAddress, ActorContext, Signal } from '@weir/actor';
import { assertNever, type FailureInfo, failureInfo } from '@weir/base';
import { pipelinedRegions } from '@weir/graph';
import { clusterOptions } from './cluster-options.js';
import { ExecutionGraph } from './execution-graph.js';
import { JobCheckpoints } from './job-checkpoints.js';
import { type JobCoordinators, spawnCoordinators } from './job-coordinators.js';
import type { JobClientMessage, JobMasterInput } from './job-master.protocol.js';
import { type JobOpeningOptions, openJob, type OpenedJob } from './job-opening.js';
import { JobReporter } from './job-reporter.js';
import { JobScheduler } from './job-scheduler.js';
import type { SchedulerEffect, SchedulerEvent } from './job-scheduler.events.js';
import { JobSlots } from './job-slots.js';
import { isTerminal } from './job-state-machine.js';
import { JobStatusBoard } from './job-status-board.js';
import type { JobResult } from './job-status.js';
import type { JobSubmission } from './job-submission.js';
import { JobTasks } from './job-tasks.js';
import { createRestartStrategy } from './restart-strategy.js';
import { SlotNeed } from './slot-need.js';

export interface JobMasterOptions extends JobOpeningOptions {
  readonly resourceManager: ActorAddress;
  readonly client: ActorAddress;
  /** For slots that have to load the program; undefined when it lives in their process. */
  readonly submission?: JobSubmission;
}

type Context = ActorContext<JobMasterInput>;

/** What exists once the job is open. */
interface Running {
  readonly job: OpenedJob;
  readonly executions: ExecutionGraph;
  readonly scheduler: JobScheduler;
  readonly board: JobStatusBoard;
  readonly coordinator: JobCoordinators['checkpoints'];
  readonly checkpoints: JobCheckpoints;
  readonly slots: JobSlots<JobMasterInput>;
  readonly need: SlotNeed;
  readonly tasks: JobTasks;
  readonly reporter: JobReporter;
}

export class JobMasterActor implements Actor<JobMasterInput> {
  private running: Running | undefined;
  private begin = { wallMs: 0, monotonicMs: 0 };
  private endBeforeOpen: 'cancel' | 'suspend' | undefined;
  private resourceManager: ActorAddress;

  constructor(private readonly options: JobMasterOptions) {
    this.resourceManager = options.resourceManager;
  }

  started(context: Context): void {
    this.begin = { wallMs: context.clock.now(), monotonicMs: context.clock.monotonic() };
    context.pipe<JobMasterInput>(
      Promise.resolve().then(() => openJob(this.options)).then((job) => ({ type: 'opened', job })),
      (message) => message,
      (error) => ({ type: 'open-failed', failure: failureInfo(error) }),
    );
  }

  receive(message: JobMasterInput, context: Context): void {
    if (message.type === 'opened') {
      this.open(message.job, context);
    } else if (message.type === 'open-failed') {
      this.reject(message.failure, context);
    } else if (message.type === 'follow-resource-manager') {
      this.resourceManager = message.resourceManager;
      this.running?.slots.follow(this.resourceManager);
      this.running?.need.declare();
    } else if (this.running === undefined) {
      if (message.type === 'cancel-job' || message.type === 'suspend-job') this.endBeforeOpen ??= message.type === 'cancel-job' ? 'cancel' : 'suspend';
    } else {
      this.handle(message, this.running, context);
    }
  }

  signal(signal: Signal, context: Context): void {
    if (this.running === undefined || !context.isRunning) return;
    const { slots, need, scheduler } = this.running;
    const slot = slots.hear(signal);
    if (slot === 'given-up') return;
    if (slots.isResourceManager(signal.address)) {
      // Nothing depends on it while nothing is missing. Another one is told by `follow-resource-manager`.
      if (signal.type === 'unreachable') need.declareSoon();
    } else if (slot === 'lost') {
      const reason = signal.type === 'terminated' ? signal.failure?.message ?? 'its slot is gone' : 'its slot does not answer';
      this.schedule({ type: 'slot-lost', slot: signal.address, reason }, context);
    } else if (signal.type === 'terminated' && !isTerminal(scheduler.state)) {
      // A child of ours: a coordinator failed. Without it nothing is certain any more.
      const failure = signal.failure ?? failureInfo(new Error(`${signal.address} stopped`), 'WEIR_INVARIANT_BROKEN');
      this.schedule({ type: 'job-failure', failure: { ...failure, retry: 'never' } }, context);
    }
  }

  private handle(message: Exclude<JobMasterInput, { type: 'opened' | 'open-failed' | 'follow-resource-manager' }>, running: Running, context: Context): void {
    const { board, slots, need, scheduler, reporter } = running;
    switch (message.type) {
      case 'task-state':
        this.schedule(message, context);
        reporter.pushStatusSoon();
        return;
      case 'task-metrics':
        if (running.executions.current(message.attempt) === undefined) {
          scheduler.staleReports++;
          return;
        }
        board.taskMetrics(message.attempt, message.metrics);
        reporter.pushStatusSoon();
        reporter.pushReportSoon();
        return;
      case 'slots-granted':
        this.schedule({ type: 'slots-granted', slots: slots.granted(message.taskExecutor, message.slots, message.inUse) }, context);
        need.granted();
        return;
      case 'slots-missing':
        need.missing(message);
        return;
      case 'slots-overdue':
        this.schedule({ type: 'slots-overdue', failure: need.overdue() }, context);
        return;
      case 'declare-again':
        need.declareAgain();
        return;
      case 'source-failed':
        this.schedule({ type: 'job-failure', failure: message.failure }, context);
        return;
      case 'source-work':
        board.sourceWork(message.operatorId, message);
        reporter.pushStatusSoon();
        return;
      case 'cancel-job':
        this.schedule({ type: 'cancel' }, context);
        return;
      case 'suspend-job':
        this.schedule({ type: 'suspend' }, context);
        return;
      case 'outcome-deposed':
        this.schedule({ type: 'deposed', failure: message.failure }, context);
        return;
      case 'return-idle-slots':
      case 'task-submitted':
      case 'task-gone':
      case 'restart-due':
      case 'cancel-overdue':
      case 'outcome-recorded':
        this.schedule(message, context);
        return;
      case 'push-status':
        reporter.pushStatus();
        return;
      case 'push-report':
        reporter.pushReport();
        return;
      default:
        running.checkpoints.receive(message);
    }
  }

  private reject(failure: FailureInfo, context: Context): void {
    const { client, jobId } = this.options;
    context.logger.log('warn', 'job rejected', { code: failure.code, error: failure.message });
    context.refFor<JobClientMessage>(client).tell({ type: 'job-rejected', jobId, failure });
    context.stop();
  }

  private open(job: OpenedJob, context: Context): void {
    const { jobId, client, checkpointDirectory, submission, services } = this.options;
    const { configuration } = job;
    const executions = new ExecutionGraph(job.graph, job.epoch);
    const coordinators = spawnCoordinators(job, this.options, context);
    const restartStrategy = createRestartStrategy(configuration);
    const scheduler = new JobScheduler({
      executions, regions: pipelinedRegions(job.graph), restartStrategy, random: services.random.stream('restart-strategy'),
      cancelFenceMs: configuration.get(clusterOptions.cancelFence),
    });
    const descriptor = { jobId, checkpointDirectory, configuration: configuration.toRecord(), ...(submission === undefined ? {} : { submission }) };
    const slots = new JobSlots<JobMasterInput>(jobId, this.resourceManager, descriptor, context);
    const board = new JobStatusBoard(executions, coordinators.sources.size);
    const reporter = new JobReporter({ jobId, client, job, board, scheduler, slots, sources: [...coordinators.sources.keys()], begin: this.begin }, context);
    const tasks = new JobTasks({ jobId, job, executions, board, coordinators }, context);
    const checkpoints = new JobCheckpoints({
      job, coordinator: coordinators.checkpoints, tasks, reporter, restartStrategy, schedule: (event) => this.schedule(event, context),
    });
    const need = new SlotNeed({ jobId, scheduler, slots, reporter, timeoutMs: configuration.get(clusterOptions.slotRequestTimeout) }, context);
    this.running = { job, executions, scheduler, board, coordinator: coordinators.checkpoints, checkpoints, slots, need, tasks, reporter };
    reporter.accepted();
    for (const note of job.notes) reporter.emit({ type: 'note', ...note });
    const restored = job.recovery.restored?.checkpoint ?? job.base;
    reporter.emit({ type: 'restored', checkpointId: restored?.metadata.checkpointId, ...(restored === undefined ? {} : { path: restored.path }) });
    this.schedule(this.endBeforeOpen === undefined ? { type: 'start' } : { type: this.endBeforeOpen }, context);
  }

  private schedule(event: SchedulerEvent, context: Context): void {
    const running = this.running as Running;
    for (const effect of running.scheduler.handle(event, context.clock.monotonic())) this.perform(effect, running, context);
    running.need.settle();
  }

  private perform(effect: SchedulerEffect, running: Running, context: Context): void {
    const { coordinator, need, tasks, reporter } = running;
    switch (effect.type) {
      case 'request-slots':
        need.request();
        return;
      case 'release-slots':
        need.release(effect.slots);
        return;
      case 'timer':
        context.timers.after(effect.delayMs, effect.event);
        return;
      case 'subtasks-stopping':
        tasks.stopping(effect.subtasks);
        return;
      case 'find-restore':
        coordinator.tell({ type: 'find-restore', group: effect.group });
        return;
      case 'deploy':
        tasks.deploy(effect.subtasks, running.checkpoints.restorePoint);
        return;
      case 'start-tasks':
        tasks.start(effect.executions);
        return;
      case 'cancel-task':
        tasks.cancel(effect.execution);
        return;
      case 'remove-task':
        tasks.remove(effect.execution);
        return;
      case 'task-changed':
        coordinator.tell({ type: 'task-state', attempt: effect.execution.attempt, state: effect.state }); // M1
        running.board.taskState(effect.execution.attempt, effect.state, context.clock.now());
        reporter.pushReportSoon();
        return;
      case 'state':
        context.logger.log('info', 'job state', { jobId: this.options.jobId, from: effect.from, to: effect.to });
        if (effect.to === 'failing' || effect.to === 'cancelling') coordinator.tell({ type: 'shutdown' });
        reporter.emit({ type: 'state', from: effect.from, to: effect.to });
        return;
      case 'restarting': {
        const { failure, delayMs, restart, origin } = effect;
        context.logger.log('warn', 'job restarts', { code: failure.code, error: failure.message, delayMs, restart });
        reporter.restarting({ type: 'restarting', failure, delayMs, restart }, origin);
        return;
      }
      case 'record-outcome':
        coordinator.tell({ type: 'shutdown' });
        context.pipe<JobMasterInput>(
          running.job.store.close(effect.status).then((outcome) => (outcome.kind === 'recorded' ? { type: 'outcome-recorded' } : { type: 'outcome-deposed', failure: outcome.failure })),
          (message) => message,
          (error) => ({ type: 'outcome-deposed', failure: failureInfo(error) }),
        );
        return;
      case 'ended':
        this.ended(effect.state, effect.failure, running, context);
        return;
      default:
        assertNever(effect, 'scheduler effect');
    }
  }

  private ended(state: JobResult['state'], failure: FailureInfo | undefined, { checkpoints, slots, reporter }: Running, context: Context): void {
    checkpoints.jobEnded(state);
    slots.releaseAll();
    reporter.ended(state, failure);
    context.stop();
  }
}
