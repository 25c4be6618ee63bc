import { failureInfo, leaderEpoch } from '@weir/base';
import { describe, expect, it } from '@jest/globals';
import {
  type CheckpointCoordinatorConfig, type CheckpointCoordinatorEffect, type CheckpointCoordinatorMessage, type CheckpointCoordinatorState,
  initialCheckpointCoordinatorState, stepCheckpointCoordinator, type StepOutcome,
} from '../src/index.js';
import { issueCommitPermit } from '../src/internal.js';
import { attempts, graph, JOB, snapshotOf, SOURCE } from './fixtures.js';

const EPOCH = leaderEpoch(1);
const GRAPH = graph(1);
const TASKS = attempts(GRAPH, EPOCH, 0);
const FAILURE = failureInfo(new Error('disk is full'));

class Scenario {
  state: CheckpointCoordinatorState = initialCheckpointCoordinatorState(1);
  nowMs = 0;
  effects: readonly CheckpointCoordinatorEffect[] = [];
  readonly config: CheckpointCoordinatorConfig;

  constructor(change: Partial<CheckpointCoordinatorConfig> = {}) {
    this.config = {
      jobId: JOB, epoch: EPOCH, graph: GRAPH, sourceOperators: [SOURCE], hasCommitter: true, intervalMs: 10_000, minPauseMs: 0, timeoutMs: 600_000,
      tolerableFailures: 0, maxConcurrent: 1, ...change,
    };
  }
  send(message: CheckpointCoordinatorMessage): StepOutcome {
    const step = stepCheckpointCoordinator(this.config, this.state, message, { wallMs: this.nowMs, monotonicMs: this.nowMs });
    this.state = step.state;
    this.effects = step.effects;
    return step.outcome;
  }
  get effectTypes(): string[] {
    return this.effects.map((effect) => effect.type);
  }
  running(state: 'running' | 'end-of-data' = 'running'): this {
    if (this.state.tasks.size === 0) this.send({ type: 'tasks-deployed', attempts: TASKS });
    for (const attempt of TASKS) this.send({ type: 'task-state', attempt, state });
    return this;
  }
  due(): StepOutcome {
    return this.send({ type: 'trigger-due', generation: this.state.triggerGeneration });
  }
  acknowledgeAll(checkpointId: number, finished = false, sequences: readonly number[] = [checkpointId, checkpointId]): StepOutcome {
    this.send({ type: 'coordinator-snapshotted', checkpointId, snapshot: { operatorId: SOURCE, stateVersion: 1, bytes: new Uint8Array(3) } });
    let outcome: StepOutcome = 'discarded';
    TASKS.forEach((attempt, i) => {
      outcome = this.send({ type: 'acknowledge', checkpointId, attempt, snapshot: snapshotOf(GRAPH, attempt, sequences[i], finished), sizeBytes: 100 });
    });
    return outcome;
  }
  stored(checkpointId: number): StepOutcome {
    const write = this.effects.find((effect) => effect.type === 'write-metadata');
    if (write?.type !== 'write-metadata') throw new Error(`no metadata was to be written, but ${this.effectTypes.join(', ')}`);
    const permit = issueCommitPermit({ metadata: write.metadata, path: `dir/chk-${checkpointId}-1` }, EPOCH);
    return this.send({ type: 'store-outcome', checkpointId, outcome: { kind: 'completed', permit } });
  }
}

