/**
 * The JobMaster: one per running job. It opens the job, asks the {@link JobScheduler} for each decision and performs it, forwards reports to
 * its children (the checkpoint coordinator and one source coordinator per source), and tells the client.
 *
 *                     +-> checkpoint-coordinator (child)          slots, tasks: on TaskManagers
 *   client <-> JobMaster
 *                     +-> source/<operatorId> (children)
 *
 *  M1  only what the scheduler accepted as a report of a current attempt is passed on as such (D3);
 *  M2  each source coordinator knows the new readers, and has its lost splits back, before their tasks start;
 *  M3  a terminal status is in the register before the client hears of it; a deposed leader writes nothing (D5);
 *  M4  a stop with a savepoint is complete when the job has ended behind it: should this JobMaster be lost before, its
 *      successor runs the job on.
 */
import { type Actor, type ActorAddress, type ActorContext, type ActorRef, nodeOf, type Signal } from '@weir/actor';
import { assert, assertNever, type ExecutionAttemptId, type FailureInfo, failureInfo, type OperatorId } from '@weir/base';
import {
  assignState, type CheckpointCoordinatorConfig, checkpointOptions, type CheckpointStatistics, type CompletedCheckpoint, type CompletedCheckpointSummary,
  initialCheckpointCoordinatorState, type RestoredSubtaskState, SavepointDirectoryMissingError, SavepointWriter, subtaskKey,
} from '@weir/checkpoint';
import { describePlan, pipelinedRegions } from '@weir/graph';
import { stateOptions } from '@weir/state';
import type { TaskMessage } from '@weir/task';
import { wireTask } from './channel-wiring.js';
import { CheckpointCoordinatorActor, type CheckpointCoordinatorActorMessage } from './checkpoint-coordinator.actor.js';
import { clusterOptions } from './cluster-options.js';
import { NotEnoughSlotsError, StopFailedError } from './errors.js';
import { type Execution, ExecutionGraph, type ExecutionVertex, isTerminalExecution } from './execution-graph.js';
import type { JobClientMessage, JobMasterMessage, JobMasterTurn } from './job-master.protocol.js';
import { type JobOpeningOptions, openJob, type OpenedJob } from './job-opening.js';
import { JobScheduler } from './job-scheduler.js';
import type { SchedulerEffect, SchedulerEvent } from './job-scheduler.events.js';
import { isTerminal } from './job-state-machine.js';
import { JobSlots } from './job-slots.js';
import type { CheckpointSummary, JobEvent, JobStatus } from './job-status.js';
import { JobStatusBoard } from './job-status-board.js';
import type { JobSubmission } from './job-submission.js';
import { sliceInlineState } from './restored-slices.js';
import { createRestartStrategy, type RestartStrategy } from './restart-strategy.js';
import { SourceCoordinatorActor } from './source-coordinator.actor.js';
import type { SourceCoordinatorMessage } from './source-coordinator.protocol.js';
import type { SlotMessage } from './task-executor.protocol.js';

export interface JobMasterOptions extends JobOpeningOptions {
  readonly resourceManager: ActorAddress;
  readonly client: ActorAddress;
  /** For slots that have to load the program; undefined when it lives in their process. */
  readonly submission?: JobSubmission;
}

const STATUS_PUSH_MS = 100;
const REPORT_PUSH_MS = 1000;
/** Between declarations of a need that is not met: the one before, or what followed from it, may be lost with a link. */
const DECLARE_AGAIN_MS = 1000;

type Message = JobMasterMessage | JobMasterTurn;
type Context = ActorContext<Message>;

/** What exists once the job is open. */
interface Running {
  readonly job: OpenedJob;
  readonly executions: ExecutionGraph;
  readonly scheduler: JobScheduler;
  readonly board: JobStatusBoard;
  readonly checkpoints: ActorRef<CheckpointCoordinatorActorMessage>;
  readonly sources: ReadonlyMap<OperatorId, ActorRef<SourceCoordinatorMessage>>;
  readonly restartStrategy: RestartStrategy;
  readonly slots: JobSlots<Message>;
}

