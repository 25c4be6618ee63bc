/**
 * When a savepoint starts, and what its failure means. It is a checkpoint of the job's own history like any other, so that a stop behind it
 * leaves no gap between what was committed and what a restart would find; what makes it a savepoint is a copy of its own.
 *
 *   none, suspend:  waiting --no checkpoint under way--> pending
 *   drain:          waiting --> draining --all tasks at end of data--> pending (it is the final checkpoint)
 */
import { type FailureInfo, failureInfo } from '@weir/base';
import type { SavepointMode, StepOutcome } from './checkpoint-coordinator.protocol.js';
import { isFinalDue, isHistoryOver, RETRY_DELAY_MS, trigger, triggerFinalIfDue } from './checkpoint-trigger.js';
import type { TriggerRefusal } from './checkpoint-failure-reason.js';
import type { CoordinatorTurn } from './coordinator-turn.js';
import { SavepointFailedError } from './errors.js';

const REFUSALS: Readonly<Record<TriggerRefusal, string>> = {
  'checkpoint-pending': 'another one is under way',
  'min-pause': 'a checkpoint has only just completed',
  'not-all-tasks-running': 'not all tasks are running',
  'nothing-to-do': 'the job has nothing left to do',
  stopped: 'the job has ended',
};

export function triggerSavepoint(turn: CoordinatorTurn, mode: SavepointMode): StepOutcome {
  if (turn.state.savepoint !== undefined) return turn.refuse('checkpoint-pending');
  turn.update({ savepoint: { mode, draining: false, checkpointId: undefined } });
  return 'accepted'; // begins at the end of this step, if nothing is under way
}

/** Begins the savepoint that waits, if it may begin now. */
export function startWaitingSavepoint(turn: CoordinatorTurn): void {
  const { savepoint, pending, tasks, phase } = turn.state;
  if (savepoint === undefined || savepoint.draining || savepoint.checkpointId !== undefined || pending.length > 0) return;
  if (savepoint.mode === 'drain') {
    const states = [...tasks.values()].map(({ state }) => state);
    const ready = states.length > 0 && states.every((state) => state === 'running' || state === 'end-of-data' || state === 'finished');
    if (phase === 'stopped' || isHistoryOver(turn.state) || !ready) {
      refuse(turn, phase === 'stopped' ? 'stopped' : ready ? 'nothing-to-do' : 'not-all-tasks-running');
      return;
    }
    turn.update({ savepoint: { ...savepoint, draining: true } });
    turn.effect({ type: 'drain-sources', operatorIds: turn.config.sourceOperators });
    triggerFinalIfDue(turn);
    return;
  }
  if (trigger(turn, 'savepoint') === 'refused') refuse(turn, turn.lastRefusal ?? 'nothing-to-do');
}

function refuse(turn: CoordinatorTurn, refusal: TriggerRefusal): void {
  failSavepoint(turn, failureInfo(new SavepointFailedError(REFUSALS[refusal])));
}

/**
 * The savepoint is over without success. Sources that were drained have declared their input over and cannot take it back: their tasks begin again
 * from the last checkpoint (`restart`, unless they are being restarted anyway).
 */
export function failSavepoint(turn: CoordinatorTurn, failure: FailureInfo, restart = false): void {
  const { savepoint } = turn.state;
  turn.update({ savepoint: undefined });
  turn.effect({ type: 'savepoint-failed', failure });
  if (savepoint?.draining === true && restart) turn.effect({ type: 'fail-job', failure: { ...failure, retry: 'restart' } });
  else if (turn.state.phase === 'active' && (turn.state.periodicOverdue || isFinalDue(turn))) turn.armTrigger(RETRY_DELAY_MS); // what had to wait for it
}
