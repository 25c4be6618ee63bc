/**
 * The CheckpointCoordinator as a pure machine: (state, message, moment) -> next state + effects. Protocol and diagram: the protocol file.
 * It owns: when a checkpoint starts, who must acknowledge it, when it is over, what counts as a failure. The store owns durability and the
 * permission to commit; tasks own their snapshots; the JobMaster owns restarts.
 *
 *  C1  Ids rise: a checkpoint is triggered with an id above all others ever triggered or seen on disk, and stored in ascending order (I6).
 *  C2  `_metadata` is written only when every task and source coordinator has acknowledged and the cut is consistent (I5).
 *  C3  A checkpoint that was aborted is never stored; one that is being stored is never aborted by anybody but the store (I6).
 *  C4  `notify-complete` carries the store's permit; without one nothing becomes visible (I4).
 *  C5  Only attempts that are deployed now are heard (D3).
 *  C6  At most one `write-metadata` is under way.
 *  C7  A savepoint is alone on its way, counts as no failure, and always ends in one of its two effects; behind a completed `suspend` no
 *      checkpoint is triggered (its mode is in the state, so that a restart in between ends the job all the same).
 */
import { assert, assertNever, failureInfo, type FailureInfo } from '@weir/base';
import { assertConsistentCut } from './cut-check.js';
import { FAILURE_WEIGHTS, type CheckpointFailureReason } from './checkpoint-failure-reason.js';
import type {
  CheckpointCoordinatorConfig, CheckpointCoordinatorMessage, CheckpointCoordinatorState, CheckpointedTaskState, CheckpointInstant, CheckpointStep, PendingCheckpoint, StepOutcome,
} from './checkpoint-coordinator.protocol.js';
import { isFinalDue, isHistoryOver, repeatLastNotification, RETRY_DELAY_MS, trigger, triggerFinalIfDue, triggerNext } from './checkpoint-trigger.js';
import type { CompleteOutcome, RestoredCheckpoint } from './completed-checkpoint.protocol.js';
import { CoordinatorTurn } from './coordinator-turn.js';
import { CheckpointAbortedError, CheckpointExpiredError, SavepointFailedError, TooManyFailedCheckpointsError } from './errors.js';
import { completionSummary, metadataOf, restoredSummary, withAcknowledgement, withCoordinator, withFinishedTask } from './pending-checkpoint.js';
import { failSavepoint, startWaitingSavepoint, triggerSavepoint } from './savepoint-trigger.js';
import { subtaskKey } from './subtask-key.js';

/** As many as Flink remembers; what is older stays until a later leader sweeps it. */
const REMEMBERED_ABORTS = 16;

/** `restored`: what `CompletedCheckpointStore.recover` gave. The status then counts from zero. */
export function initialCheckpointCoordinatorState(nextCheckpointId: number, restored?: RestoredCheckpoint): CheckpointCoordinatorState {
  return {
    phase: 'active',
    nextCheckpointId,
    tasks: new Map(),
    pending: [],
    triggerGeneration: 0,
    lastCompletedAtMs: undefined,
    periodicOverdue: false,
    failuresInRow: 0,
    savepoint: undefined,
    suspended: false,
    recentlyAborted: [],
    lastCompleted: restored === undefined
      ? undefined
      : { metadata: restored.checkpoint.metadata, permit: restored.permit, summary: restoredSummary(restored.permit) },
    statistics: { completed: 0, failed: 0, inProgress: 0, reasons: {} },
  };
}

/** While true a restart must wait for the store's outcome before it chooses the checkpoint to restore. */
export function isStoringCheckpoint(state: CheckpointCoordinatorState): boolean {
  return state.pending.some((pending) => pending.phase === 'storing');
}

/** One step. Never throws for anything that a message can say. */
export function stepCheckpointCoordinator(
  config: CheckpointCoordinatorConfig, state: CheckpointCoordinatorState, message: CheckpointCoordinatorMessage, now: CheckpointInstant,
): CheckpointStep {
  const turn = new CoordinatorTurn(config, state, now);
  const outcome = handle(turn, message);
  startWaitingSavepoint(turn);
  return turn.end(outcome);
}