export class JobMasterActor implements Actor<Message> {
  private running: Running | undefined;
  private startedAtMs = 0;
  private startedMonotonicMs = 0;
  private endBeforeOpen: 'cancel' | 'suspend' | undefined;
  private checkpointStatistics: CheckpointStatistics | undefined;
  private failure: FailureInfo | undefined;
  private restorePoint: CompletedCheckpoint | undefined;
  /** A savepoint that is there, of a job that has not ended behind it yet. */
  private stopping: { readonly triggerId: string; readonly path: string; readonly then: 'suspend' | 'drain' | 'cancel' } | undefined;
  private resourceManager: ActorAddress;

  constructor(private readonly options: JobMasterOptions) {
    this.resourceManager = options.resourceManager;
  }

  started(context: Context): void {
    this.startedAtMs = context.clock.now();
    this.startedMonotonicMs = context.clock.monotonic();
    context.pipe<Message>(
      Promise.resolve().then(() => openJob(this.options)).then((job) => ({ type: 'opened', job })),
      (message) => message,
      (error) => ({ type: 'open-failed', failure: failureInfo(error) }),
    );
  }

  receive(message: Message, context: Context): void {
    if (message.type === 'opened') {
      this.open(message.job, context);
    } else if (message.type === 'open-failed') {
      context.logger.log('warn', 'job rejected', { code: message.failure.code, error: message.failure.message });
      this.tellClient({ type: 'job-rejected', failure: message.failure }, context);
      context.stop();
    } else if (message.type === 'follow-resource-manager') {
      this.resourceManager = message.resourceManager;
      this.running?.slots.follow(this.resourceManager);
      if (this.running !== undefined) this.declareNeed(this.running);
    } else if (this.running === undefined) {
      if (message.type === 'cancel-job' || message.type === 'suspend-job') this.endBeforeOpen ??= message.type === 'cancel-job' ? 'cancel' : 'suspend';
    } else {
      this.handle(message, this.running, context);
    }
  }

  signal(signal: Signal, context: Context): void {
    if (this.running === undefined || !context.isRunning) return;
    const { slots } = this.running;
    const slot = slots.hear(signal);
    if (slot === 'given-up') return;
    if (slots.isResourceManager(signal.address)) {
      // Nothing depends on it while nothing is missing. Another one is told by `follow-resource-manager`.
      if (signal.type === 'unreachable') context.timers.setTimer('declare-again', DECLARE_AGAIN_MS, { type: 'declare-again' });
    } else if (slot === 'lost') {
      this.schedule({ type: 'slot-lost', slot: signal.address, reason: signal.type === 'terminated' ? signal.failure?.message ?? 'its slot is gone' : 'its slot does not answer' }, context);
    } else if (signal.type === 'terminated' && context.isRunning && !isTerminal(this.running.scheduler.state)) {
      // A child of ours: a coordinator failed. Without it nothing is certain any more.
      const failure = signal.failure ?? failureInfo(new Error(`${signal.address} stopped`), 'WEIR_INVARIANT_BROKEN');
      this.schedule({ type: 'job-failure', failure: { ...failure, retry: 'never' } }, context);
    }
  }

