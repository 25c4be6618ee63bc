/**
 * When a checkpoint starts. Periodic: each interval, counted from trigger to trigger, not within the min pause; one that comes while another
 * is under way fires right after it. Final: as soon as every task is at end of data, whatever the interval, because only its completion lets
 * sinks commit the rest and tasks finish.
 */
import type { CheckpointCoordinatorState, StepOutcome } from './checkpoint-coordinator.protocol.js';
import type { CoordinatorTurn } from './coordinator-turn.js';
import { newPendingCheckpoint } from './pending-checkpoint.js';
import type { SubtaskSnapshot } from './snapshot.js';
import { subtaskKey } from './subtask-key.js';

/** Pause before a failed final (or overdue) checkpoint is tried again, and between repetitions of the last notification. */
export const RETRY_DELAY_MS = 1000;

/** The last completed checkpoint is final and contains the end of every task there is now: an upgraded job may have others. */
export function isFinalDone({ lastCompleted, tasks }: CheckpointCoordinatorState): boolean {
  if (lastCompleted?.metadata.isFinal !== true) return false;
  const covered = new Set(lastCompleted.metadata.subtasks.map(({ vertexId, subtaskIndex }) => subtaskKey(vertexId, subtaskIndex)));
  return [...tasks.keys()].every((key) => covered.has(key));
}

/** No checkpoint will follow; tasks only need to hear of the last one. */
export function isHistoryOver(state: CheckpointCoordinatorState): boolean {
  return state.suspended || isFinalDone(state);
}

/** All unfinished tasks are at end of data, there is at least one, and no final checkpoint has been made. */
export function isFinalDue(turn: CoordinatorTurn): boolean {
  return atEndOfData(turn.state) && !isFinalDone(turn.state);
}

function atEndOfData(state: CheckpointCoordinatorState): boolean {
  return state.phase === 'active' && [...state.tasks.values()].some((task) => task.state === 'end-of-data') && allAtEndOfData(state);
}
function allAtEndOfData({ tasks }: CheckpointCoordinatorState): boolean {
  return [...tasks.values()].every(({ state }) => state === 'end-of-data' || state === 'finished');
}

/** Triggers the final checkpoint if all tasks wait for it and none is under way. True when it did. */
export function triggerFinalIfDue(turn: CoordinatorTurn): boolean {
  if (!atEndOfData(turn.state)) return false;
  if (isFinalDone(turn.state)) {
    repeatLastNotification(turn);
    return false;
  }
  const draining = turn.state.savepoint?.draining === true;
  if (turn.config.intervalMs === 0 && !turn.config.hasCommitter && !draining) {
    turn.effect({ type: 'release-tasks' });
    return false;
  }
  return trigger(turn, draining ? 'savepoint' : 'final') === 'triggered';
}

/** What the trigger timer does. */
export function triggerNext(turn: CoordinatorTurn): StepOutcome {
  if (isHistoryOver(turn.state)) {
    // A task that has finished tells nobody of a tail that was lost: none is let go before all have come to the end of their input.
    if (turn.state.suspended || allAtEndOfData(turn.state)) repeatLastNotification(turn);
    else turn.armTrigger(RETRY_DELAY_MS);
    return 'accepted';
  }
  if (atEndOfData(turn.state)) return triggerFinalIfDue(turn) ? 'triggered' : turn.refuse('checkpoint-pending');
  if (turn.config.intervalMs === 0) return turn.refuse('nothing-to-do');
  return trigger(turn, 'periodic');
}

/** The last notification may be lost (D2) and no later one subsumes it: it is repeated until all tasks have finished. */
export function repeatLastNotification(turn: CoordinatorTurn): void {
  const { lastCompleted, tasks, suspended } = turn.state;
  if (lastCompleted === undefined || [...tasks.values()].every((task) => task.state === 'finished')) return;
  turn.effect({ type: 'notify-complete', checkpointId: lastCompleted.metadata.checkpointId, permit: lastCompleted.permit, summary: lastCompleted.summary, repeated: true, stop: suspended });
  turn.armTrigger(RETRY_DELAY_MS);
}

/** Starts a checkpoint if it may start now. */
export function trigger(turn: CoordinatorTurn, kind: 'periodic' | 'manual' | 'final' | 'savepoint'): StepOutcome {
  const { config, now } = turn;
  const { phase, pending, tasks, lastCompletedAtMs, nextCheckpointId, savepoint } = turn.state;
  if (phase === 'stopped') return turn.refuse('stopped');
  if (isHistoryOver(turn.state)) return turn.refuse('nothing-to-do');
  // A savepoint is alone on its way: barriers of a newer checkpoint would subsume it.
  if (savepoint !== undefined ? kind !== 'savepoint' || pending.length > 0 : pending.length >= config.maxConcurrent) {
    if (kind === 'periodic') turn.update({ periodicOverdue: true });
    return turn.refuse('checkpoint-pending');
  }
  const pauseLeftMs = lastCompletedAtMs === undefined ? 0 : lastCompletedAtMs + config.minPauseMs - now.monotonicMs;
  if (kind === 'periodic' && pauseLeftMs > 0) {
    turn.update({ periodicOverdue: false });
    turn.armTrigger(pauseLeftMs);
    return turn.refuse('min-pause');
  }
  const carriedOver = new Map<string, SubtaskSnapshot>();
  let runnable = tasks.size > 0;
  for (const [key, { state }] of tasks) {
    if (state === 'running' || state === 'end-of-data') continue;
    const last = state === 'finished' ? turn.finishedSnapshot(key) : undefined;
    if (last === undefined) runnable = false;
    else carriedOver.set(key, last);
  }
  if (!runnable || carriedOver.size === tasks.size) {
    if (config.intervalMs > 0) turn.armTrigger(config.intervalMs);
    return turn.refuse(runnable ? 'nothing-to-do' : 'not-all-tasks-running');
  }
  const waitFor = [...tasks.keys()].filter((key) => !carriedOver.has(key));
  turn.add(newPendingCheckpoint(nextCheckpointId, now, waitFor, config.sourceOperators, carriedOver));
  turn.update({ nextCheckpointId: nextCheckpointId + 1, periodicOverdue: false }); // C1
  if (kind === 'savepoint' && savepoint !== undefined) turn.update({ savepoint: { ...savepoint, checkpointId: nextCheckpointId } });
  turn.effect({ type: 'arm-expiry-timer', checkpointId: nextCheckpointId, delayMs: config.timeoutMs });
  if (config.intervalMs > 0) turn.armTrigger(config.intervalMs);
  const suspend = kind === 'savepoint' && savepoint?.mode === 'suspend';
  turn.effect({ type: 'snapshot-source-coordinators', checkpointId: nextCheckpointId, timestampMs: now.wallMs, operatorIds: config.sourceOperators, suspend, aligned: kind === 'savepoint' });
  return 'triggered';
}