describe('given a job with running tasks', () => {
  it('when the interval is over / then coordinators snapshot first, and after all acknowledgements, the store and only then the notification follow', () => {
    const job = new Scenario().running();
    expect(job.due()).toBe('triggered');
    expect(job.effectTypes).toEqual(['arm-expiry-timer', 'arm-trigger-timer', 'snapshot-source-coordinators']);
    job.nowMs = 250;
    expect(job.acknowledgeAll(1)).toBe('completed');
    expect(job.effectTypes).toEqual(['write-metadata']);
    expect(job.stored(1)).toBe('accepted');
    expect(job.effectTypes).toEqual(['notify-complete']);
    expect(job.state.statistics).toMatchObject({ completed: 1, failed: 0, inProgress: 0, last: { checkpointId: 1, durationMs: 250, sizeBytes: 203 } });
  });

  it('when the two ends of a channel were cut at different barriers / then nothing is written and the job fails', () => {
    const job = new Scenario({ tolerableFailures: 100 }).running();
    job.due();
    job.acknowledgeAll(1, false, [1, 2]);
    expect(job.effectTypes).toEqual(['notify-aborted', 'discard-state', 'fail-job']);
    expect(job.effects.at(-1)).toMatchObject({ failure: { code: 'WEIR_INVARIANT_BROKEN' } });
  });

  it('when a channel is missing at both ends / then nothing is written and the job fails', () => {
    const job = new Scenario().running();
    job.due();
    job.send({ type: 'coordinator-snapshotted', checkpointId: 1, snapshot: { operatorId: SOURCE, stateVersion: 1, bytes: new Uint8Array(0) } });
    for (const attempt of TASKS) {
      job.send({ type: 'acknowledge', checkpointId: 1, attempt, snapshot: { ...snapshotOf(GRAPH, attempt, 1), inputs: [], outputs: [] }, sizeBytes: 0 });
    }
    expect(job.effectTypes).toContain('fail-job');
  });

  it('when a task is not running / then the trigger is refused and timed again', () => {
    const job = new Scenario();
    job.send({ type: 'tasks-deployed', attempts: TASKS });
    job.send({ type: 'task-state', attempt: TASKS[0], state: 'running' });
    expect(job.due()).toBe('refused');
    expect(job.effectTypes).toEqual(['arm-trigger-timer']);
  });

  it('when a periodic trigger comes while one is pending / then it fires right after, but not within the min pause', () => {
    const job = new Scenario().running();
    job.due();
    expect(job.due()).toBe('refused');
    job.acknowledgeAll(1);
    job.stored(1);
    expect(job.effectTypes).toContain('snapshot-source-coordinators');
    expect(job.state.pending.map((pending) => pending.checkpointId)).toEqual([2]);

    const paused = new Scenario({ minPauseMs: 500 }).running();
    paused.due();
    paused.due();
    paused.acknowledgeAll(1);
    paused.stored(1);
    expect(paused.effects).toContainEqual(expect.objectContaining({ type: 'arm-trigger-timer', delayMs: 500 }));
    expect(paused.state.pending).toEqual([]);
  });

  it('when a checkpoint expires / then it is aborted, counts, and its late acknowledgements are discarded', () => {
    const job = new Scenario({ tolerableFailures: 1 }).running();
    job.due();
    expect(job.send({ type: 'expired', checkpointId: 1 })).toBe('accepted');
    expect(job.effectTypes).toEqual(['notify-aborted', 'discard-state']);
    expect(job.acknowledgeAll(1)).toBe('discarded');
    expect(job.effectTypes).toEqual(['discard-state']);
    job.due();
    job.send({ type: 'decline', checkpointId: 2, attempt: TASKS[0], failure: FAILURE });
    expect(job.effects.at(-1)).toMatchObject({ type: 'fail-job', failure: { code: 'WEIR_CHECKPOINT_FAILURES_EXCEEDED', cause: { message: 'disk is full' } } });
    expect(job.state.statistics).toMatchObject({ failed: 2, reasons: { expired: 1, declined: 1 } });
  });

  it('when it is being stored / then neither expiry nor decline nor a restart aborts it', () => {
    const job = new Scenario().running();
    job.due();
    job.acknowledgeAll(1);
    const { effects } = job;
    expect(job.send({ type: 'expired', checkpointId: 1 })).toBe('discarded');
    expect(job.send({ type: 'decline', checkpointId: 1, attempt: TASKS[0], failure: FAILURE })).toBe('discarded');
    job.send({ type: 'tasks-deployed', attempts: attempts(GRAPH, EPOCH, 1) });
    expect(job.effectTypes).toEqual(['arm-trigger-timer']);
    job.effects = effects;
    expect(job.stored(1)).toBe('accepted');
    expect(job.effectTypes).toContain('notify-complete');
  });

  it('when an acknowledgement comes from a dead attempt / then it is not heard', () => {
    const job = new Scenario().running();
    const [dead] = TASKS;
    job.send({ type: 'tasks-deployed', attempts: attempts(GRAPH, EPOCH, 1) });
    for (const attempt of attempts(GRAPH, EPOCH, 1)) job.send({ type: 'task-state', attempt, state: 'running' });
    job.due();
    expect(job.send({ type: 'acknowledge', checkpointId: 1, attempt: dead, snapshot: snapshotOf(GRAPH, dead, 1), sizeBytes: 0 })).toBe('unknown-attempt');
  });

  it('when the store is deposed / then it tells nobody, deletes nothing and steps down', () => {
    const job = new Scenario().running();
    job.due();
    job.acknowledgeAll(1);
    job.send({ type: 'store-outcome', checkpointId: 1, outcome: { kind: 'deposed', failure: FAILURE } });
    expect(job.effectTypes).toEqual(['step-down']);
    expect(job.send({ type: 'trigger-manual' })).toBe('refused');
  });

  it('when metadata could not be written / then its state is discarded', () => {
    const job = new Scenario({ tolerableFailures: 1 }).running();
    job.due();
    job.acknowledgeAll(1);
    job.send({ type: 'store-outcome', checkpointId: 1, outcome: { kind: 'failed', failure: FAILURE } });
    expect(job.effectTypes).toEqual(['notify-aborted', 'discard-state']);
  });
});

