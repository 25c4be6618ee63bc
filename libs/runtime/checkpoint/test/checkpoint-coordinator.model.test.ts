/**
 * Random interleavings of triggers, acknowledgements (also late, doubled, from dead attempts), declines, expiries, restarts and store outcomes.
 * Invariants after each step: ids triggered, stored and completed strictly rise (I6); metadata is written only when every task of the current
 * attempt acknowledged it; an aborted id never completes; a permit goes with each notification; at most one is being stored. A savepoint is
 * alone on its way, is written as one exactly if it ends in success, ends once, and nothing is triggered behind a completed suspend.
 */
import { failureInfo, leaderEpoch } from '@weir/base';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CheckpointCoordinatorConfig, type CheckpointCoordinatorMessage, type CheckpointMetadata, initialCheckpointCoordinatorState, type SavepointMode,
  stepCheckpointCoordinator, subtaskKey,
} from '../src/index.js';
import { issueCommitPermit } from '../src/internal.js';
import { attempts, graph, JOB, snapshotOf, SOURCE } from './fixtures.js';

const EPOCH = leaderEpoch(1);
const GRAPH = graph(2);
const FAILURE = failureInfo(new Error('injected'));

type Action =
  | { readonly kind: 'due' | 'manual' | 'restart' | 'all-running' | 'all-ended' | 'acknowledge-rest' }
  | { readonly kind: 'acknowledge' | 'decline'; readonly checkpoint: number; readonly task: number; readonly attemptsBack: number }
  | { readonly kind: 'coordinator' | 'expire'; readonly checkpoint: number }
  | { readonly kind: 'store'; readonly outcome: 'completed' | 'failed' }
  | { readonly kind: 'savepoint'; readonly mode: SavepointMode }
  | { readonly kind: 'task-ends' | 'task-finishes'; readonly task: number };

/** Checkpoints are named by age: 0 = the last that was triggered. */
const age = fc.integer({ min: 0, max: 2 });
const task = fc.integer({ min: 0, max: 3 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Action>({ kind: 'due' }, { kind: 'manual' }) },
  { weight: 3, arbitrary: fc.constantFrom<Action>({ kind: 'all-running' }, { kind: 'all-running' }, { kind: 'restart' }) },
  { weight: 6, arbitrary: fc.constant<Action>({ kind: 'acknowledge-rest' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: 'all-ended' }) },
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), checkpoint: age, task, attemptsBack: fc.constantFrom(0, 0, 0, 0, 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('decline' as const), checkpoint: age, task, attemptsBack: fc.constantFrom(0, 1) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('coordinator' as const), checkpoint: age }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const), checkpoint: age }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('store' as const), outcome: fc.constantFrom('completed' as const, 'completed' as const, 'failed' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('savepoint' as const), mode: fc.constantFrom<SavepointMode>('none', 'none', 'none', 'drain', 'suspend') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('task-ends' as const, 'task-finishes' as const), task }) },
);

class World {
  state = initialCheckpointCoordinatorState(1);
  attempt = 0;
  nowMs = 0;
  triggered: number[] = [];
  written: CheckpointMetadata[] = [];
  completed: number[] = [];
  storing: CheckpointMetadata | undefined;
  readonly aborted = new Set<number>();
  savepoint: SavepointMode | undefined;
  savepointWritten: number | undefined;
  savepointsCompleted = 0;
  suspended = false;
  /** By checkpoint and subtask: current attempts that acknowledged. */
  readonly acknowledged = new Map<number, Set<string>>();

  constructor(readonly config: CheckpointCoordinatorConfig) {
    this.send({ type: 'tasks-deployed', attempts: attempts(GRAPH, EPOCH, 0) });
    this.all('running');
  }

  all(state: 'running' | 'end-of-data'): void {
    for (const attempt of attempts(GRAPH, EPOCH, this.attempt)) this.send({ type: 'task-state', attempt, state });
  }

