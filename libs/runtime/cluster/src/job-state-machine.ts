/**
 * The states of a job and the only ways between them (I11).
 *
 *   created ----> running <----> restarting          running: tasks are being deployed or run; restarting: at least one region is down
 *      |            |  \             |  \
 *      |            |   +-> finished |   |
 *      +------------+----------------+---+---> cancelling --> canceled
 *      |            |                |              |
 *      +------------+----------------+--------------+--> failing --> failed          terminal: finished, canceled, failed
 */
import { assert } from '@weir/base';
import type { JobState } from './job-status.js';

const SUCCESSORS: Readonly<Record<JobState, readonly JobState[]>> = {
  created: ['running', 'cancelling', 'failing'],
  running: ['restarting', 'cancelling', 'failing', 'finished'],
  restarting: ['running', 'cancelling', 'failing'],
  cancelling: ['canceled', 'failing'],
  failing: ['failed'],
  canceled: [],
  failed: [],
  finished: [],
};

export function canTransition(from: JobState, to: JobState): boolean {
  return SUCCESSORS[from].includes(to);
}

export function isTerminal(state: JobState): boolean {
  return SUCCESSORS[state].length === 0;
}

/** `to`, after asserting that the table allows it. */
export function transition(from: JobState, to: JobState): JobState {
  assert(canTransition(from, to), `a job cannot go from ${from} to ${to}`);
  return to;
}