  private handle(message: Exclude<Message, { type: 'opened' | 'open-failed' | 'follow-resource-manager' }>, running: Running, context: Context): void {
    const { checkpoints, board } = running;
    switch (message.type) {
      case 'task-state':
        this.schedule(message, context);
        this.pushStatusSoon(context);
        return;
      case 'task-metrics':
        if (running.executions.current(message.attempt) === undefined) {
          running.scheduler.staleReports++;
          return;
        }
        board.taskMetrics(message.attempt, message.metrics);
        this.pushStatusSoon(context);
        this.pushReportSoon(context);
        return;
      case 'acknowledge-checkpoint':
        checkpoints.tell({ type: 'acknowledge', checkpointId: message.checkpointId, attempt: message.attempt, snapshot: message.snapshot, sizeBytes: message.metrics.sizeBytes });
        return;
      case 'snapshot-format-set':
        checkpoints.tell(message);
        return;
      case 'set-snapshot-format':
        this.notifyTasks(() => true, { type: 'snapshot-format', format: message.format }, context);
        return;
      case 'decline-checkpoint':
        checkpoints.tell({ type: 'decline', checkpointId: message.checkpointId, attempt: message.attempt, failure: message.failure });
        return;
      case 'slots-granted':
        this.schedule({ type: 'slots-granted', slots: running.slots.granted(message.taskExecutor, message.slots, message.inUse) }, context);
        if (running.slots.heldCount >= running.scheduler.slotsNeeded) running.slots.missing = 0;
        return;
      case 'slots-missing':
        if (message.request === running.slots.lastRequest) this.slotsMissing(message.missing, message.total, running, context);
        return;
      case 'return-idle-slots':
        this.schedule(message, context);
        return;
      case 'slots-overdue': {
        const needed = running.scheduler.slotsNeeded;
        const at = { needed, missing: needed - running.slots.heldCount };
        this.schedule({ type: 'slots-overdue', failure: failureInfo(new NotEnoughSlotsError(at)) }, context);
        return;
      }
      case 'declare-again':
        if (!running.scheduler.isWaitingForSlots) return;
        this.declareNeed(running);
        context.timers.setTimer('declare-again', DECLARE_AGAIN_MS, { type: 'declare-again' });
        return;
      case 'task-submitted':
      case 'task-gone':
        this.schedule(message, context);
        return;
      case 'coordinator-snapshotted':
      case 'coordinator-declined':
        checkpoints.tell(message);
        return;
      case 'source-failed':
      case 'checkpoints-fail-job':
        this.schedule({ type: 'job-failure', failure: message.failure }, context);
        return;
      case 'source-work':
        board.sourceWork(message.operatorId, message);
        this.pushStatusSoon(context);
        return;
      case 'restore-found':
        this.restorePoint = message.checkpoint;
        this.schedule({ type: 'restore-ready', group: message.group, checkpointId: message.checkpoint?.metadata.checkpointId }, context);
        return;
      case 'checkpoint-completed':
        this.notifyTasks((execution) => execution.state !== 'deploying' && execution.state !== 'deployed', { type: 'checkpoint-complete', checkpointId: message.summary.checkpointId, isFinal: message.summary.isFinal, stop: message.stop }, context);
        running.restartStrategy.onProgress?.();
        if (!message.repeated) this.emit({ type: 'checkpoint-completed', checkpoint: summaryOf(message.summary) }, context);
        return;
      case 'checkpoint-failed':
        this.notifyTasks(() => true, { type: 'checkpoint-aborted', checkpointId: message.checkpointId }, context);
        this.emit({ type: 'checkpoint-failed', checkpointId: message.checkpointId, failure: message.failure }, context);
        return;
      case 'checkpoint-statistics':
        this.checkpointStatistics = message.statistics;
        this.pushStatusSoon(context);
        return;
      case 'checkpoints-deposed':
      case 'outcome-deposed':
        this.schedule({ type: 'deposed', failure: message.failure }, context);
        return;
      case 'release-tasks':
        // No checkpoint will follow, and no sink waits for one: what is to be covered is covered.
        this.notifyTasks(() => true, { type: 'checkpoint-complete', checkpointId: Number.MAX_SAFE_INTEGER, isFinal: true, stop: false }, context);
        return;
      case 'cancel-job':
        this.schedule({ type: 'cancel' }, context);
        return;
      case 'suspend-job':
        this.schedule({ type: 'suspend' }, context);
        return;
      case 'take-savepoint':
        this.takeSavepoint(message, running, context);
        return;
      case 'savepoint-completed':
        if (message.then === 'none') this.tellClient({ type: 'savepoint-completed', triggerId: message.triggerId, path: message.path }, context);
        else this.stopping = { triggerId: message.triggerId, path: message.path, then: message.then }; // M4
        if (message.then === 'cancel') this.schedule({ type: 'cancel' }, context);
        return;
      case 'savepoint-failed':
        this.tellClient({ type: 'savepoint-failed', triggerId: message.triggerId, failure: message.failure }, context);
        return;
      case 'restart-due':
      case 'cancel-overdue':
      case 'outcome-recorded':
        this.schedule(message, context);
        return;
      case 'push-status':
        this.tellClient({ type: 'job-status', status: this.status(running) }, context);
        return;
      case 'push-report':
        this.pushReport(running, context);
        return;
      default:
        assertNever(message, 'job master message');
    }
  }