function handle(turn: CoordinatorTurn, message: CheckpointCoordinatorMessage): StepOutcome {
  switch (message.type) {
    case 'tasks-deployed': {
      if (turn.state.phase === 'stopped') return 'discarded';
      abortPending(turn, () => true, 'job-failover');
      failSavepointUnlessStoring(turn, 'the tasks were restarted');
      const tasks = new Map(turn.state.tasks);
      for (const attempt of message.attempts) tasks.set(subtaskKey(attempt.vertexId, attempt.subtaskIndex), { attempt, state: 'created' });
      turn.update({ tasks, periodicOverdue: false });
      if (turn.config.intervalMs > 0) turn.armTrigger(turn.config.intervalMs);
      return 'accepted';
    }
    case 'task-state':
      return taskState(turn, message);
    case 'trigger-due':
      if (message.generation !== turn.state.triggerGeneration || turn.state.phase === 'stopped') return 'discarded';
      return triggerNext(turn);
    case 'trigger-manual':
      return trigger(turn, 'manual');
    case 'trigger-savepoint':
      return triggerSavepoint(turn, message.mode);
    case 'final-trigger':
      return triggerFinalIfDue(turn) ? 'triggered' : turn.refuse('nothing-to-do');
    case 'coordinator-snapshotted': {
      const pending = turn.pending(message.checkpointId);
      if (pending === undefined) return 'discarded';
      if (!pending.missingCoordinators.has(message.snapshot.operatorId)) return 'duplicate';
      turn.replace(withCoordinator(pending, message.snapshot));
      return completeIfReady(turn, message.checkpointId);
    }
    case 'coordinator-declined':
      return abortOne(turn, message.checkpointId, 'coordinator-snapshot-failed', message.failure);
    case 'acknowledge':
      return acknowledge(turn, message);
    case 'decline':
      if (!turn.isCurrent(message.attempt)) return 'unknown-attempt'; // C5
      return abortOne(turn, message.checkpointId, 'declined', message.failure);
    case 'expired': {
      const pending = turn.pending(message.checkpointId);
      if (pending === undefined) return 'discarded';
      const missing = [...pending.missingCoordinators, ...pending.missingTasks];
      const error = new CheckpointExpiredError(message.checkpointId, turn.now.monotonicMs - pending.triggeredAt.monotonicMs, missing);
      return abortOne(turn, message.checkpointId, 'expired', failureInfo(error));
    }
    case 'store-outcome':
      return storeOutcome(turn, message.checkpointId, message.outcome);
    case 'shutdown':
      if (turn.state.phase === 'stopped') return 'duplicate';
      abortPending(turn, () => true, 'shutdown');
      failSavepointUnlessStoring(turn, 'the job has ended');
      turn.update({ phase: 'stopped', periodicOverdue: false });
      return 'accepted';
    default:
      return assertNever(message, 'checkpoint coordinator message');
  }
}

type MessageOf<T extends CheckpointCoordinatorMessage['type']> = Extract<CheckpointCoordinatorMessage, { type: T }>;

const LIFE_ORDER: Readonly<Record<CheckpointedTaskState, number>> = {
  created: 0, initializing: 1, running: 2, 'end-of-data': 3, finished: 4, canceled: 4, failed: 4,
};

function taskState(turn: CoordinatorTurn, { attempt, state }: MessageOf<'task-state'>): StepOutcome {
  const key = subtaskKey(attempt.vertexId, attempt.subtaskIndex);
  if (!turn.isCurrent(attempt)) return 'unknown-attempt'; // C5
  const before = turn.state.tasks.get(key)?.state ?? 'created';
  if (LIFE_ORDER[state] <= LIFE_ORDER[before]) return 'duplicate'; // A task's life goes one way, and terminal is terminal.
  turn.update({ tasks: new Map(turn.state.tasks).set(key, { attempt, state }) });
  if (state === 'failed' || state === 'canceled') {
    abortPending(turn, (pending) => pending.missingTasks.has(key), 'job-failover');
    return 'accepted';
  }
  if (state === 'finished') {
    // It ended on the notification of an earlier checkpoint, perhaps before the barrier of this one: its last snapshot still holds.
    for (const pending of turn.state.pending) {
      const last = turn.finishedSnapshot(key);
      if (pending.phase !== 'collecting' || !pending.missingTasks.has(key) || last === undefined) continue;
      turn.replace(withFinishedTask(pending, key, last));
      completeIfReady(turn, pending.checkpointId);
    }
  }
  if (!turn.state.suspended) triggerFinalIfDue(turn);
  else if (state === 'running' || state === 'end-of-data') repeatLastNotification(turn); // restarted behind the end
  return 'accepted';
}