describe('given a bounded job', () => {
  it('when all tasks are at end of data / then the final checkpoint follows at once, and its notification is repeated until they finish', () => {
    const job = new Scenario().running().running('end-of-data');
    expect(job.effectTypes).toContain('snapshot-source-coordinators');
    job.acknowledgeAll(1, true);
    job.stored(1);
    expect(job.state.lastCompleted?.metadata.isFinal).toBe(true);
    expect(job.effectTypes).toEqual(['notify-complete', 'arm-trigger-timer']);
    job.due();
    expect(job.effects[0]).toMatchObject({ type: 'notify-complete', repeated: true });
    for (const attempt of TASKS) job.send({ type: 'task-state', attempt, state: 'finished' });
    expect(job.effectTypes).toEqual([]);
    job.due();
    expect(job.effectTypes).toEqual([]);
  });

  it('when tasks are restarted behind the final checkpoint / then none hears of it before all have come to the end of their input', () => {
    const job = new Scenario().running().running('end-of-data');
    job.acknowledgeAll(1, true);
    job.stored(1);
    job.send({ type: 'tasks-deployed', attempts: TASKS });
    job.running();
    job.send({ type: 'task-state', attempt: TASKS[0], state: 'end-of-data' });
    expect(job.due()).toBe('accepted');
    expect(job.effectTypes).toEqual(['arm-trigger-timer']); // whoever finished now could not tell the other of a tail that was lost
    job.send({ type: 'task-state', attempt: TASKS[1], state: 'end-of-data' });
    expect(job.effects[0]).toMatchObject({ type: 'notify-complete', checkpointId: 1, repeated: true });
  });

  it('when one was triggered before the last task ended / then another follows that covers the end', () => {
    const job = new Scenario().running();
    job.due();
    job.running('end-of-data');
    expect(job.effectTypes).toEqual([]);
    job.acknowledgeAll(1);
    job.stored(1);
    expect(job.state.pending.map((pending) => pending.checkpointId)).toEqual([2]);
  });

  it('when checkpoints are off / then the final one is made only for sinks that commit', () => {
    const committing = new Scenario({ intervalMs: 0 }).running().running('end-of-data');
    expect(committing.effectTypes).toContain('snapshot-source-coordinators');
    const other = new Scenario({ intervalMs: 0, hasCommitter: false }).running().running('end-of-data');
    expect(other.effectTypes).toEqual(['release-tasks']);
  });

  it('when a task has finished before the others / then its last snapshot stands for it', () => {
    const job = new Scenario().running();
    job.send({ type: 'task-state', attempt: TASKS[0], state: 'end-of-data' });
    job.due();
    job.send({ type: 'coordinator-snapshotted', checkpointId: 1, snapshot: { operatorId: SOURCE, stateVersion: 1, bytes: new Uint8Array(0) } });
    job.send({ type: 'acknowledge', checkpointId: 1, attempt: TASKS[0], snapshot: snapshotOf(GRAPH, TASKS[0], 1, true), sizeBytes: 0 });
    job.send({ type: 'acknowledge', checkpointId: 1, attempt: TASKS[1], snapshot: snapshotOf(GRAPH, TASKS[1], 1), sizeBytes: 0 });
    job.stored(1);
    job.due();
    job.send({ type: 'coordinator-snapshotted', checkpointId: 2, snapshot: { operatorId: SOURCE, stateVersion: 1, bytes: new Uint8Array(0) } });
    job.send({ type: 'task-state', attempt: TASKS[0], state: 'finished' });
    expect(job.send({ type: 'acknowledge', checkpointId: 2, attempt: TASKS[1], snapshot: { ...snapshotOf(GRAPH, TASKS[1], 2), inputs: [] }, sizeBytes: 0 })).toBe('completed');
  });
});

