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
 *  M3  a terminal status is in the register before the client hears of it; a deposed leader writes nothing (D5).
 */
import type { Actor, ActorAddress, ActorContext, ActorRef, Signal } from '@weir/actor';
import { assert, assertNever, type ExecutionAttemptId, type FailureInfo, failureInfo, type OperatorId } from '@weir/base';
import {
  assignState, type CheckpointCoordinatorConfig, checkpointOptions, type CheckpointStatistics, type CompletedCheckpoint, type CompletedCheckpointSummary,
  initialCheckpointCoordinatorState, type RestoredSubtaskState, subtaskKey,
} from '@weir/checkpoint';
import { pipelinedRegions } from '@weir/graph';
import type { TaskMessage } from '@weir/task';
import { wireTask } from './channel-wiring.js';
import { CheckpointCoordinatorActor, type CheckpointCoordinatorActorMessage } from './checkpoint-coordinator.actor.js';
import { clusterOptions } from './cluster-options.js';
import { NotEnoughSlotsError } from './errors.js';
import { type Execution, ExecutionGraph, type ExecutionVertex, isTerminalExecution } from './execution-graph.js';
import type { JobClientMessage, JobMasterMessage, JobMasterTurn } from './job-master.protocol.js';
import { type JobOpeningOptions, openJob, type OpenedJob } from './job-opening.js';
import { JobScheduler } from './job-scheduler.js';
import type { SchedulerEffect, SchedulerEvent } from './job-scheduler.events.js';
import { isTerminal } from './job-state-machine.js';
import type { CheckpointSummary, JobEvent, JobStatus } from './job-status.js';
import { JobStatusBoard } from './job-status-board.js';
import { createRestartStrategy, type RestartStrategy } from './restart-strategy.js';
import { SourceCoordinatorActor } from './source-coordinator.actor.js';
import type { SourceCoordinatorMessage } from './source-coordinator.protocol.js';
import type { SlotMessage, TaskExecutorMessage } from './task-executor.protocol.js';

export interface JobMasterOptions extends JobOpeningOptions {
  /** TaskExecutors that are asked for slots, in this order. */
  readonly taskExecutors: readonly ActorAddress[];
  readonly client: ActorAddress;
}

const STATUS_PUSH_MS = 100;

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
}

export class JobMasterActor implements Actor<Message> {
  private running: Running | undefined;
  private startedAtMs = 0;
  private startedMonotonicMs = 0;
  private endBeforeOpen: 'cancel' | 'suspend' | undefined;
  private checkpointStatistics: CheckpointStatistics | undefined;
  private failure: FailureInfo | undefined;
  private restorePoint: CompletedCheckpoint | undefined;
  private slotRequestCount = 0;
  /** Requests without an answer: which TaskExecutor was asked, for how many. */
  private readonly slotRequests = new Map<number, { readonly executor: number; readonly count: number }>();

