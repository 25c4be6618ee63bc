/**
 * The shell of the CheckpointCoordinator: a child of the JobMaster that fires the pure machine's timers and performs its effects. What is
 * decided is decided in `@weir/checkpoint`; what tasks and users are told goes through the JobMaster.
 *
 *  P1  effects are performed in order, in the turn of the step; only the store's work takes time, and it comes back as a message;
 *  P2  the restore point is named when nothing is being stored, so that none can complete between the choice and the restart (I6).
 */
import type { Actor, ActorAddress, ActorContext } from '@weir/actor';
import { assert, assertNever, type FailureInfo, failureInfo, type OperatorId } from '@weir/base';
import {
  type CheckpointCoordinatorConfig, type CheckpointCoordinatorEffect, type CheckpointCoordinatorMessage, type CheckpointCoordinatorState, type CheckpointStatistics,
  type CompletedCheckpoint, type CompletedCheckpointStore, type CompletedCheckpointSummary, isStoringCheckpoint, stepCheckpointCoordinator,
} from '@weir/checkpoint';
import type { SourceCoordinatorMessage } from './source-coordinator.protocol.js';

export type CheckpointCoordinatorActorMessage =
  | CheckpointCoordinatorMessage
  /** From the JobMaster. Answer: restore-found with the same `group`, once nothing is being stored. */
  | { readonly type: 'find-restore'; readonly group: number };

/** To the JobMaster, on the same node. */
export type CheckpointCoordinatorReport =
  | { readonly type: 'restore-found'; readonly group: number; readonly checkpoint: CompletedCheckpoint | undefined }
  | { readonly type: 'checkpoint-completed'; readonly summary: CompletedCheckpointSummary; readonly repeated: boolean }
  | { readonly type: 'checkpoint-failed'; readonly checkpointId: number; readonly failure: FailureInfo }
  | { readonly type: 'checkpoint-statistics'; readonly statistics: CheckpointStatistics }
  | { readonly type: 'checkpoints-fail-job'; readonly failure: FailureInfo }
  | { readonly type: 'checkpoints-deposed'; readonly failure: FailureInfo }
  | { readonly type: 'release-tasks' };

export interface CheckpointCoordinatorActorOptions {
  readonly config: CheckpointCoordinatorConfig;
  readonly initial: CheckpointCoordinatorState;
  readonly store: CompletedCheckpointStore;
  readonly jobMaster: ActorAddress;
  readonly sourceCoordinators: ReadonlyMap<OperatorId, ActorAddress>;
}

type Context = ActorContext<CheckpointCoordinatorActorMessage>;

export class CheckpointCoordinatorActor implements Actor<CheckpointCoordinatorActorMessage> {
  private state: CheckpointCoordinatorState;
  private waitingForRestore: number[] = [];

  constructor(private readonly options: CheckpointCoordinatorActorOptions) {
    this.state = options.initial;
  }

  receive(message: CheckpointCoordinatorActorMessage, context: Context): void {
    if (message.type === 'find-restore') {
      this.waitingForRestore.push(message.group);
    } else {
      const { statistics } = this.state;
      const step = stepCheckpointCoordinator(this.options.config, this.state, message, { wallMs: context.clock.now(), monotonicMs: context.clock.monotonic() });
      this.state = step.state;
      if (step.outcome === 'unknown-attempt') context.logger.log('debug', 'dropped a message of a dead attempt', { type: message.type });
      for (const effect of step.effects) this.perform(effect, context);
      if (step.state.statistics !== statistics) this.report({ type: 'checkpoint-statistics', statistics: step.state.statistics }, context);
    }
    this.answerRestore(context);
  }

  /** P2. */
  private answerRestore(context: Context): void {
    if (this.waitingForRestore.length === 0 || isStoringCheckpoint(this.state)) return;
    for (const group of this.waitingForRestore) this.report({ type: 'restore-found', group, checkpoint: this.options.store.latest }, context);
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
          this.tellSource(operatorId, { type: 'take-snapshot', checkpointId: effect.checkpointId, timestampMs: effect.timestampMs }, context);
        }
        return;
      case 'write-metadata': {
        const { checkpointId } = effect.metadata;
        context.pipe<CheckpointCoordinatorActorMessage>(
          store.complete(effect.metadata).then((outcome) => ({ type: 'store-outcome', checkpointId, outcome })),
          (message) => message,
          (error) => { throw error; }, // the store answers for the world; what it throws is a defect and fails this actor
        );
        return;
      }
      case 'notify-complete':
        assert(effect.permit.checkpointId === effect.checkpointId, `a permit for checkpoint ${effect.permit.checkpointId} with ${effect.checkpointId}`);
        context.timers.cancelTimer(`expiry-${effect.checkpointId}`);
        if (!effect.repeated) for (const operatorId of this.options.sourceCoordinators.keys()) this.tellSource(operatorId, { type: 'checkpoint-complete', checkpointId: effect.checkpointId }, context);
        this.report({ type: 'checkpoint-completed', summary: effect.summary, repeated: effect.repeated }, context);
        if (!effect.repeated) this.inBackground(store.discardSubsumed(effect.permit), 'discard old checkpoints', context);
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
