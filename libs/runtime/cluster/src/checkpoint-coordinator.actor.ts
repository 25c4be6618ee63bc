/**
 * The shell of the CheckpointCoordinator: a child of the JobMaster that fires the pure machine's timers and performs its effects. What is
 * decided is decided in `@weir/checkpoint`; what tasks and users are told goes through the JobMaster.
 *
 *  P1  effects are performed in order, in the turn of the step; only the store's work takes time, and it comes back as a message;
 *  P2  the restore point is named when nothing is being stored, so that none can complete between the choice and the restart (I6).
 *  P3  savepoints are taken one after the other; each trigger id is answered exactly once per time it is asked, and triggers once;
 *  P4  where state has a native format, a savepoint is triggered only when every task has said that it captures the canonical one.
 */
import type { Actor, ActorAddress, ActorContext } from '@weir/actor';
import { assert, assertNever, type FailureInfo, failureInfo, type OperatorId } from '@weir/base';
import {
  type CheckpointCoordinatorConfig, type CheckpointCoordinatorEffect, type CheckpointCoordinatorMessage, type CheckpointCoordinatorState, type CheckpointStatistics,
  type CheckpointMetadata, type CompletedCheckpoint, type CompletedCheckpointStore, type CompletedCheckpointSummary, type CompleteOutcome, isStoringCheckpoint,
  SavepointFailedError, type SavepointWriter, stepCheckpointCoordinator, subtaskKey,
} from '@weir/checkpoint';
import type { SnapshotFormat } from '@weir/state';
import type { TaskReport } from '@weir/task';
import type { SourceCoordinatorMessage } from './source-coordinator.protocol.js';

/** `cancel`: the JobMaster cancels the job when it hears of the savepoint's completion. */
export interface SavepointOrder {
  readonly triggerId: string;
  readonly targetDirectory: string;
  readonly then: 'none' | 'suspend' | 'drain' | 'cancel';
}

export type CheckpointCoordinatorActorMessage =
  | Exclude<CheckpointCoordinatorMessage, { type: 'trigger-savepoint' }>
  /** From the JobMaster. Answer: savepoint-completed | savepoint-failed; again at once when this trigger id was answered before. */
  | ({ readonly type: 'take-savepoint' } & SavepointOrder)
  /** From a task, forwarded by the JobMaster. */
  | Extract<TaskReport, { type: 'snapshot-format-set' }>
  /** From the JobMaster. Answer: restore-found with the same `group`, once nothing is being stored. */
  | { readonly type: 'find-restore'; readonly group: number };

/** To the JobMaster, on the same node. */
export type CheckpointCoordinatorReport =
  | { readonly type: 'restore-found'; readonly group: number; readonly checkpoint: CompletedCheckpoint | undefined }
  /** `stop`: tasks finish once they have committed. */
  | { readonly type: 'checkpoint-completed'; readonly summary: CompletedCheckpointSummary; readonly repeated: boolean; readonly stop: boolean }
  | SavepointReport
  /** Tell all tasks, before a savepoint and after it. */
  | { readonly type: 'set-snapshot-format'; readonly format: SnapshotFormat }
  | { readonly type: 'checkpoint-failed'; readonly checkpointId: number; readonly failure: FailureInfo }
  | { readonly type: 'checkpoint-statistics'; readonly statistics: CheckpointStatistics }
  | { readonly type: 'checkpoints-fail-job'; readonly failure: FailureInfo }
  | { readonly type: 'checkpoints-deposed'; readonly failure: FailureInfo }
  | { readonly type: 'release-tasks' };

export type SavepointReport =
  | { readonly type: 'savepoint-completed'; readonly triggerId: string; readonly path: string; readonly then: SavepointOrder['then'] }
  | { readonly type: 'savepoint-failed'; readonly triggerId: string; readonly failure: FailureInfo };

export interface CheckpointCoordinatorActorOptions {
  readonly config: CheckpointCoordinatorConfig;
  readonly initial: CheckpointCoordinatorState;
  readonly store: CompletedCheckpointStore;
  readonly savepoints: SavepointWriter;
  /** True when the state backend has a format of its own: tasks must be told before a savepoint. */
  readonly nativeState: boolean;
  /** Where tasks start from as long as the job has no checkpoint of its own: a savepoint, another job's checkpoint. */
  readonly base: CompletedCheckpoint | undefined;
  readonly jobMaster: ActorAddress;
  readonly sourceCoordinators: ReadonlyMap<OperatorId, ActorAddress>;
}

/** Answers that are kept for those who ask twice. */
const REMEMBERED_SAVEPOINTS = 100;

type Context = ActorContext<CheckpointCoordinatorActorMessage>;

export class CheckpointCoordinatorActor implements Actor<CheckpointCoordinatorActorMessage> {
  private state: CheckpointCoordinatorState;
  private waitingForRestore: number[] = [];
  private savepoint: { readonly order: SavepointOrder; readonly path: string; /** Tasks that do not know of the format yet. */ readonly unprepared: Set<string> } | undefined;
  private readonly waitingSavepoints: SavepointOrder[] = [];
  private readonly answeredSavepoints = new Map<string, SavepointReport>();

