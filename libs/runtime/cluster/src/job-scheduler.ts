/**
 * Decides what a job's tasks do: deployment, failover by pipelined region, cancellation, the end. Pure: events in, effects out; time and
 * randomness are arguments. The JobMaster performs the effects; tasks own their states; the checkpoint coordinator owns history.
 *
 * Subtasks move in groups of regions ({@link RegionGroups}); {@link RegionDeployment} brings them to `running`, failures and the end are decided here.
 *
 *  J1  reports of an attempt that is not current are dropped and counted (D3);
 *  J2  only the failed region is stopped; other regions keep their attempts (I14);
 *  J3  a stopped group is given to deployment only when each of its executions is terminal or was fenced, and its backoff is over;
 *  J4  a job is finished only when every task has reported `finished`, that is, after its sinks committed the final checkpoint;
 *  J5  after `cancelling` or `failing` nothing is deployed.
 */
import type { ActorAddress } from '@weir/actor';
import { assert, assertNever, type ExecutionAttemptId, type FailureInfo, failureInfo } from '@weir/base';
import type { SubtaskRef } from '@weir/graph';
import type { Random } from '@weir/ports';
import { RestartsExhaustedError, TaskLostError } from './errors.js';
import { type Execution, type ExecutionGraph, isTerminalExecution } from './execution-graph.js';
import type { SchedulerEffect, SchedulerEvent } from './job-scheduler.events.js';
import { isTerminal, transition } from './job-state-machine.js';
import type { JobState } from './job-status.js';
import { RegionDeployment } from './region-deployment.js';
import { type Group, liveExecutionsOf, type Region, RegionGroups, verticesOf } from './region-groups.js';
import type { RestartStrategy } from './restart-strategy.js';

export interface JobSchedulerOptions {
  readonly executions: ExecutionGraph;
  /** The pipelined regions; together all subtasks, each in one. */
  readonly regions: readonly (readonly SubtaskRef[])[];
  readonly restartStrategy: RestartStrategy;
  readonly random: Random;
  readonly cancelFenceMs: number;
}

interface Ending {
  readonly state: 'finished' | 'failed' | 'canceled';
  readonly failure: FailureInfo | undefined;
  /** Whether the register is told. */
  readonly record: boolean;
  recording: boolean;
}

export class JobScheduler {
  private readonly executions: ExecutionGraph;
  private readonly groups: RegionGroups;
  private readonly deployment: RegionDeployment;
  private currentState: JobState = 'created';
  private ending: Ending | undefined;
  private effects: SchedulerEffect[] = [];
  /** Restarts of regions since the start. */
  restarts = 0;
  /** Reports of dead attempts (J1). */
  staleReports = 0;

  constructor(private readonly options: JobSchedulerOptions) {
    this.executions = options.executions;
    this.groups = new RegionGroups(this.executions, options.regions);
    this.deployment = new RegionDeployment({
      executions: this.executions, groups: this.groups, effect: (effect) => this.effects.push(effect), deploying: () => this.updateState(),
    });
  }

  get state(): JobState {
    return this.currentState;
  }

  /** Slots that the job needs in all; 0 once it ends. */
  get slotsNeeded(): number {
    return this.deployment.slotsNeeded;
  }

  /** Whether some region cannot be deployed for want of slots. */
  get isWaitingForSlots(): boolean {
    return this.deployment.isWaiting();
  }

  handle(event: SchedulerEvent, nowMs: number): readonly SchedulerEffect[] {
    this.effects = [];
    this.dispatch(event, nowMs);
    return this.effects;
  }

