/**
 * Brings groups of regions from `waiting-for-slots` to `running`, and knows which slot is whose. Part of the {@link JobScheduler}: it runs in its steps and
 * adds to its effects.
 *
 *  J3  a group is deployed again only when each of its executions is terminal or was fenced, and the checkpoint to restore from was named
 *      afterwards: none can complete between the choice and the restart (I6);
 *  J5  once it is closed nothing is deployed, nor asked for;
 *  J6  what is missing is asked for when it is lost, not when it is needed: a replacement may come while its group still stops.
 */
import type { ActorAddress } from '@weir/actor';
import { type Execution, type ExecutionGraph, isTerminalExecution } from './execution-graph.js';
import type { SchedulerEffect } from './job-scheduler.events.js';
import { type Group, type RegionGroups, verticesOf } from './region-groups.js';

export interface RegionDeploymentOptions {
  readonly executions: ExecutionGraph;
  readonly groups: RegionGroups;
  readonly effect: (effect: SchedulerEffect) => void;
  /** A group is being deployed. */
  readonly deploying: () => void;
}

export class RegionDeployment {
  /** By slot key: subtasks of one sharing group with the same index share one. */
  private readonly slots = new Map<string, ActorAddress>();
  private closed = false;

  constructor(private readonly options: RegionDeploymentOptions) {}

  /** Slots that the job needs in all; 0 once it ends. */
  get slotsNeeded(): number {
    return this.closed ? 0 : new Set([...this.neededKeys(), ...this.slots.keys()]).size;
  }

  /** J5 */
  close(): void {
    this.closed = true;
  }

  /** Those that cannot be deployed for want of slots. */
  waiting(): Group[] {
    return this.closed ? [] : this.options.groups.in('waiting-for-slots');
  }

  isWaiting(): boolean {
    return this.waiting().some((group) => this.missingKeys(group).length > 0);
  }

  /** All executions of the group are over, or there were none. */
  prepare(group: Group): void {
    if (this.missingKeys(group).length > 0) {
      group.phase = 'waiting-for-slots';
      this.requestSlots();
      return;
    }
    group.phase = 'restoring';
    this.options.effect({ type: 'find-restore', group: group.id }); // J3
  }

  slotsGranted(granted: readonly ActorAddress[]): void {
    const known = new Set(this.slots.values());
    const fresh = granted.filter((slot) => !known.has(slot));
    const wanted = this.closed ? [] : this.neededKeys();
    // Groups that wait come first: a slot given to a key that nobody waits for would leave one of them waiting for ever.
    const waiting = this.options.groups.in('waiting-for-slots').flatMap((group) => this.missingKeys(group));
    for (const key of [...waiting, ...wanted]) {
      if (fresh.length === 0) break;
      if (!this.slots.has(key)) this.slots.set(key, fresh.shift() as ActorAddress);
    }
    if (fresh.length > 0) this.options.effect({ type: 'release-slots', slots: fresh });
    for (const group of this.waiting()) { // J5
      if (this.missingKeys(group).length === 0) this.prepare(group);
    }
  }

  /** It is asked for anew; what ran in it is the caller's. */
  slotLost(lost: ActorAddress): void {
    for (const [key, slot] of [...this.slots]) if (slot === lost) this.slots.delete(key);
    this.requestSlots(); // J6
  }

  restoreReady(group: Group, checkpointId: number | undefined): void {
    if (group.phase !== 'restoring') return;
    if (this.missingKeys(group).length > 0) { // lost since
      this.prepare(group);
      return;
    }
    group.phase = 'deploying';
    const subtasks = verticesOf(group);
    for (const vertex of subtasks) this.options.executions.newExecution(vertex, this.slots.get(vertex.slotKey) as ActorAddress);
    this.options.deploying();
    this.options.effect({ type: 'deploy', subtasks, checkpointId });
  }

  taskSubmitted(execution: Execution, address: ActorAddress): void {
    if (execution.state !== 'deploying') return; // duplicate, or cancelled meanwhile
    execution.state = 'deployed';
    execution.address = address;
    this.startWhenDeployed(this.options.groups.groupOf(execution));
  }

  startWhenDeployed(group: Group): void {
    if (group.phase !== 'deploying') return;
    const executions = verticesOf(group).map((vertex) => vertex.current as Execution);
    if (executions.length === 0 || executions.some(({ state }) => state === 'deploying')) return;
    group.phase = 'running';
    this.options.effect({ type: 'start-tasks', executions: executions.reverse() });
  }

  /** Slots of groups that wait are of no use until all of theirs are there: another job may have them. */
  returnIdleSlots(): void {
    const idle = this.waiting().flatMap(keysOf).filter((key) => this.slots.has(key) && !this.isUsed(key));
    const slots = idle.map((key) => this.slots.get(key) as ActorAddress);
    for (const key of idle) this.slots.delete(key);
    if (slots.length > 0) this.options.effect({ type: 'release-slots', slots });
  }

  private requestSlots(): void {
    if (!this.closed) this.options.effect({ type: 'request-slots', count: this.slotsNeeded - this.slots.size });
  }

  private missingKeys(group: Group): string[] {
    return keysOf(group).filter((key) => !this.slots.has(key));
  }

  private isUsed(key: string): boolean {
    return this.options.executions.vertices.some(({ slotKey, current }) => slotKey === key && current !== undefined && !isTerminalExecution(current.state));
  }

  /** Of regions that still have something to do. */
  private neededKeys(): string[] {
    const alive = this.options.groups.regions.filter(({ vertices }) => vertices.some(({ current }) => current?.state !== 'finished'));
    return [...new Set(alive.flatMap(({ vertices }) => vertices.map(({ slotKey }) => slotKey)))].sort();
  }
}

function keysOf(group: Group): string[] {
  return [...new Set(verticesOf(group).map(({ slotKey }) => slotKey))].sort();
}
