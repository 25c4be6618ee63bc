import { describe, expect, it } from '@jest/globals';
import { canTransition, isTerminal, transition } from '../src/job-state-machine.js';
import type { JobState } from '../src/job-status.js';

const STATES: readonly JobState[] = ['created', 'running', 'restarting', 'cancelling', 'canceled', 'failing', 'failed', 'finished'];

describe('job state machine', () => {
  it('allows exactly the transitions of its table; every other one is an assertion (I11)', () => {
    const allowed = STATES.flatMap((from) => STATES.filter((to) => canTransition(from, to)).map((to) => `${from} -> ${to}`));
    expect(allowed).toEqual([
      'created -> running', 'created -> cancelling', 'created -> failing',
      'running -> restarting', 'running -> cancelling', 'running -> failing', 'running -> finished',
      'restarting -> running', 'restarting -> cancelling', 'restarting -> failing',
      'cancelling -> canceled', 'cancelling -> failing',
      'failing -> failed',
    ]);
    for (const from of STATES) {
      for (const to of STATES) {
        if (canTransition(from, to)) expect(transition(from, to)).toBe(to);
        else expect(() => transition(from, to)).toThrow(`a job cannot go from ${from} to ${to}`);
      }
    }
  });

  it('ends in canceled, failed and finished only', () => {
    expect(STATES.filter(isTerminal)).toEqual(['canceled', 'failed', 'finished']);
  });
});