  send(message: CheckpointCoordinatorMessage): void {
    this.nowMs += 10;
    const before = this.state;
    const step = stepCheckpointCoordinator(this.config, this.state, message, { wallMs: this.nowMs, monotonicMs: this.nowMs });
    this.state = step.state;
    if (message.type === 'acknowledge' && (step.outcome === 'accepted' || step.outcome === 'completed')) {
      expect(message.attempt.attempt).toBe(this.attempt);
      const set = this.acknowledged.get(message.checkpointId) ?? new Set<string>();
      expect(set.has(subtaskKey(message.attempt.vertexId, message.attempt.subtaskIndex))).toBe(false);
      this.acknowledged.set(message.checkpointId, set.add(subtaskKey(message.attempt.vertexId, message.attempt.subtaskIndex)));
    }
    for (const effect of step.effects) {
      switch (effect.type) {
        case 'snapshot-source-coordinators':
          expect(effect.checkpointId).toBeGreaterThan(this.triggered.at(-1) ?? 0);
          this.triggered.push(effect.checkpointId);
          expect(this.suspended).toBe(false);
          if (effect.suspend) expect(this.savepoint).toBe('suspend');
          if (this.state.savepoint?.checkpointId !== undefined) expect(this.state.pending).toHaveLength(1);
          break;
        case 'write-metadata': {
          const { checkpointId, subtasks } = effect.metadata;
          expect(this.storing).toBeUndefined();
          expect(this.aborted.has(checkpointId)).toBe(false);
          expect(checkpointId).toBeGreaterThan(this.written.at(-1)?.checkpointId ?? 0);
          const acknowledged = this.acknowledged.get(checkpointId) ?? new Set();
          expect(subtasks).toHaveLength(4);
          for (const { vertexId, subtaskIndex } of subtasks) {
            const key = subtaskKey(vertexId, subtaskIndex);
            const carriedOver = before.tasks.get(key)?.state === 'finished' || this.state.tasks.get(key)?.state === 'finished';
            expect(acknowledged.has(key) || carriedOver).toBe(true);
          }
          if (effect.savepoint) this.savepointWritten = checkpointId;
          this.written.push(effect.metadata);
          this.storing = effect.metadata;
          break;
        }
        case 'notify-complete':
          expect(effect.permit.checkpointId).toBe(effect.checkpointId);
          expect(this.aborted.has(effect.checkpointId)).toBe(false);
          if (effect.stop) expect(this.suspended || this.savepoint === 'suspend').toBe(true);
          if (!effect.repeated) {
            expect(effect.checkpointId).toBeGreaterThan(this.completed.at(-1) ?? 0);
            this.completed.push(effect.checkpointId);
          }
          break;
        case 'savepoint-completed':
          expect(this.savepoint).toBeDefined();
          expect(effect.checkpointId).toBe(this.savepointWritten);
          expect(this.completed.at(-1)).toBe(effect.checkpointId);
          this.suspended ||= this.savepoint === 'suspend';
          this.savepoint = undefined;
          this.savepointsCompleted++;
          break;
        case 'savepoint-failed':
          expect(this.savepoint).toBeDefined();
          this.savepoint = undefined;
          break;
        case 'notify-aborted':
          expect(this.completed).not.toContain(effect.checkpointId);
          expect(this.aborted.has(effect.checkpointId)).toBe(false);
          this.aborted.add(effect.checkpointId);
          break;
        case 'discard-state':
          expect(this.completed).not.toContain(effect.checkpointId);
          expect(this.storing?.checkpointId).not.toBe(effect.checkpointId);
          break;
        case 'fail-job':
          // The latter two: of a drain that failed.
          expect(['WEIR_CHECKPOINT_FAILURES_EXCEEDED', FAILURE.code, 'WEIR_CHECKPOINT_EXPIRED']).toContain(effect.failure.code);
          break;
        default:
          break;
      }
    }
    expect(this.state.savepoint?.mode).toBe(this.savepoint);
    expect(this.state.pending.length).toBeLessThanOrEqual(this.config.maxConcurrent);
    expect(this.state.statistics.inProgress).toBe(this.state.pending.length);
    expect(this.state.statistics.completed).toBe(this.completed.length);
  }

