/**
 * Decides what a job's tasks do: deployment, failover by pipelined region, cancellation, the end. Pure: events in, effects out; time and
 * randomness are arguments. The JobMaster performs the effects; tasks own their states; the checkpoint coordinator owns history.
 *
 * Subtasks move in groups of regions. A group:
 *
 *   waiting-for-slots -> restoring -> deploying -> running          (first deployment: all regions)
 *          ^                             |            |
 *          |                             +-- failure -+
 *          |                                  v
 *          +-- all ended and delay over -- stopping                 (the failed region alone, or all regions for a failure of the job)
 *   any -> ending                                                   (the job fails or is cancelled)
 *
 *  J1  reports of an attempt that is not current are dropped and counted (D3);
 *  J2  only the failed region is stopped; other regions keep their attempts (I14);
 *  J3  a group is deployed again only when each of its executions is terminal or was fenced, and the checkpoint to restore from was named
 *      afterwards: none can complete between the choice and the restart (I6);
 *  J4  a job is finished only when every task has reported `finished`, that is, after its sinks committed the final checkpoint;
 *  J5  after `cancelling` or `failing` nothing is deployed;
 *  J6  what is missing is asked for when it is lost, not when it is needed: a replacement may come while its group still stops.
 */
import type { ActorAddress } from '@weir/actor';
import { assert, assertNever, type ExecutionAttemptId, type FailureInfo, failureInfo } from '@weir/base';
import type { SubtaskRef } from '@weir/graph';
import type { Random } from '@weir/ports';
import { RestartsExhaustedError, TaskLostError } from './errors.js';
import { type Execution, type ExecutionGraph, type ExecutionVertex, isTerminalExecution } from './execution-graph.js';
import type { SchedulerEffect, SchedulerEvent } from './job-scheduler.events.js';
import { isTerminal, transition } from './job-state-machine.js';
import type { JobState } from './job-status.js';
import type { RestartStrategy } from './restart-strategy.js';

export interface JobSchedulerOptions {
  readonly executions: ExecutionGraph;
  /** The pipelined regions; together all subtasks, each in one. */
  readonly regions: readonly (readonly SubtaskRef[])[];
  readonly restartStrategy: RestartStrategy;
  readonly random: Random;
  readonly cancelFenceMs: number;
}

interface Region {
  readonly vertices: readonly ExecutionVertex[];
  group: Group;
}
interface Group {
  readonly id: number;
  readonly regions: Set<Region>;
  phase: 'waiting-for-slots' | 'restoring' | 'deploying' | 'running' | 'stopping' | 'ending';
  delayOver: boolean;
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
  private readonly regions: readonly Region[];
  private readonly slots = new Map<string, ActorAddress>();
  private groupCount = 0;
  private currentState: JobState = 'created';
  private ending: Ending | undefined;
  private effects: SchedulerEffect[] = [];
  /** Restarts of regions since the start. */
  restarts = 0;
  /** Reports of dead attempts (J1). */
  staleReports = 0;

  constructor(private readonly options: JobSchedulerOptions) {
    this.executions = options.executions;
    const all = this.newGroup('waiting-for-slots');
    this.regions = options.regions.map((refs) => {
      const vertices = refs.map((ref) => this.executions.at(ref)).sort((a, b) => a.order - b.order);
      const region: Region = { vertices, group: all };
      all.regions.add(region);
      return region;
    });
    const inRegions = this.regions.reduce((sum, region) => sum + region.vertices.length, 0);
    assert(inRegions === this.executions.vertices.length, `regions hold ${inRegions} subtasks, the graph ${this.executions.vertices.length}`);
  }

  get state(): JobState {
    return this.currentState;
  }

  /** Slots that the job needs in all; 0 once it ends. */
  get slotsNeeded(): number {
    return this.ending === undefined ? new Set([...this.neededKeys(), ...this.slots.keys()]).size : 0;
  }