describe('given a savepoint', () => {
  const savepoint = (job: Scenario, mode: 'none' | 'suspend' | 'drain'): string[] => {
    job.send({ type: 'trigger-savepoint', mode });
    return job.effectTypes;
  };

  it('when a checkpoint is under way / then it begins behind it, alone, and is written as a savepoint', () => {
    const job = new Scenario({ maxConcurrent: 3 }).running();
    job.due();
    expect(savepoint(job, 'none')).toEqual([]);
    expect(job.due()).toBe('refused');
    job.acknowledgeAll(1);
    expect(job.effects).toMatchObject([{ type: 'write-metadata', savepoint: false }]);
    job.stored(1);
    expect(job.effects.find(({ type }) => type === 'snapshot-source-coordinators')).toMatchObject({ checkpointId: 2, suspend: false });
    job.acknowledgeAll(2);
    expect(job.effects).toMatchObject([{ type: 'write-metadata', savepoint: true }]);
    job.stored(2);
    expect(job.effectTypes.slice(0, 2)).toEqual(['notify-complete', 'savepoint-completed']);
  });

  it('when it suspends and has completed / then nothing is triggered any more, and restarted tasks are told again', () => {
    const job = new Scenario().running();
    expect(savepoint(job, 'suspend')).toContain('snapshot-source-coordinators');
    job.acknowledgeAll(1);
    job.stored(1);
    expect(job.effects[0]).toMatchObject({ type: 'notify-complete', stop: true, repeated: false });
    expect(job.send({ type: 'trigger-manual' })).toBe('refused');
    job.send({ type: 'tasks-deployed', attempts: attempts(GRAPH, EPOCH, 1) });
    job.send({ type: 'task-state', attempt: attempts(GRAPH, EPOCH, 1)[0], state: 'running' });
    expect(job.effects[0]).toMatchObject({ type: 'notify-complete', checkpointId: 1, stop: true, repeated: true });
  });

  it('when a task declines it / then it fails, counts as no failure of the job, and the sources hear of it', () => {
    const job = new Scenario({ tolerableFailures: 0 }).running();
    savepoint(job, 'suspend');
    job.send({ type: 'decline', checkpointId: 1, attempt: TASKS[0], failure: FAILURE });
    expect(job.effectTypes).toEqual(['notify-aborted', 'discard-state', 'savepoint-failed']);
    expect(job.due()).toBe('triggered');
  });

  it('when it drains / then the sources are ended, and the final checkpoint is the savepoint; its failure restarts the tasks', () => {
    const job = new Scenario({ intervalMs: 0, hasCommitter: false }).running();
    expect(savepoint(job, 'drain')).toEqual(['drain-sources']);
    job.running('end-of-data');
    expect(job.effectTypes).toContain('snapshot-source-coordinators');
    job.acknowledgeAll(1, true);
    expect(job.effects).toMatchObject([{ type: 'write-metadata', savepoint: true, metadata: { isFinal: true } }]);
    job.send({ type: 'store-outcome', checkpointId: 1, outcome: { kind: 'failed', failure: FAILURE } });
    expect(job.effectTypes).toEqual(['notify-aborted', 'discard-state', 'savepoint-failed', 'fail-job']);
    expect(job.effects.at(-1)).toMatchObject({ failure: { retry: 'restart' } });
  });

  it('when tasks are not running, or are restarted meanwhile / then it fails', () => {
    const idle = new Scenario();
    idle.send({ type: 'tasks-deployed', attempts: TASKS });
    expect(savepoint(idle, 'none')).toContain('savepoint-failed');
    expect(savepoint(idle, 'drain')).toEqual(['savepoint-failed']);
    const job = new Scenario().running();
    savepoint(job, 'suspend');
    job.send({ type: 'tasks-deployed', attempts: attempts(GRAPH, EPOCH, 1) });
    expect(job.effectTypes).toEqual(expect.arrayContaining(['notify-aborted', 'savepoint-failed']));
  });
});
