/** One step of the CheckpointCoordinator while it is being made: the state so far and the effects so far. */
import type { ExecutionAttemptId } from '@weir/base';
import type { CheckpointFailureReason, TriggerRefusal } from './checkpoint-failure-reason.js';
import { FAILURE_WEIGHTS } from './checkpoint-failure-reason.js';
import type {
  CheckpointCoordinatorConfig, CheckpointCoordinatorEffect, CheckpointCoordinatorState, CheckpointInstant, CheckpointStep, PendingCheckpoint, StepOutcome,
} from './checkpoint-coordinator.protocol.js';
import type { SubtaskSnapshot } from './snapshot.js';
import { subtaskKey } from './subtask-key.js';

export class CoordinatorTurn {
  private readonly effects: CheckpointCoordinatorEffect[] = [];
  private refusal: TriggerRefusal | undefined;

  constructor(readonly config: CheckpointCoordinatorConfig, public state: CheckpointCoordinatorState, readonly now: CheckpointInstant) {}

  update(change: Partial<CheckpointCoordinatorState>): void {
    this.state = { ...this.state, ...change };
  }
  effect(effect: CheckpointCoordinatorEffect): void {
    this.effects.push(effect);
  }
  get lastRefusal(): TriggerRefusal | undefined {
    return this.refusal;
  }
  refuse(refusal: TriggerRefusal): StepOutcome {
    this.refusal = refusal;
    return 'refused';
  }
  /** Replaces the trigger timer. */
  armTrigger(delayMs: number): void {
    const generation = this.state.triggerGeneration + 1;
    this.update({ triggerGeneration: generation });
    this.effect({ type: 'arm-trigger-timer', generation, delayMs });
  }

  pending(checkpointId: number): PendingCheckpoint | undefined {
    return this.state.pending.find((pending) => pending.checkpointId === checkpointId);
  }
  add(pending: PendingCheckpoint): void {
    this.update({ pending: [...this.state.pending, pending] });
  }
  replace(next: PendingCheckpoint): void {
    this.update({ pending: this.state.pending.map((pending) => (pending.checkpointId === next.checkpointId ? next : pending)) });
  }
  drop(checkpointId: number): void {
    this.update({ pending: this.state.pending.filter((pending) => pending.checkpointId !== checkpointId) });
  }

  countAborted(reason: CheckpointFailureReason): void {
    const { statistics } = this.state;
    this.update({
      statistics: {
        ...statistics,
        failed: statistics.failed + (FAILURE_WEIGHTS[reason] === 'ignored' ? 0 : 1),
        reasons: { ...statistics.reasons, [reason]: (statistics.reasons[reason] ?? 0) + 1 },
      },
    });
  }

  isCurrent(attempt: ExecutionAttemptId): boolean {
    const current = this.state.tasks.get(subtaskKey(attempt.vertexId, attempt.subtaskIndex))?.attempt;
    return current !== undefined && current.epoch === attempt.epoch && current.attempt === attempt.attempt;
  }
  /** The snapshot that a finished task left in the last completed checkpoint. */
  finishedSnapshot(key: string): SubtaskSnapshot | undefined {
    return this.state.lastCompleted?.metadata.subtasks.find((snapshot) => snapshot.finished && subtaskKey(snapshot.vertexId, snapshot.subtaskIndex) === key);
  }

  end(outcome: StepOutcome): CheckpointStep {
    const { statistics, pending } = this.state;
    const state = statistics.inProgress === pending.length ? this.state : { ...this.state, statistics: { ...statistics, inProgress: pending.length } };
    return { state, effects: this.effects, outcome, ...(this.refusal === undefined || outcome !== 'refused' ? {} : { refusal: this.refusal }) };
  }
}
