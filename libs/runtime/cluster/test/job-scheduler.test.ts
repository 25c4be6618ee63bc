/** Decisions about tasks, without actors. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTerminalExecution } from '../src/execution-graph.js';
import { isTerminal } from '../src/job-state-machine.js';
import { FixedDelayRestart } from '../src/restart-strategy.js';
import { attemptText, failure, SchedulerRig, SINK, SOURCE, twoVertexGraph } from './support/scheduler-rig.js';

describe('JobScheduler', () => {
  it('given a job / when it starts / then producers are submitted first, and consumers are started first, after all are submitted', () => {
    const rig = new SchedulerRig(twoVertexGraph(2, 'hash'));
    rig.run({ type: 'start' });
    expect(rig.of('request-slots')).toEqual([{ type: 'request-slots', count: 2 }]);
    expect(rig.of('deploy').map(({ subtasks }) => subtasks.map(({ current }) => attemptText(current!.attempt)))).toEqual([['source-0#0', 'source-1#0', 'sink-0#0', 'sink-1#0']]);
    expect(rig.of('start-tasks').map(({ executions }) => executions.map(({ attempt }) => attemptText(attempt)))).toEqual([['sink-1#0', 'sink-0#0', 'source-1#0', 'source-0#0']]);
    expect(rig.scheduler.state).toBe('running');
  });

  it('given one task that is not submitted yet / then nothing is started', () => {
    const rig = new SchedulerRig(twoVertexGraph(1, 'hash'));
    rig.send({ type: 'start' });
    rig.send({ type: 'slots-granted', slots: ['tm-1/slot/1'] });
    rig.send({ type: 'restore-ready', group: 1, checkpointId: undefined });
    rig.send({ type: 'task-submitted', attempt: rig.attempt(SOURCE, 0), address: 'tm-1/x' });
    rig.send({ type: 'task-submitted', attempt: rig.attempt(SOURCE, 0), address: 'tm-1/x' });
    expect(rig.of('start-tasks')).toEqual([]);
    rig.send({ type: 'task-submitted', attempt: rig.attempt(SINK, 0), address: 'tm-1/y' });
    expect(rig.of('start-tasks')).toHaveLength(1);
  });

  it('given three regions / when a task of one fails / then only that region gets new attempts (I14)', () => {
    const rig = new SchedulerRig(twoVertexGraph(3, 'forward'));
    rig.run({ type: 'start' });
    rig.checkpointId = 5;
    rig.run({ type: 'task-state', attempt: rig.attempt(SINK, 1), state: 'failed', failure: failure() });
    expect(rig.scheduler.state).toBe('restarting');
    expect(rig.of('cancel-task').map(({ execution }) => attemptText(execution.attempt))).toEqual(['source-1#0']);
    rig.run(rig.timer('restart-due'));
    expect(rig.currentAttempts()).toEqual(['source-0#0', 'source-1#1', 'source-2#0', 'sink-0#0', 'sink-1#1', 'sink-2#0']);
    expect(rig.of('deploy').at(-1)?.checkpointId).toBe(5);
    expect(rig.scheduler.state).toBe('running');
    expect(rig.scheduler.restarts).toBe(1);
  });

  it('given a region that waits for a cancelled task / when the delay is over / then nothing is deployed before the task has ended or the fence has passed', () => {
    const rig = new SchedulerRig(twoVertexGraph(1, 'hash'));
    rig.run({ type: 'start' });
    rig.send({ type: 'task-state', attempt: rig.attempt(SINK, 0), state: 'failed', failure: failure() });
    rig.send(rig.timer('restart-due'));
    expect(rig.of('find-restore')).toHaveLength(1);
    const effects = rig.send(rig.timer('cancel-overdue'));
    expect(effects.map(({ type }) => type)).toEqual(['remove-task', 'task-changed', 'find-restore']);
  });

  it('given a restarted region / when reports of its dead attempts arrive / then they are dropped and counted', () => {
    const rig = new SchedulerRig(twoVertexGraph(1, 'hash'));
    rig.run({ type: 'start' });
    const dead = rig.attempt(SINK, 0);
    rig.run({ type: 'task-state', attempt: dead, state: 'failed', failure: failure() });
    rig.run(rig.timer('restart-due'));
    expect(rig.send({ type: 'task-state', attempt: dead, state: 'finished' })).toEqual([]);
    expect(rig.send({ type: 'task-gone', attempt: dead, failure: failure() })).toEqual([]);
    expect(rig.send({ type: 'task-submitted', attempt: dead, address: 'tm-1/z' })).toEqual([]);
    expect(rig.scheduler.staleReports).toBe(3);
    expect(rig.scheduler.state).toBe('running');
  });

  it('given a job in its backoff / when it is cancelled / then it ends canceled and is never deployed again', () => {
    const rig = new SchedulerRig(twoVertexGraph(2, 'hash'));
    rig.run({ type: 'start' });
    rig.run({ type: 'task-state', attempt: rig.attempt(SINK, 0), state: 'failed', failure: failure() });
    rig.run({ type: 'cancel' });
    rig.run(rig.timer('restart-due'));
    expect(rig.of('deploy')).toHaveLength(1);
    expect(rig.of('ended')).toEqual([{ type: 'ended', state: 'canceled', failure: undefined }]);
    expect(rig.of('record-outcome')).toEqual([{ type: 'record-outcome', status: 'canceled' }]);
  });

  it('given a suspended job / then its end is not recorded', () => {
    const rig = new SchedulerRig(twoVertexGraph(1, 'hash'));
    rig.run({ type: 'start' });
    rig.run({ type: 'suspend' });
    expect(rig.of('record-outcome')).toEqual([]);
    expect(rig.of('ended').map(({ state }) => state)).toEqual(['canceled']);
  });

  it('given an error that no restart can mend / then the job fails at once with it', () => {
    const rig = new SchedulerRig(twoVertexGraph(2, 'hash'));
    rig.run({ type: 'start' });
    rig.run({ type: 'task-state', attempt: rig.attempt(SOURCE, 1), state: 'failed', failure: failure('never') });
    expect(rig.of('restarting')).toEqual([]);
    expect(rig.of('ended').map(({ state, failure: why }) => [state, why?.message])).toEqual([['failed', 'broken']]);
  });

  it('given no restart left / then the job fails and says so', () => {
    const rig = new SchedulerRig(twoVertexGraph(1, 'hash'), new FixedDelayRestart('fixed-delay', 0, 0));
    rig.run({ type: 'start' });
    rig.run({ type: 'task-gone', attempt: rig.attempt(SOURCE, 0) });
    expect(rig.of('ended').map(({ failure: why }) => why?.code)).toEqual(['WEIR_RESTARTS_EXHAUSTED']);
  });

  it('given all tasks but one finished / then the job is not; when the last one is, its outcome is recorded before it ends', () => {
    const rig = new SchedulerRig(twoVertexGraph(2, 'hash'));
    rig.run({ type: 'start' });
    const attempts = [rig.attempt(SOURCE, 0), rig.attempt(SOURCE, 1), rig.attempt(SINK, 0), rig.attempt(SINK, 1)];
    for (const attempt of attempts.slice(1)) rig.send({ type: 'task-state', attempt, state: 'finished' });
    expect(rig.of('record-outcome')).toEqual([]);
    rig.send({ type: 'task-state', attempt: attempts[0], state: 'finished' });
    expect(rig.of('record-outcome')).toEqual([{ type: 'record-outcome', status: 'finished' }]);
    expect(rig.scheduler.state).toBe('running');
    rig.send({ type: 'outcome-recorded' });
    expect(rig.scheduler.state).toBe('finished');
  });

  it('given lost slots / then their tasks fail, and new slots are asked for before the backoff is over', () => {
    const rig = new SchedulerRig(twoVertexGraph(2, 'hash'));
    rig.run({ type: 'start' });
    const slots = new Set(rig.executions.vertices.map(({ current }) => current!.slot));
    for (const slot of slots) rig.run({ type: 'slot-lost', slot, reason: 'it is gone' });
    expect(rig.of('request-slots').map(({ count }) => count)).toEqual([2, 1, 1]);
    expect(rig.of('deploy')).toHaveLength(1);
    rig.run(rig.timer('restart-due'));
    expect(rig.currentAttempts()).toEqual(['source-0#1', 'source-1#1', 'sink-0#1', 'sink-1#1']);
    expect(rig.scheduler.restarts).toBe(1);
  });

  it('given a failure of the whole job / then all regions restart together', () => {
    const rig = new SchedulerRig(twoVertexGraph(2, 'forward'));
    rig.run({ type: 'start' });
    rig.run({ type: 'job-failure', failure: failure() });
    rig.run(rig.timer('restart-due'));
    expect(rig.of('deploy').map(({ subtasks }) => subtasks.length)).toEqual([4, 4]);
  });

  it('given any order of failures, timers, duplicates and ends / then at most one attempt lives per subtask, attempts rise, and a terminal state is the last', () => {
    const step = fc.record({ kind: fc.constantFrom('fail', 'gone', 'finish', 'restart-due', 'overdue', 'job-failure', 'lost', 'stale', 'cancel'), pick: fc.nat(5) });
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom('forward' as const, 'hash' as const), (steps, partitioner) => {
      const rig = new SchedulerRig(twoVertexGraph(3, partitioner));
      rig.run({ type: 'start' });
      const first = rig.executions.vertices.map(({ current }) => current!.attempt);
      for (const { kind, pick } of steps) {
        if (isTerminal(rig.scheduler.state)) break;
        const attempt = rig.executions.vertices[pick].current!.attempt;
        if (kind === 'fail') rig.run({ type: 'task-state', attempt, state: 'failed', failure: failure() });
        else if (kind === 'gone') rig.run({ type: 'task-gone', attempt });
        else if (kind === 'finish') rig.run({ type: 'task-state', attempt, state: 'finished' });
        else if (kind === 'job-failure') rig.run({ type: 'job-failure', failure: failure() });
        else if (kind === 'lost') rig.run({ type: 'slot-lost', slot: rig.executions.vertices[pick].current!.slot, reason: 'gone' });
        else if (kind === 'stale') rig.run({ type: 'task-gone', attempt: { ...first[pick], attempt: -1 } });
        else if (kind === 'cancel' && pick === 0) rig.run({ type: 'cancel' });
        else for (const effect of rig.of('timer')) if (effect.event.type === (kind === 'overdue' ? 'cancel-overdue' : 'restart-due')) rig.run(effect.event);
      }
      if (!isTerminal(rig.scheduler.state)) {
        for (const effect of rig.of('timer')) if (effect.event.type === 'restart-due') rig.run(effect.event);
        if (rig.executions.vertices.some(({ current }) => current?.state !== 'finished')) {
          expect(rig.scheduler.state).toBe('running'); // I17: once faults stop, everything runs again
          rig.run({ type: 'cancel' });
        }
      }
      expect(isTerminal(rig.scheduler.state)).toBe(true);
      expect(rig.of('ended')).toHaveLength(1);
      expect(rig.executions.vertices.every(({ current }) => isTerminalExecution(current!.state))).toBe(true);
      expect(rig.of('state').every(({ from }, i, all) => i === 0 || all[i - 1].to === from)).toBe(true);
    }), { numRuns: 300 });
  });
});