  private open(job: OpenedJob, context: Context): void {
    const { configuration } = job;
    const executions = new ExecutionGraph(job.graph, job.epoch);
    const sources = new Map<OperatorId, ActorRef<SourceCoordinatorMessage>>();
    for (const { id, parallelism, operators } of job.graph.vertices) {
      const { operatorId } = operators[0];
      const spec = job.compiled.nodes.get(operatorId)?.spec;
      assert(spec !== undefined, `vertex ${id} has no operator ${operatorId}`);
      if (spec.kind !== 'source') continue;
      const coordinator = new SourceCoordinatorActor({ operatorId, source: spec.source, parallelism, jobMaster: context.self.address, services: this.options.services });
      sources.set(operatorId, context.spawn<SourceCoordinatorMessage>(`source/${operatorId}`, coordinator as Actor<SourceCoordinatorMessage>));
    }
    const checkpoints = context.spawn('checkpoint-coordinator', new CheckpointCoordinatorActor({
      config: checkpointConfig(job, [...sources.keys()], this.options.jobId),
      initial: initialCheckpointCoordinatorState(job.recovery.nextCheckpointId, job.recovery.restored),
      store: job.store,
      savepoints: new SavepointWriter({ ...this.options.services, jobId: this.options.jobId, directory: this.options.checkpointDirectory, random: this.options.services.random.stream('savepoints') }),
      base: job.base,
      nativeState: job.configuration.get(stateOptions.backendType) !== 'heap',
      jobMaster: context.self.address,
      sourceCoordinators: new Map([...sources].map(([operatorId, ref]) => [operatorId, ref.address])),
    }));
    const restartStrategy = createRestartStrategy(configuration);
    const scheduler = new JobScheduler({
      executions, regions: pipelinedRegions(job.graph), restartStrategy, random: this.options.services.random.stream('restart-strategy'),
      cancelFenceMs: configuration.get(clusterOptions.cancelFence),
    });
    const { jobId, checkpointDirectory, submission } = this.options;
    const descriptor = { jobId, checkpointDirectory, configuration: configuration.toRecord(), ...(submission === undefined ? {} : { submission }) };
    const slots = new JobSlots<Message>(jobId, this.resourceManager, descriptor, context);
    this.running = { job, executions, scheduler, board: new JobStatusBoard(executions, sources.size), checkpoints, sources, restartStrategy, slots };
    this.tellClient({ type: 'job-accepted', status: this.status(this.running) }, context);
    for (const note of job.notes) this.emit({ type: 'note', ...note }, context);
    const restored = job.recovery.restored?.checkpoint ?? job.base;
    this.emit({ type: 'restored', checkpointId: restored?.metadata.checkpointId, ...(restored === undefined ? {} : { path: restored.path }) }, context);
    this.schedule(this.endBeforeOpen === undefined ? { type: 'start' } : { type: this.endBeforeOpen }, context);
  }

  private schedule(event: SchedulerEvent, context: Context): void {
    const { scheduler } = this.running as Running;
    for (const effect of scheduler.handle(event, context.clock.monotonic())) this.perform(effect, this.running as Running, context);
    if (!scheduler.isWaitingForSlots) context.timers.cancelTimer('slots-overdue');
  }