  constructor(private readonly options: JobMasterOptions) {}

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
    } else if (this.running === undefined) {
      if (message.type === 'cancel-job' || message.type === 'suspend-job') this.endBeforeOpen ??= message.type === 'cancel-job' ? 'cancel' : 'suspend';
    } else {
      this.handle(message, this.running, context);
    }
  }

  signal(signal: Signal, context: Context): void {
    if (this.running === undefined) return;
    const executor = this.options.taskExecutors.find((address) => address === signal.address);
    if (executor !== undefined) {
      const reason = signal.type === 'terminated' ? 'its TaskManager is gone' : 'its TaskManager does not answer';
      this.schedule({ type: 'task-manager-lost', node: executor.slice(0, executor.indexOf('/')), reason }, context);
    } else if (signal.type === 'terminated' && context.isRunning && !isTerminal(this.running.scheduler.state)) {
      // A child of ours: a coordinator failed. Without it nothing is certain any more.
      const failure = signal.failure ?? failureInfo(new Error(`${signal.address} stopped`), 'WEIR_INVARIANT_BROKEN');
      this.schedule({ type: 'job-failure', failure: { ...failure, retry: 'never' } }, context);
    }
  }

  private handle(message: Exclude<Message, { type: 'opened' | 'open-failed' }>, running: Running, context: Context): void {
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
        return;
      case 'acknowledge-checkpoint':
        checkpoints.tell({ type: 'acknowledge', checkpointId: message.checkpointId, attempt: message.attempt, snapshot: message.snapshot, sizeBytes: message.metrics.sizeBytes });
        return;
      case 'decline-checkpoint':
        checkpoints.tell({ type: 'decline', checkpointId: message.checkpointId, attempt: message.attempt, failure: message.failure });
        return;
      case 'slots-granted':
        if (this.slotRequests.delete(message.request)) this.schedule({ type: 'slots-granted', slots: message.slots }, context);
        return;
      case 'slots-refused': {
        const request = this.slotRequests.get(message.request);
        if (request === undefined || !this.slotRequests.delete(message.request)) return;
        if (message.available > 0) this.requestSlots(request.executor, message.available, context);
        this.requestSlots(request.executor + 1, request.count - message.available, context);
        return;
      }
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
        this.notifyTasks((execution) => execution.state !== 'deploying' && execution.state !== 'deployed', { type: 'checkpoint-complete', checkpointId: message.summary.checkpointId, isFinal: message.summary.isFinal }, context);
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
        this.notifyTasks(() => true, { type: 'checkpoint-complete', checkpointId: Number.MAX_SAFE_INTEGER, isFinal: true }, context);
        return;
      case 'cancel-job':
        this.schedule({ type: 'cancel' }, context);
        return;
      case 'suspend-job':
        this.schedule({ type: 'suspend' }, context);
        return;
      case 'restart-due':
      case 'cancel-overdue':
      case 'outcome-recorded':
        this.schedule(message, context);
        return;
      case 'push-status':
        this.tellClient({ type: 'job-status', status: this.status(running) }, context);
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
      jobMaster: context.self.address,
      sourceCoordinators: new Map([...sources].map(([operatorId, ref]) => [operatorId, ref.address])),
    }));
    const restartStrategy = createRestartStrategy(configuration);
    const scheduler = new JobScheduler({
      executions, regions: pipelinedRegions(job.graph), restartStrategy, random: this.options.services.random.stream('restart-strategy'),
      cancelFenceMs: configuration.get(clusterOptions.cancelFence),
    });
    this.running = { job, executions, scheduler, board: new JobStatusBoard(executions, sources.size), checkpoints, sources, restartStrategy };
    for (const executor of this.options.taskExecutors) context.watch(executor);
    this.tellClient({ type: 'job-accepted', status: this.status(this.running) }, context);
    for (const note of job.notes) this.emit({ type: 'note', ...note }, context);
    const restored = job.recovery.restored?.checkpoint;
    this.emit({ type: 'restored', checkpointId: restored?.metadata.checkpointId, ...(restored === undefined ? {} : { path: restored.path }) }, context);
    this.schedule(this.endBeforeOpen === undefined ? { type: 'start' } : { type: this.endBeforeOpen }, context);
  }

  private schedule(event: SchedulerEvent, context: Context): void {
    const { scheduler } = this.running as Running;
    for (const effect of scheduler.handle(event, context.clock.monotonic())) this.perform(effect, this.running as Running, context);
  }

  private perform(effect: SchedulerEffect, running: Running, context: Context): void {
    const { checkpoints, job } = running;
    switch (effect.type) {
      case 'request-slots':
        this.requestSlots(0, effect.count, context);
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
        return;
      case 'state':
        context.logger.log('info', 'job state', { jobId: this.options.jobId, from: effect.from, to: effect.to });
        if (effect.to === 'failing' || effect.to === 'cancelling') checkpoints.tell({ type: 'shutdown' });
        this.emit({ type: 'state', from: effect.from, to: effect.to }, context);
        return;
      case 'restarting':
        this.failure = effect.failure;
        context.logger.log('warn', 'job restarts', { code: effect.failure.code, error: effect.failure.message, delayMs: effect.delayMs, restart: effect.restart });
        this.emit({ type: 'restarting', failure: effect.failure, delayMs: effect.delayMs, restart: effect.restart }, context);
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
      const head = job.graph.vertices.find(({ id }) => id === attempt.vertexId)?.operators[0].operatorId as OperatorId;
      context.refFor<SlotMessage>(slot).tell({
        type: 'submit-task',
        deployment: {
          jobId: this.options.jobId, attempt, graph: job.graph, ...wireTask(this.options.jobId, executions, attempt),
          restored: restored.get(subtaskKey(attempt.vertexId, attempt.subtaskIndex)),
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

  private requestSlots(executor: number, count: number, context: Context): void {
    const address = this.options.taskExecutors[executor];
    if (address === undefined) {
      const error = new NotEnoughSlotsError({ needed: (this.running as Running).executions.slotKeys().length, missing: count });
      this.schedule({ type: 'job-failure', failure: failureInfo(error) }, context);
      return;
    }
    const request = ++this.slotRequestCount;
    this.slotRequests.set(request, { executor, count });
    context.refFor<TaskExecutorMessage>(address).tell({ type: 'request-slots', jobId: this.options.jobId, request, count, jobMaster: context.self.address });
  }

  private notifyTasks(which: (execution: Execution) => boolean, message: TaskMessage, context: Context): void {
    for (const { current } of (this.running as Running).executions.vertices) {
      if (current?.address === undefined || isTerminalExecution(current.state) || !which(current)) continue;
      context.refFor<TaskMessage>(current.address).tell(message);
    }
  }

  private ended(state: 'finished' | 'failed' | 'canceled', failure: FailureInfo | undefined, running: Running, context: Context): void {
    this.failure = failure;
    const status = this.status(running);
    const durationMs = context.clock.monotonic() - this.startedMonotonicMs;
    for (const executor of this.options.taskExecutors) context.refFor<TaskExecutorMessage>(executor).tell({ type: 'free-slots', jobId: this.options.jobId, jobMaster: context.self.address });
    this.tellClient({ type: 'job-ended', result: { jobId: this.options.jobId, state, status, durationMs, ...(failure === undefined ? {} : { failure }) } }, context);
    context.stop();
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
    });
  }

  private emit(event: JobEvent, context: Context): void {
    this.tellClient({ type: 'job-event', event, status: this.status(this.running as Running) }, context);
  }

  private pushStatusSoon(context: Context): void {
    if (!context.timers.isPending('push-status')) context.timers.setTimer('push-status', STATUS_PUSH_MS, { type: 'push-status' });
  }

  private tellClient(message: JobClientMessage, context: Context): void {
    context.refFor<JobClientMessage>(this.options.client).tell(message);
  }
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