  perform(action: Action): void {
    const id = (ageOf: number): number => Math.max(1, (this.triggered.at(-1) ?? 1) - ageOf);
    const attemptOf = (index: number, back: number) => attempts(GRAPH, EPOCH, Math.max(0, this.attempt - back))[index];
    switch (action.kind) {
      case 'due': return this.send({ type: 'trigger-due', generation: this.state.triggerGeneration });
      case 'savepoint':
        this.savepoint ??= action.mode;
        return this.send({ type: 'trigger-savepoint', mode: action.mode });
      case 'manual': return this.send({ type: 'trigger-manual' });
      case 'all-running': return this.all('running');
      case 'all-ended': return this.all('end-of-data');
      case 'restart':
        this.attempt++;
        return this.send({ type: 'tasks-deployed', attempts: attempts(GRAPH, EPOCH, this.attempt) });
      case 'acknowledge-rest':
        this.perform({ kind: 'coordinator', checkpoint: 0 });
        for (let index = 0; index < 4; index++) this.perform({ kind: 'acknowledge', checkpoint: 0, task: index, attemptsBack: 0 });
        return;
      case 'acknowledge': {
        const attempt = attemptOf(action.task, action.attemptsBack);
        const finished = this.state.tasks.get(subtaskKey(attempt.vertexId, attempt.subtaskIndex))?.state === 'end-of-data';
        return this.send({ type: 'acknowledge', checkpointId: id(action.checkpoint), attempt, snapshot: snapshotOf(GRAPH, attempt, id(action.checkpoint), finished), sizeBytes: 1 });
      }
      case 'decline': return this.send({ type: 'decline', checkpointId: id(action.checkpoint), attempt: attemptOf(action.task, action.attemptsBack), failure: FAILURE });
      case 'coordinator':
        return this.send({ type: 'coordinator-snapshotted', checkpointId: id(action.checkpoint), snapshot: { operatorId: SOURCE, stateVersion: 1, bytes: new Uint8Array(1) } });
      case 'expire': return this.send({ type: 'expired', checkpointId: id(action.checkpoint) });
      case 'store': {
        const metadata = this.storing;
        if (metadata === undefined) return;
        this.storing = undefined;
        const { checkpointId } = metadata;
        if (action.outcome === 'completed') {
          const permit = issueCommitPermit({ metadata, path: `chk-${checkpointId}-1` }, EPOCH);
          return this.send({ type: 'store-outcome', checkpointId, outcome: { kind: 'completed', permit } });
        }
        return this.send({ type: 'store-outcome', checkpointId, outcome: { kind: 'failed', failure: FAILURE } });
      }
      case 'task-ends': return this.send({ type: 'task-state', attempt: attemptOf(action.task, 0), state: 'end-of-data' });
      case 'task-finishes': {
        // A task finishes only after a completed checkpoint contains its end.
        const attempt = attemptOf(action.task, 0);
        const contained = this.state.lastCompleted?.metadata.subtasks.some((s) => s.finished && s.vertexId === attempt.vertexId && s.subtaskIndex === attempt.subtaskIndex);
        if (contained === true) this.send({ type: 'task-state', attempt, state: 'finished' });
      }
    }
  }
}

describe('given any interleaving of what can happen to checkpoints', () => {
  it.each([1, 2, 3])('then ids rise, nothing incomplete is stored and nothing aborted completes (max concurrent %i)', (maxConcurrent) => {
    let completed = 0;
    let savepoints = 0;
    fc.assert(
      fc.property(fc.array(action, { minLength: 20, maxLength: 80, size: 'max' }), fc.integer({ min: 0, max: 3 }), (actions, tolerableFailures) => {
        const world = new World({
          jobId: JOB, epoch: EPOCH, graph: GRAPH, sourceOperators: [SOURCE], hasCommitter: true, intervalMs: 100, minPauseMs: 0, timeoutMs: 1000, tolerableFailures, maxConcurrent,
        });
        for (const next of actions) world.perform(next);
        completed += world.completed.length;
        savepoints += world.savepointsCompleted;
      }),
      { numRuns: 200 },
    );
    expect(completed).toBeGreaterThan(40);
    expect(savepoints).toBeGreaterThan(10);
  });
});