  constructor(private readonly options: CheckpointCoordinatorActorOptions) {
    this.state = options.initial;
  }

  receive(message: CheckpointCoordinatorActorMessage, context: Context): void {
    if (message.type === 'find-restore') this.waitingForRestore.push(message.group);
    else if (message.type === 'take-savepoint') this.orderSavepoint(message, context);
    else if (message.type === 'snapshot-format-set') this.formatSet(message, context);
    else this.step(message, context);
    this.nextSavepoint(context);
    this.answerRestore(context);
  }

  private step(message: CheckpointCoordinatorMessage, context: Context): void {
    const { statistics } = this.state;
    const step = stepCheckpointCoordinator(this.options.config, this.state, message, { wallMs: context.clock.now(), monotonicMs: context.clock.monotonic() });
    this.state = step.state;
    if (step.outcome === 'unknown-attempt') context.logger.log('debug', 'dropped a message of a dead attempt', { type: message.type });
    // Restarted tasks know of nothing, and finished ones answer nothing: what was being prepared is over.
    if ((message.type === 'tasks-deployed' || message.type === 'shutdown') && (this.savepoint?.unprepared.size ?? 0) > 0) this.failSavepoint(new SavepointFailedError('the tasks were restarted'), context);
    for (const effect of step.effects) this.perform(effect, context);
    if (step.state.statistics !== statistics) this.report({ type: 'checkpoint-statistics', statistics: step.state.statistics }, context);
  }

  /** P3. */
  private orderSavepoint(order: SavepointOrder, context: Context): void {
    const answered = this.answeredSavepoints.get(order.triggerId);
    if (answered !== undefined) this.report(answered, context);
    const known = answered !== undefined || this.savepoint?.order.triggerId === order.triggerId || this.waitingSavepoints.some(({ triggerId }) => triggerId === order.triggerId);
    if (!known) this.waitingSavepoints.push(order);
  }

  private nextSavepoint(context: Context): void {
    while (this.savepoint === undefined) {
      const order = this.waitingSavepoints.shift();
      if (order === undefined) return;
      const live = [...this.state.tasks].filter(([, { state }]) => state === 'running' || state === 'end-of-data').map(([key]) => key);
      const unprepared = new Set(this.options.nativeState ? live : []);
      this.savepoint = { order, path: this.options.savepoints.newPath(order.targetDirectory), unprepared };
      if (unprepared.size === 0) this.triggerSavepoint(context);
      else this.report({ type: 'set-snapshot-format', format: 'canonical' }, context);
    }
  }
  /** P4. */
  private formatSet({ attempt, format }: Extract<TaskReport, { type: 'snapshot-format-set' }>, context: Context): void {
    const key = subtaskKey(attempt.vertexId, attempt.subtaskIndex);
    if (format !== 'canonical' || this.savepoint?.unprepared.delete(key) !== true) return;
    if (this.savepoint.unprepared.size === 0) this.triggerSavepoint(context);
  }
  private triggerSavepoint(context: Context): void {
    const then = this.savepoint?.order.then;
    assert(then !== undefined, 'a savepoint is triggered that nobody ordered');
    this.step({ type: 'trigger-savepoint', mode: then === 'cancel' ? 'none' : then }, context);
  }

  private failSavepoint(failure: FailureInfo | Error, context: Context): void {
    assert(this.savepoint !== undefined, 'a savepoint failed that nobody ordered');
    const info = failure instanceof Error ? failureInfo(failure) : failure;
    context.logger.log('warn', 'savepoint failed', { code: info.code, error: info.message });
    this.answerSavepoint({ type: 'savepoint-failed', triggerId: this.savepoint.order.triggerId, failure: info }, context);
  }
  private answerSavepoint(report: SavepointReport, context: Context): void {
    this.savepoint = undefined;
    if (this.options.nativeState) this.report({ type: 'set-snapshot-format', format: 'native' }, context);
    this.answeredSavepoints.set(report.triggerId, report);
    for (const triggerId of this.answeredSavepoints.keys()) {
      if (this.answeredSavepoints.size <= REMEMBERED_SAVEPOINTS) break;
      this.answeredSavepoints.delete(triggerId);
    }
    this.report(report, context);
  }

  /** A savepoint is whole before its checkpoint completes: what cannot be copied stops nothing and commits nothing. */
  private async complete(metadata: CheckpointMetadata, savepoint: boolean): Promise<CompleteOutcome> {
    const { store, savepoints } = this.options;
    if (savepoint) {
      assert(this.savepoint !== undefined, `checkpoint ${metadata.checkpointId} is a savepoint that nobody ordered`);
      try {
        await savepoints.write(metadata, this.savepoint.path);
      } catch (failure) {
        return { kind: 'failed', failure: failureInfo(failure, 'WEIR_FILE_IO') };
      }
    }
    return store.complete(metadata);
  }