function acknowledge(turn: CoordinatorTurn, message: MessageOf<'acknowledge'>): StepOutcome {
  const { attempt, checkpointId, snapshot } = message;
  if (!turn.isCurrent(attempt)) return 'unknown-attempt'; // C5
  const pending = turn.pending(checkpointId);
  if (pending === undefined) {
    if (checkpointId === turn.state.lastCompleted?.metadata.checkpointId) return 'duplicate';
    if (turn.state.recentlyAborted.includes(checkpointId)) turn.effect({ type: 'discard-state', checkpointId });
    return 'discarded';
  }
  const key = subtaskKey(attempt.vertexId, attempt.subtaskIndex);
  if (!pending.missingTasks.has(key)) return 'duplicate';
  if (snapshot.vertexId !== attempt.vertexId || snapshot.subtaskIndex !== attempt.subtaskIndex) {
    const wrong = failureInfo(new CheckpointAbortedError(checkpointId, `${key} sent a snapshot of ${subtaskKey(snapshot.vertexId, snapshot.subtaskIndex)}`));
    return abortOne(turn, checkpointId, 'declined', wrong);
  }
  turn.replace(withAcknowledgement(pending, key, snapshot, message.sizeBytes));
  return completeIfReady(turn, checkpointId);
}

/** C2 */
function completeIfReady(turn: CoordinatorTurn, checkpointId: number): StepOutcome {
  const pending = turn.pending(checkpointId);
  assert(pending?.phase === 'collecting', `checkpoint ${checkpointId} is ${pending?.phase}, not collecting`);
  if (pending.missingTasks.size > 0 || pending.missingCoordinators.size > 0) return 'accepted';
  try {
    assertConsistentCut(turn.config.graph, pending.snapshots, pending.carriedOver);
  } catch (broken) {
    abortOne(turn, checkpointId, 'cut-inconsistent', failureInfo(broken));
    return 'accepted';
  }
  turn.replace({ ...pending, phase: 'ready' });
  abortPending(turn, (other) => other.checkpointId < checkpointId, 'subsumed');
  storeNextReady(turn);
  return 'completed';
}

/** C1, C6 */
function storeNextReady(turn: CoordinatorTurn): void {
  if (isStoringCheckpoint(turn.state)) return;
  const ready = turn.state.pending.find((pending) => pending.phase === 'ready');
  if (ready === undefined) return;
  turn.replace({ ...ready, phase: 'storing' });
  const savepoint = turn.state.savepoint?.checkpointId === ready.checkpointId;
  turn.effect({ type: 'write-metadata', metadata: metadataOf(turn.config, ready, turn.now.wallMs), savepoint });
}

function storeOutcome(turn: CoordinatorTurn, checkpointId: number, outcome: CompleteOutcome): StepOutcome {
  const pending = turn.pending(checkpointId);
  if (pending?.phase !== 'storing') return 'discarded';
  switch (outcome.kind) {
    case 'completed': {
      const { permit } = outcome;
      assert(permit.checkpointId === checkpointId, `the permit of checkpoint ${permit.checkpointId} came for checkpoint ${checkpointId}`);
      turn.drop(checkpointId);
      const summary = completionSummary(permit, pending, turn.now);
      const { statistics, savepoint } = turn.state;
      const isSavepoint = savepoint?.checkpointId === checkpointId;
      const stop = isSavepoint && savepoint.mode === 'suspend';
      turn.update({
        ...(isSavepoint ? { savepoint: undefined } : {}),
        suspended: stop || turn.state.suspended,
        failuresInRow: 0,
        lastCompletedAtMs: turn.now.monotonicMs,
        lastCompleted: { metadata: permit.checkpoint.metadata, permit, summary },
        statistics: { ...statistics, completed: statistics.completed + 1, last: summary },
      });
      turn.effect({ type: 'notify-complete', checkpointId, permit, summary, repeated: false, stop }); // C4
      if (isSavepoint) turn.effect({ type: 'savepoint-completed', checkpointId });
      storeNextReady(turn);
      if (turn.state.phase === 'active') goOn(turn);
      return 'accepted';
    }
    case 'failed':
      abortPendingOne(turn, pending, 'finalize-failed', outcome.failure);
      storeNextReady(turn);
      return 'accepted';
    case 'deposed':
      // Deletes nothing and tells nobody: the successor may have adopted these very files.
      for (const { checkpointId: id } of turn.state.pending) {
        turn.drop(id);
        turn.countAborted('leadership-lost');
      }
      turn.update({ phase: 'stopped', periodicOverdue: false });
      if (turn.state.savepoint !== undefined) failSavepoint(turn, outcome.failure);
      turn.effect({ type: 'step-down', failure: outcome.failure });
      return 'accepted';
    default:
      return assertNever(outcome, 'store outcome');
  }
}