  private dispatch(event: SchedulerEvent, nowMs: number): void {
    if (isTerminal(this.currentState)) return;
    switch (event.type) {
      case 'start':
        for (const group of this.groups.all()) this.deployment.prepare(group);
        return;
      case 'slots-granted':
        this.deployment.slotsGranted(event.slots);
        return;
      case 'restore-ready':
        this.withGroup(event.group, (group) => this.deployment.restoreReady(group, event.checkpointId));
        return;
      case 'task-submitted':
        this.taskSubmitted(event.attempt, event.address);
        return;
      case 'task-state':
        this.taskState(event, nowMs);
        return;
      case 'task-gone':
        this.taskGone(event.attempt, event.failure, nowMs);
        return;
      case 'slot-lost':
        this.slotLost(event.slot, event.reason, nowMs);
        return;
      case 'slots-overdue':
        this.slotsOverdue(event.failure, nowMs);
        return;
      case 'return-idle-slots':
        this.deployment.returnIdleSlots();
        return;
      case 'job-failure':
        this.fail(this.groups.regions, event.failure, nowMs);
        return;
      case 'deposed':
        this.end({ state: 'failed', failure: event.failure, record: false, recording: false });
        return;
      case 'cancel':
      case 'suspend':
        if (this.ending === undefined) this.end({ state: 'canceled', failure: undefined, record: event.type === 'cancel', recording: false });
        return;
      case 'outcome-recorded':
        this.finishEnding();
        return;
      case 'restart-due':
        this.withGroup(event.group, (group) => {
          group.delayOver = true;
          this.advanceStopping(group);
        });
        return;
      case 'cancel-overdue':
        this.withGroup(event.group, (group) => this.fence(group));
        return;
      default:
        assertNever(event, 'scheduler event');
    }
  }

  // ---- tasks

  private taskSubmitted(attempt: ExecutionAttemptId, address: ActorAddress): void {
    const execution = this.currentExecution(attempt);
    if (execution !== undefined) this.deployment.taskSubmitted(execution, address);
  }

  private taskState(event: Extract<SchedulerEvent, { type: 'task-state' }>, nowMs: number): void {
    const execution = this.currentExecution(event.attempt);
    if (execution === undefined || isTerminalExecution(execution.state)) return;
    switch (event.state) {
      case 'created':
        return;
      case 'initializing':
      case 'running':
      case 'end-of-data':
        if (this.groups.groupOf(execution).phase !== 'running') return; // being cancelled
        execution.state = event.state;
        this.effects.push({ type: 'task-changed', execution, state: event.state });
        return;
      case 'finished':
        this.executionOver(execution, 'finished');
        return;
      case 'canceled':
        if (this.groups.isStopping(execution)) this.executionOver(execution, 'canceled');
        else this.executionFailed(execution, failureInfo(new TaskLostError(execution.attempt, 'it was cancelled by nobody')), nowMs);
        return;
      case 'failed':
        this.executionFailed(execution, event.failure ?? failureInfo(new TaskLostError(execution.attempt, 'it failed without a reason')), nowMs);
        return;
      default:
        assertNever(event.state, 'task state');
    }
  }

  private taskGone(attempt: ExecutionAttemptId, failure: FailureInfo | undefined, nowMs: number): void {
    const execution = this.currentExecution(attempt);
    if (execution === undefined || isTerminalExecution(execution.state)) return;
    if (failure === undefined && this.groups.isStopping(execution)) this.executionOver(execution, 'canceled');
    else this.executionFailed(execution, failure ?? failureInfo(new TaskLostError(attempt, 'its actor stopped')), nowMs);
  }

  private slotLost(lost: ActorAddress, reason: string, nowMs: number): void {
    this.deployment.slotLost(lost);
    for (const { current: execution } of this.executions.vertices) {
      if (execution === undefined || isTerminalExecution(execution.state) || execution.slot !== lost) continue;
      this.executionFailed(execution, failureInfo(new TaskLostError(execution.attempt, reason)), nowMs);
    }
  }

  private slotsOverdue(failure: FailureInfo, nowMs: number): void {
    const waiting = this.deployment.waiting().flatMap(({ regions }) => [...regions]);
    if (waiting.length > 0) this.fail(waiting, failure, nowMs);
  }

  private executionFailed(execution: Execution, failure: FailureInfo, nowMs: number): void {
    this.executionOver(execution, 'failed');
    if (!this.groups.isStopping(execution)) this.fail([this.groups.regionOf(execution)], failure, nowMs, execution);
  }

  private executionOver(execution: Execution, state: 'finished' | 'canceled' | 'failed'): void {
    execution.state = state;
    this.effects.push({ type: 'remove-task', execution }, { type: 'task-changed', execution, state });
    const group = this.groups.groupOf(execution);
    if (group.phase === 'stopping') this.advanceStopping(group);
    else if (group.phase === 'ending') this.advanceEnding();
    else if (state === 'finished') this.finishWhenAllFinished();
  }

  // ---- failover