  /** P2. */
  private answerRestore(context: Context): void {
    if (this.waitingForRestore.length === 0 || isStoringCheckpoint(this.state)) return;
    for (const group of this.waitingForRestore) this.report({ type: 'restore-found', group, checkpoint: this.options.store.latest ?? this.options.base }, context);
    this.waitingForRestore = [];
  }

  private perform(effect: CheckpointCoordinatorEffect, context: Context): void {
    const { store } = this.options;
    switch (effect.type) {
      case 'arm-trigger-timer':
        context.timers.setTimer('trigger', effect.delayMs, { type: 'trigger-due', generation: effect.generation });
        return;
      case 'arm-expiry-timer':
        context.timers.setTimer(`expiry-${effect.checkpointId}`, effect.delayMs, { type: 'expired', checkpointId: effect.checkpointId });
        return;
      case 'snapshot-source-coordinators':
        for (const operatorId of effect.operatorIds) {
          this.tellSource(operatorId, { type: 'take-snapshot', checkpointId: effect.checkpointId, timestampMs: effect.timestampMs, suspend: effect.suspend, aligned: effect.aligned }, context);
        }
        return;
      case 'drain-sources':
        for (const operatorId of effect.operatorIds) this.tellSource(operatorId, { type: 'drain' }, context);
        return;
      case 'write-metadata': {
        const { checkpointId } = effect.metadata;
        context.pipe<CheckpointCoordinatorActorMessage>(
          this.complete(effect.metadata, effect.savepoint).then((outcome) => ({ type: 'store-outcome', checkpointId, outcome })),
          (message) => message,
          (error) => { throw error; }, // the store answers for the world; what it throws is a defect and fails this actor
        );
        return;
      }
      case 'notify-complete':
        assert(effect.permit.checkpointId === effect.checkpointId, `a permit for checkpoint ${effect.permit.checkpointId} with ${effect.checkpointId}`);
        context.timers.cancelTimer(`expiry-${effect.checkpointId}`);
        if (!effect.repeated) for (const operatorId of this.options.sourceCoordinators.keys()) this.tellSource(operatorId, { type: 'checkpoint-complete', checkpointId: effect.checkpointId }, context);
        this.report({ type: 'checkpoint-completed', summary: effect.summary, repeated: effect.repeated, stop: effect.stop }, context);
        if (!effect.repeated) this.inBackground(store.discardSubsumed(effect.permit), 'discard old checkpoints', context);
        return;
      case 'savepoint-completed': {
        assert(this.savepoint !== undefined, `savepoint ${effect.checkpointId} was ordered by nobody`);
        const { order: { triggerId, then }, path } = this.savepoint;
        context.logger.log('info', 'savepoint completed', { checkpointId: effect.checkpointId, path });
        this.answerSavepoint({ type: 'savepoint-completed', triggerId, path, then }, context);
        return;
      }
      case 'savepoint-failed':
        this.failSavepoint(effect.failure, context);
        return;
      case 'notify-aborted':
        context.timers.cancelTimer(`expiry-${effect.checkpointId}`);
        context.logger.log('info', 'checkpoint aborted', { checkpointId: effect.checkpointId, reason: effect.reason, error: effect.failure.message });
        this.report({ type: 'checkpoint-failed', checkpointId: effect.checkpointId, failure: effect.failure }, context);
        return;
      case 'discard-state':
        this.inBackground(store.discardIncomplete(effect.checkpointId), 'discard an aborted checkpoint', context);
        return;
      case 'fail-job':
        this.report({ type: 'checkpoints-fail-job', failure: effect.failure }, context);
        return;
      case 'step-down':
        context.logger.log('warn', 'checkpoints lost their leadership', { code: effect.failure.code, error: effect.failure.message });
        this.report({ type: 'checkpoints-deposed', failure: effect.failure }, context);
        return;
      case 'release-tasks':
        this.report({ type: 'release-tasks' }, context);
        return;
      default:
        assertNever(effect, 'checkpoint coordinator effect');
    }
  }

  /** Cleaning up may fail without harm: the files stay until the next sweep. */
  private inBackground(work: Promise<void>, what: string, context: Context): void {
    work.catch((error: unknown) => context.logger.log('warn', `could not ${what}`, { error: failureInfo(error).message }));
  }

  private tellSource(operatorId: OperatorId, message: SourceCoordinatorMessage, context: Context): void {
    const address = this.options.sourceCoordinators.get(operatorId);
    assert(address !== undefined, `source ${operatorId} has no coordinator`);
    context.refFor<SourceCoordinatorMessage>(address).tell(message);
  }

  private report(report: CheckpointCoordinatorReport, context: Context): void {
    context.refFor<CheckpointCoordinatorReport>(this.options.jobMaster).tell(report);
  }
}