/** After a checkpoint is over: the final one, the periodic one that had to wait, or the last notification again. */
function goOn(turn: CoordinatorTurn): void {
  if (isHistoryOver(turn.state)) turn.armTrigger(RETRY_DELAY_MS);
  else if (!triggerFinalIfDue(turn) && turn.state.periodicOverdue) triggerNext(turn);
}

function abortOne(turn: CoordinatorTurn, checkpointId: number, reason: CheckpointFailureReason, failure: FailureInfo): StepOutcome {
  const pending = turn.pending(checkpointId);
  if (pending === undefined || pending.phase === 'storing') return 'discarded'; // C3
  abortPendingOne(turn, pending, reason, failure);
  return 'accepted';
}

function abortPending(turn: CoordinatorTurn, which: (pending: PendingCheckpoint) => boolean, reason: CheckpointFailureReason): void {
  for (const pending of turn.state.pending) {
    if (pending.phase === 'storing' || !which(pending)) continue; // C3
    abortPendingOne(turn, pending, reason, failureInfo(new CheckpointAbortedError(pending.checkpointId, reason)));
  }
}

/** One that is being stored is decided by the store (C3). */
function failSavepointUnlessStoring(turn: CoordinatorTurn, reason: string): void {
  const { savepoint } = turn.state;
  if (savepoint === undefined || (savepoint.checkpointId !== undefined && turn.pending(savepoint.checkpointId)?.phase === 'storing')) return;
  failSavepoint(turn, failureInfo(new SavepointFailedError(reason)));
}

function abortPendingOne(turn: CoordinatorTurn, pending: PendingCheckpoint, reason: CheckpointFailureReason, failure: FailureInfo): void {
  const { checkpointId } = pending;
  turn.drop(checkpointId);
  turn.countAborted(reason);
  turn.effect({ type: 'notify-aborted', checkpointId, reason, failure });
  turn.update({ recentlyAborted: [...turn.state.recentlyAborted, checkpointId].slice(-REMEMBERED_ABORTS) });
  turn.effect({ type: 'discard-state', checkpointId });
  let weight = FAILURE_WEIGHTS[reason];
  if (turn.state.savepoint?.checkpointId === checkpointId) {
    failSavepoint(turn, failure, weight === 'counts');
    if (weight === 'counts') weight = 'ignored'; // C7
  }
  switch (weight) {
    case 'ignored':
      return;
    case 'fatal':
      turn.effect({ type: 'fail-job', failure });
      return;
    case 'counts': {
      const failuresInRow = turn.state.failuresInRow + 1;
      const exceeded = failuresInRow > turn.config.tolerableFailures;
      turn.update({ failuresInRow: exceeded ? 0 : failuresInRow });
      if (exceeded) {
        const error = new TooManyFailedCheckpointsError(failuresInRow, turn.config.tolerableFailures);
        turn.effect({ type: 'fail-job', failure: { ...failureInfo(error), cause: failure } });
      } else if (turn.state.phase === 'active' && (turn.state.periodicOverdue || isFinalDue(turn))) {
        turn.armTrigger(RETRY_DELAY_MS); // Not at once: what failed would likely fail again.
      }
      return;
    }
    default:
      return assertNever(weight, 'failure weight');
  }
}