  private fail(failed: readonly Region[], failure: FailureInfo, nowMs: number, origin?: Execution): void {
    if (this.ending !== undefined) return;
    if (failure.retry === 'never') {
      this.end({ state: 'failed', failure, record: true, recording: false });
      return;
    }
    const decision = this.options.restartStrategy.onFailure(nowMs, this.options.random);
    if (decision.kind === 'give-up') {
      const exhausted = failureInfo(new RestartsExhaustedError(decision.strategy, decision.failures, failure));
      this.end({ state: 'failed', failure: decision.strategy === 'none' ? failure : exhausted, record: true, recording: false });
      return;
    }
    this.restarts++;
    const previous = new Set(failed.map((region) => region.group));
    const group = this.groups.move(failed, 'stopping');
    for (const left of previous) this.deployment.startWhenDeployed(left); // what is left of it may be complete now
    this.updateState();
    this.effects.push({ type: 'restarting', failure, delayMs: decision.delayMs, restart: this.restarts, origin });
    this.stopTasks(group, failure);
    this.effects.push({ type: 'timer', delayMs: decision.delayMs, event: { type: 'restart-due', group: group.id } });
  }

  private stopTasks(group: Group, failure: FailureInfo | undefined): void {
    this.effects.push({ type: 'subtasks-stopping', subtasks: verticesOf(group), failure });
    const live = liveExecutionsOf(group);
    for (const execution of live) this.effects.push({ type: 'cancel-task', execution });
    if (live.length > 0) this.effects.push({ type: 'timer', delayMs: this.options.cancelFenceMs, event: { type: 'cancel-overdue', group: group.id } });
  }

  private fence(group: Group): void {
    if (group.phase !== 'stopping' && group.phase !== 'ending') return;
    for (const execution of liveExecutionsOf(group)) this.executionOver(execution, 'canceled');
  }

  private advanceStopping(group: Group): void {
    if (group.phase !== 'stopping' || !group.delayOver || liveExecutionsOf(group).length > 0) return;
    this.deployment.prepare(group); // J3
  }

  // ---- the end

  private finishWhenAllFinished(): void {
    if (this.ending !== undefined || this.executions.vertices.some(({ current }) => current?.state !== 'finished')) return; // J4
    this.ending = { state: 'finished', failure: undefined, record: true, recording: true };
    this.deployment.close();
    this.effects.push({ type: 'record-outcome', status: 'finished' });
  }

  private end(ending: Ending): void {
    const failing = ending.state === 'failed';
    if (this.ending?.state === 'failed') {
      if (!ending.record && this.ending.recording) this.finishEnding(); // deposed while the failure was being recorded
      return;
    }
    this.ending = ending;
    this.deployment.close(); // J5
    this.setState(failing ? 'failing' : 'cancelling');
    this.stopTasks(this.groups.move(this.groups.regions, 'ending'), ending.failure);
    this.advanceEnding();
  }

  private advanceEnding(): void {
    const ending = this.ending as Ending;
    if (ending.recording || this.groups.in('ending').some((group) => liveExecutionsOf(group).length > 0)) return;
    ending.recording = true;
    if (ending.record) this.effects.push({ type: 'record-outcome', status: ending.state });
    else this.finishEnding();
  }

  private finishEnding(): void {
    const ending = this.ending;
    assert(ending?.recording === true, `an outcome was recorded in state ${this.currentState}`);
    this.setState(ending.state);
    this.effects.push({ type: 'ended', state: ending.state, failure: ending.failure });
  }

  // ---- helpers

  /** Runs `then` with a group that still has regions; timers of dissolved ones are nothing. */
  private withGroup(id: number, then: (group: Group) => void): void {
    const group = this.groups.byId(id);
    if (group !== undefined) then(group);
  }

  private currentExecution(attempt: ExecutionAttemptId): Execution | undefined {
    const execution = this.executions.current(attempt);
    if (execution === undefined) this.staleReports++;
    return execution;
  }

  /** running <-> restarting by whether some region is down. */
  private updateState(): void {
    const down = [...this.groups.all()].some(({ phase }) => phase !== 'deploying' && phase !== 'running');
    if (down && this.currentState === 'running') this.setState('restarting');
    if (!down && this.currentState !== 'running') this.setState('running');
  }

  private setState(to: JobState): void {
    const from = this.currentState;
    this.currentState = transition(from, to);
    this.effects.push({ type: 'state', from, to });
  }
}