  /** Whether some region cannot be deployed for want of slots. */
  get isWaitingForSlots(): boolean {
    return this.waitingGroups().some((group) => this.missingSlots(group).length > 0);
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
        this.prepareDeployment((this.regions[0] as Region).group);
        return;
      case 'slots-granted':
        this.slotsGranted(event.slots);
        return;
      case 'restore-ready':
        this.restoreReady(event.group, event.checkpointId);
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
        this.returnIdleSlots();
        return;
      case 'job-failure':
        this.fail(this.regions, event.failure, nowMs);
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

  // ---- deployment

  private prepareDeployment(group: Group): void {
    const missing = this.missingSlots(group);
    if (missing.length > 0) {
      group.phase = 'waiting-for-slots';
      this.requestSlots();
      return;
    }
    group.phase = 'restoring';
    this.effects.push({ type: 'find-restore', group: group.id }); // J3
  }

  private missingSlots(group: Group): string[] {
    return this.keysOf(group).filter((key) => !this.slots.has(key));
  }

  private keysOf(group: Group): string[] {
    return [...new Set([...group.regions].flatMap((region) => region.vertices.map((vertex) => vertex.slotKey)))].sort();
  }

  /** J6. */
  private requestSlots(): void {
    if (this.ending === undefined) this.effects.push({ type: 'request-slots', count: this.slotsNeeded - this.slots.size });
  }

  private slotsGranted(granted: readonly ActorAddress[]): void {
    const known = new Set(this.slots.values());
    const fresh = granted.filter((slot) => !known.has(slot));
    const wanted = this.ending === undefined ? this.neededKeys() : [];
    // Groups that wait come first: a slot given to a key that nobody waits for would leave one of them waiting for ever.
    const waiting = [...this.groups()].filter(({ phase }) => phase === 'waiting-for-slots').flatMap((group) => this.missingSlots(group));
    for (const key of [...waiting, ...wanted]) {
      if (fresh.length === 0) break;
      if (!this.slots.has(key)) this.slots.set(key, fresh.shift() as ActorAddress);
    }
    if (fresh.length > 0) this.effects.push({ type: 'release-slots', slots: fresh });
    if (this.ending !== undefined) return; // J5
    for (const group of this.groups()) {
      if (group.phase === 'waiting-for-slots' && this.missingSlots(group).length === 0) this.prepareDeployment(group);
    }
  }

  private restoreReady(groupId: number, checkpointId: number | undefined): void {
    this.withGroup(groupId, (group) => {
      if (group.phase !== 'restoring') return;
      if (this.missingSlots(group).length > 0) { // lost since
        this.prepareDeployment(group);
        return;
      }
      group.phase = 'deploying';
      const vertices = this.verticesOf(group);
      for (const vertex of vertices) this.executions.newExecution(vertex, this.slots.get(vertex.slotKey) as ActorAddress);
      this.updateState();
      this.effects.push({ type: 'deploy', subtasks: vertices, checkpointId });
    });
  }

  private taskSubmitted(attempt: ExecutionAttemptId, address: ActorAddress): void {
    const execution = this.currentExecution(attempt);
    if (execution === undefined || execution.state !== 'deploying') return; // duplicate, or cancelled meanwhile
    execution.state = 'deployed';
    execution.address = address;
    this.startWhenDeployed(this.regionOf(execution).group);
  }

  private startWhenDeployed(group: Group): void {
    if (group.phase !== 'deploying') return;
    const executions = this.verticesOf(group).map((vertex) => vertex.current as Execution);
    if (executions.length === 0 || executions.some(({ state }) => state === 'deploying')) return;
    group.phase = 'running';
    this.effects.push({ type: 'start-tasks', executions: executions.reverse() });
  }

  // ---- tasks

  private taskState(event: Extract<SchedulerEvent, { type: 'task-state' }>, nowMs: number): void {
    const execution = this.currentExecution(event.attempt);
    if (execution === undefined || isTerminalExecution(execution.state)) return;
    switch (event.state) {
      case 'created':
        return;
      case 'initializing':
      case 'running':
      case 'end-of-data':
        if (this.regionOf(execution).group.phase !== 'running') return; // being cancelled
        execution.state = event.state;
        this.effects.push({ type: 'task-changed', execution, state: event.state });
        return;
      case 'finished':
        this.executionOver(execution, 'finished');
        return;
      case 'canceled':
        if (this.isStopping(execution)) this.executionOver(execution, 'canceled');
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
    if (failure === undefined && this.isStopping(execution)) this.executionOver(execution, 'canceled');
    else this.executionFailed(execution, failure ?? failureInfo(new TaskLostError(attempt, 'its actor stopped')), nowMs);
  }

  private slotLost(lost: ActorAddress, reason: string, nowMs: number): void {
    for (const [key, slot] of [...this.slots]) if (slot === lost) this.slots.delete(key);
    this.requestSlots(); // J6
    for (const { current: execution } of this.executions.vertices) {
      if (execution === undefined || isTerminalExecution(execution.state) || execution.slot !== lost) continue;
      this.executionFailed(execution, failureInfo(new TaskLostError(execution.attempt, reason)), nowMs);
    }
  }

  private slotsOverdue(failure: FailureInfo, nowMs: number): void {
    const waiting = this.waitingGroups().flatMap(({ regions }) => [...regions]);
    if (waiting.length > 0) this.fail(waiting, failure, nowMs);
  }

  private returnIdleSlots(): void {
    const idle = this.waitingGroups().flatMap((group) => this.keysOf(group)).filter((key) => this.slots.has(key) && !this.isUsed(key));
    const slots = idle.map((key) => this.slots.get(key) as ActorAddress);
    for (const key of idle) this.slots.delete(key);
    if (slots.length > 0) this.effects.push({ type: 'release-slots', slots });
  }

  private isUsed(key: string): boolean {
    return this.executions.vertices.some(({ slotKey, current }) => slotKey === key && current !== undefined && !isTerminalExecution(current.state));
  }

  private waitingGroups(): Group[] {
    return this.ending === undefined ? [...this.groups()].filter(({ phase }) => phase === 'waiting-for-slots') : [];
  }

  private executionFailed(execution: Execution, failure: FailureInfo, nowMs: number): void {
    this.executionOver(execution, 'failed');
    if (!this.isStopping(execution)) this.fail([this.regionOf(execution)], failure, nowMs, execution);
  }

  private executionOver(execution: Execution, state: 'finished' | 'canceled' | 'failed'): void {
    execution.state = state;
    this.effects.push({ type: 'remove-task', execution }, { type: 'task-changed', execution, state });
    const { group } = this.regionOf(execution);
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
    const group = this.newGroup('stopping');
    this.moveTo(group, failed);
    this.updateState();
    this.effects.push({ type: 'restarting', failure, delayMs: decision.delayMs, restart: this.restarts, origin });
    this.stopTasks(group, failure);
    this.effects.push({ type: 'timer', delayMs: decision.delayMs, event: { type: 'restart-due', group: group.id } });
  }

  private moveTo(group: Group, regions: readonly Region[]): void {
    for (const region of regions) {
      const previous = region.group;
      previous.regions.delete(region);
      region.group = group;
      group.regions.add(region);
      if (group.phase === 'stopping') this.startWhenDeployed(previous); // what is left of it may be complete now
    }
  }

  private stopTasks(group: Group, failure: FailureInfo | undefined): void {
    const vertices = this.verticesOf(group);
    this.effects.push({ type: 'subtasks-stopping', subtasks: vertices, failure });
    const live = vertices.flatMap(({ current }) => (current !== undefined && !isTerminalExecution(current.state) ? [current] : []));
    for (const execution of live) this.effects.push({ type: 'cancel-task', execution });
    if (live.length > 0) this.effects.push({ type: 'timer', delayMs: this.options.cancelFenceMs, event: { type: 'cancel-overdue', group: group.id } });
  }

  private fence(group: Group): void {
    if (group.phase !== 'stopping' && group.phase !== 'ending') return;
    for (const { current } of this.verticesOf(group)) {
      if (current !== undefined && !isTerminalExecution(current.state)) this.executionOver(current, 'canceled');
    }
  }

  private advanceStopping(group: Group): void {
    if (group.phase !== 'stopping' || !group.delayOver || !this.allOver(group)) return;
    this.prepareDeployment(group);
  }

  // ---- the end

  private finishWhenAllFinished(): void {
    if (this.ending !== undefined || this.executions.vertices.some(({ current }) => current?.state !== 'finished')) return; // J4
    this.ending = { state: 'finished', failure: undefined, record: true, recording: true };
    this.effects.push({ type: 'record-outcome', status: 'finished' });
  }

  private end(ending: Ending): void {
    const failing = ending.state === 'failed';
    if (this.ending?.state === 'failed') {
      if (!ending.record && this.ending.recording) this.finishEnding(); // deposed while the failure was being recorded
      return;
    }
    this.ending = ending;
    this.setState(failing ? 'failing' : 'cancelling');
    const group = this.newGroup('ending');
    this.moveTo(group, this.regions);
    this.stopTasks(group, ending.failure);
    this.advanceEnding();
  }

  private advanceEnding(): void {
    const ending = this.ending as Ending;
    if (ending.recording || !this.allOver((this.regions[0] as Region).group)) return;
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

  /** Of regions that still have something to do. */
  private neededKeys(): string[] {
    const alive = this.regions.filter(({ vertices }) => vertices.some(({ current }) => current?.state !== 'finished'));
    return [...new Set(alive.flatMap(({ vertices }) => vertices.map(({ slotKey }) => slotKey)))].sort();
  }

  private newGroup(phase: Group['phase']): Group {
    return { id: ++this.groupCount, regions: new Set(), phase, delayOver: false };
  }

  private groups(): Set<Group> {
    return new Set(this.regions.map((region) => region.group));
  }

  /** Runs `then` with a group that still has regions; timers of dissolved ones are nothing. */
  private withGroup(id: number, then: (group: Group) => void): void {
    for (const group of this.groups()) if (group.id === id) then(group);
  }

  private verticesOf(group: Group): ExecutionVertex[] {
    return [...group.regions].flatMap((region) => region.vertices).sort((a, b) => a.order - b.order);
  }

  private regionOf(execution: Execution): Region {
    const vertex = this.executions.at(execution.attempt);
    return this.regions.find((region) => region.vertices.includes(vertex)) as Region;
  }

  private isStopping(execution: Execution): boolean {
    const { phase } = this.regionOf(execution).group;
    return phase === 'stopping' || phase === 'ending';
  }

  private allOver(group: Group): boolean {
    return this.verticesOf(group).every(({ current }) => current === undefined || isTerminalExecution(current.state));
  }

  private currentExecution(attempt: ExecutionAttemptId): Execution | undefined {
    const execution = this.executions.current(attempt);
    if (execution === undefined) this.staleReports++;
    return execution;
  }

  /** running <-> restarting by whether some region is down. */
  private updateState(): void {
    const down = [...this.groups()].some(({ phase }) => phase !== 'deploying' && phase !== 'running');
    if (down && this.currentState === 'running') this.setState('restarting');
    if (!down && this.currentState !== 'running') this.setState('running');
  }

  private setState(to: JobState): void {
    const from = this.currentState;
    this.currentState = transition(from, to);
    this.effects.push({ type: 'state', from, to });
  }
}