  private perform(effect: SchedulerEffect, running: Running, context: Context): void {
    const { checkpoints, job } = running;
    switch (effect.type) {
      case 'request-slots':
        this.declareNeed(running);
        context.timers.setTimer('declare-again', DECLARE_AGAIN_MS, { type: 'declare-again' });
        if (running.scheduler.isWaitingForSlots && !context.timers.isPending('slots-overdue')) {
          context.timers.setTimer('slots-overdue', job.configuration.get(clusterOptions.slotRequestTimeout), { type: 'slots-overdue' });
        }
        return;
      case 'release-slots':
        running.slots.release(effect.slots);
        this.declareNeed(running);
        return;
      case 'timer':
        context.timers.after(effect.delayMs, effect.event);
        return;
      case 'subtasks-stopping':
        this.announceTasks(new Set(effect.subtasks), running);
        for (const [operatorId, source] of running.sources) {
          const subtasks = indexesOf(effect.subtasks, operatorId, running);
          if (subtasks.length > 0) source.tell({ type: 'readers-stopping', subtasks });
        }
        return;
      case 'find-restore':
        checkpoints.tell({ type: 'find-restore', group: effect.group });
        return;
      case 'deploy':
        this.deploy(effect.subtasks, running, context);
        return;
      case 'start-tasks':
        this.announceReaders(effect.executions, running); // M2
        for (const { attempt } of effect.executions) running.board.taskState(attempt, 'deployed', context.clock.now());
        for (const { attempt, slot } of effect.executions) context.refFor<SlotMessage>(slot).tell({ type: 'start-task', attempt });
        return;
      case 'cancel-task':
        context.refFor<SlotMessage>(effect.execution.slot).tell({ type: 'cancel-task', attempt: effect.execution.attempt });
        return;
      case 'remove-task':
        context.refFor<SlotMessage>(effect.execution.slot).tell({ type: 'remove-task', attempt: effect.execution.attempt });
        return;
      case 'task-changed':
        checkpoints.tell({ type: 'task-state', attempt: effect.execution.attempt, state: effect.state }); // M1
        running.board.taskState(effect.execution.attempt, effect.state, context.clock.now());
        this.pushReportSoon(context);
        return;
      case 'state':
        context.logger.log('info', 'job state', { jobId: this.options.jobId, from: effect.from, to: effect.to });
        if (effect.to === 'failing' || effect.to === 'cancelling') checkpoints.tell({ type: 'shutdown' });
        this.emit({ type: 'state', from: effect.from, to: effect.to }, context);
        return;
      case 'restarting':
        this.failure = effect.failure;
        context.logger.log('warn', 'job restarts', { code: effect.failure.code, error: effect.failure.message, delayMs: effect.delayMs, restart: effect.restart });
        this.emit({ type: 'restarting', failure: effect.failure, delayMs: effect.delayMs, restart: effect.restart }, context, effect.origin);
        return;
      case 'record-outcome':
        checkpoints.tell({ type: 'shutdown' });
        context.pipe<Message>(
          job.store.close(effect.status).then((outcome) => (outcome.kind === 'recorded' ? { type: 'outcome-recorded' } : { type: 'outcome-deposed', failure: outcome.failure })),
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

  /** Tells the checkpoint coordinator of all current attempts; those of `stopping` count as not running. */
  private announceTasks(stopping: ReadonlySet<ExecutionVertex>, running: Running): void {
    const current = running.executions.vertices.flatMap((vertex) => (vertex.current === undefined ? [] : [{ vertex, execution: vertex.current }]));
    running.checkpoints.tell({ type: 'tasks-deployed', attempts: current.map(({ execution }) => execution.attempt) });
    for (const { vertex, execution } of current) {
      const { attempt, state } = execution;
      if (!stopping.has(vertex) && state !== 'deploying' && state !== 'deployed') running.checkpoints.tell({ type: 'task-state', attempt, state });
    }
  }

  private deploy(subtasks: readonly ExecutionVertex[], running: Running, context: Context): void {
    const { job, executions } = running;
    const metadata = this.restorePoint?.metadata;
    const restored: ReadonlyMap<string, RestoredSubtaskState> = metadata === undefined ? new Map() : assignState(metadata, job.graph, { allowNonRestoredState: job.configuration.get(clusterOptions.ignoreUnclaimedState) });
    this.announceTasks(new Set(), running);
    for (const [operatorId, source] of running.sources) {
      const indexes = indexesOf(subtasks, operatorId, running);
      const vertex = job.graph.vertices.find(({ operators }) => operators[0].operatorId === operatorId);
      if (indexes.length === 0) continue;
      if (indexes.length === vertex?.parallelism) source.tell({ type: 'reset-source', snapshot: metadata?.coordinators.find((snapshot) => snapshot.operatorId === operatorId) });
      else source.tell({ type: 'reset-subtasks', subtasks: indexes, checkpointId: metadata?.checkpointId });
    }
    for (const { current } of subtasks) {
      const { attempt, slot } = current as Execution;
      running.board.taskState(attempt, 'deploying', context.clock.now());
      const head = headOf(attempt, running) as OperatorId;
      const state = restored.get(subtaskKey(attempt.vertexId, attempt.subtaskIndex));
      context.refFor<SlotMessage>(slot).tell({
        type: 'submit-task',
        deployment: {
          jobId: this.options.jobId, attempt, graph: job.graph, ...wireTask(this.options.jobId, executions, attempt),
          restored: state === undefined ? undefined : sliceInlineState(state),
          jobMaster: context.self.address,
          sourceCoordinator: running.sources.get(head)?.address,
          configuration: job.configuration.toRecord(),
        },
      });
    }
  }

  private announceReaders(started: readonly Execution[], running: Running): void {
    for (const [operatorId, source] of running.sources) {
      const readers = started.filter(({ attempt }) => headOf(attempt, running) === operatorId).map(({ attempt, address }) => ({ attempt, address: address as ActorAddress }));
      if (readers.length > 0) source.tell({ type: 'readers-deployed', readers });
    }
  }

  private declareNeed({ slots, scheduler }: Running): void {
    slots.declare(scheduler.slotsNeeded);
  }

  /** What the ResourceManager says is for the user: the scheduler waits for slots, not for words. */
  private slotsMissing(missing: number, total: number, running: Running, context: Context): void {
    const { slots } = running;
    if (missing === slots.missing) return;
    if (slots.missing === 0) {
      context.logger.log('info', 'job waits for slots', { jobId: this.options.jobId, missing, total });
      this.emit({ type: 'note', level: 'info', text: `waits for slots: ${missing} of ${total} are missing` }, context);
    }
    slots.missing = missing;
    this.tellClient({ type: 'job-status', status: this.status(running) }, context);
    this.pushReportSoon(context);
  }

  private takeSavepoint({ triggerId, targetDirectory, then }: Extract<JobMasterMessage, { type: 'take-savepoint' }>, { checkpoints, job }: Running, context: Context): void {
    const directory = targetDirectory ?? job.configuration.get(checkpointOptions.savepointDirectory);
    if (directory === '') this.tellClient({ type: 'savepoint-failed', triggerId, failure: failureInfo(new SavepointDirectoryMissingError()) }, context);
    else checkpoints.tell({ type: 'take-savepoint', triggerId, targetDirectory: directory, then });
  }

  private notifyTasks(which: (execution: Execution) => boolean, message: TaskMessage, context: Context): void {
    for (const { current } of (this.running as Running).executions.vertices) {
      if (current?.address === undefined || isTerminalExecution(current.state) || !which(current)) continue;
      context.refFor<TaskMessage>(current.address).tell(message);
    }
  }

  private ended(state: 'finished' | 'failed' | 'canceled', failure: FailureInfo | undefined, running: Running, context: Context): void {
    this.failure = failure;
    this.answerStop(state === 'finished' || (state === 'canceled' && this.stopping?.then === 'cancel'), context);
    const status = this.status(running);
    const durationMs = context.clock.monotonic() - this.startedMonotonicMs;
    running.slots.releaseAll();
    this.pushReport(running, context);
    this.tellClient({ type: 'job-ended', result: { jobId: this.options.jobId, state, status, durationMs, ...(failure === undefined ? {} : { failure }) } }, context);
    context.stop();
  }

  /** M4. */
  private answerStop(stopped: boolean, context: Context): void {
    const { stopping } = this;
    if (stopping === undefined) return;
    this.stopping = undefined;
    const { triggerId, path } = stopping;
    if (stopped) this.tellClient({ type: 'savepoint-completed', triggerId, path }, context);
    else this.tellClient({ type: 'savepoint-failed', triggerId, failure: failureInfo(new StopFailedError(path)) }, context);
  }

  private status(running: Running): JobStatus {
    const statistics = this.checkpointStatistics;
    return running.board.status({
      jobId: this.options.jobId,
      jobName: running.job.graph.jobName,
      state: running.scheduler.state,
      startedAtMs: this.startedAtMs,
      restarts: running.scheduler.restarts,
      checkpoints: {
        completed: statistics?.completed ?? 0, failed: statistics?.failed ?? 0, inProgress: statistics?.inProgress ?? 0,
        ...(statistics?.last === undefined ? {} : { last: summaryOf(statistics.last) }),
      },
      failure: this.failure,
      missingSlots: running.slots.missing,
    });
  }

  private pushReportSoon(context: Context): void {
    if (!context.timers.isPending('push-report')) context.timers.setTimer('push-report', REPORT_PUSH_MS, { type: 'push-report' });
  }

  private pushReport({ job, board, sources, slots }: Running, context: Context): void {
    this.tellClient({
      type: 'job-report',
      report: {
        plan: describePlan({ ...job.compiled, graph: job.graph }), subtasks: board.subtasks(), configuration: job.configuration.toRecord(),
        maxParallelism: Math.max(...job.graph.vertices.map(({ maxParallelism }) => maxParallelism)), missingSlots: slots.missing, sources: [...sources.keys()],
      },
    }, context);
  }

  private emit(event: JobEvent, context: Context, from?: Execution): void {
    const running = this.running as Running;
    const origin = from === undefined ? {} : { origin: { taskName: taskName(from.attempt, running), node: nodeOf(from.slot) } };
    this.tellClient({ type: 'job-event', event, status: this.status(running), ...origin }, context);
  }

  private pushStatusSoon(context: Context): void {
    if (!context.timers.isPending('push-status')) context.timers.setTimer('push-status', STATUS_PUSH_MS, { type: 'push-status' });
  }

  private tellClient(message: Unnamed<JobClientMessage>, context: Context): void {
    context.refFor<JobClientMessage>(this.options.client).tell({ jobId: this.options.jobId, ...message } as JobClientMessage);
  }
}

/** A message to the client before it names the job. */
type Unnamed<M> = M extends unknown ? Omit<M, 'jobId'> : never;

/** As Flink writes it: `map (2/4)`. */
function taskName({ vertexId, subtaskIndex }: ExecutionAttemptId, { job }: Running): string {
  const vertex = job.graph.vertices.find(({ id }) => id === vertexId);
  return `${vertex?.name ?? vertexId} (${subtaskIndex + 1}/${vertex?.parallelism ?? 0})`;
}

function headOf(attempt: ExecutionAttemptId, running: Running): OperatorId | undefined {
  return running.job.graph.vertices.find(({ id }) => id === attempt.vertexId)?.operators[0].operatorId;
}

/** Which of these subtasks are readers of this source. */
function indexesOf(subtasks: readonly ExecutionVertex[], operatorId: OperatorId, running: Running): number[] {
  const vertex = running.job.graph.vertices.find(({ operators }) => operators[0].operatorId === operatorId);
  return subtasks.filter(({ vertexId }) => vertexId === vertex?.id).map(({ subtaskIndex }) => subtaskIndex);
}

function summaryOf({ checkpointId, triggeredAtMs, durationMs, sizeBytes, path }: CompletedCheckpointSummary): CheckpointSummary {
  return { checkpointId, triggeredAtMs, durationMs, sizeBytes, path };
}

function checkpointConfig(job: OpenedJob, sourceOperators: readonly OperatorId[], jobId: CheckpointCoordinatorConfig['jobId']): CheckpointCoordinatorConfig {
  const { configuration } = job;
  return {
    jobId,
    epoch: job.epoch,
    graph: job.graph,
    sourceOperators,
    hasCommitter: [...job.compiled.nodes.values()].some(({ spec }) => spec.kind === 'sink' && spec.sink.createCommitter !== undefined),
    intervalMs: configuration.get(checkpointOptions.interval),
    minPauseMs: configuration.get(checkpointOptions.minPause),
    timeoutMs: configuration.get(checkpointOptions.timeout),
    tolerableFailures: configuration.get(checkpointOptions.tolerableFailedCheckpoints),
    maxConcurrent: configuration.get(checkpointOptions.maxConcurrentCheckpoints),
  };
}
