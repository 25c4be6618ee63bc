/**
 * The TaskExecutor of a node: opens slots for jobs when the ResourceManager says so, and takes them back. A slot lives as long as its job's JobMaster, so
 * nothing of a job outlives it. The TaskExecutor runs no user code, and is the one that knows which slots there are.
 *
 *  X1  a place is taken from the allocation until the slot is closed: never more than `slots` of them;
 *  X2  every report says all, so that a lost one, or a ResourceManager that is new, costs nothing: slots of living JobMasters stay;
 *  X3  a ResourceManager that does not lead any more allocates nothing here;
 *  X4  a slot that does not answer is closed by force; one that ended leaves a free place.
 */
import type { Actor, ActorAddress, ActorContext, Signal } from '@weir/actor';
import { assertNever, failureInfo, type JobId } from '@weir/base';
import type { Subscription } from '@weir/ports';
import type { TaskManagerInfo } from './cluster-gateway.js';
import type { ResourceManagerFinder } from './leader-tracker.js';
import type { ResourceManagerMessage } from './resource-manager.protocol.js';
import type { SlotHost } from './slot-host.js';
import type { TaskExecutorMessage, TaskExecutorTurn, TaskManagerReport } from './task-executor.protocol.js';

/** What the TaskExecutor does not know by itself. */
export type TaskManagerResources = Omit<TaskManagerInfo, 'id' | 'slots' | 'freeSlots' | 'lastHeartbeatMs' | 'allocatedSlots'>;

export interface TaskExecutorOptions {
  /** Infinity: as many as are asked for. */
  readonly slots: number;
  readonly host: SlotHost;
  readonly resourceManagers: ResourceManagerFinder;
  /** Measured for each report. */
  readonly resources: () => TaskManagerResources;
  /** Default 1000. */
  readonly reportIntervalMs?: number;
}

/** Slots of one JobMaster. */
interface Allocation {
  readonly jobId: JobId;
  readonly slots: Set<ActorAddress>;
  opening: number;
  /** Freed before they were open: so many of the next ones are closed at once. */
  unwanted: number;
}

type Message = TaskExecutorMessage | TaskExecutorTurn;
type Context = ActorContext<Message>;

export class TaskExecutorActor implements Actor<Message> {
  /** By address of the JobMaster. */
  private readonly allocations = new Map<ActorAddress, Allocation>();
  private readonly closing = new Set<ActorAddress>();
  private readonly tasks = new Map<ActorAddress, number>();
  private slotCount = 0;
  private resourceManager: ActorAddress | undefined;
  private lastAllocation = 0;
  private subscriptions: readonly Subscription[] = [];

  constructor(private readonly options: TaskExecutorOptions) {}

  started(context: Context): void {
    const { host, resourceManagers } = this.options;
    this.subscriptions = [
      host.onLost((slot, failure) => context.self.tell({ type: 'slot-lost', slot, ...(failure === undefined ? {} : { failure }) })),
      resourceManagers.onChange(() => context.self.tell({ type: 'leader-changed' })),
    ];
    this.reportAll(context);
  }

  stopped(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
  }

  receive(message: Message, context: Context): void {
    switch (message.type) {
      case 'allocate-slots':
        this.allocate(message, context);
        return;
      case 'free-slots':
        this.free(message.jobMaster, message.slots, context);
        return;
      case 'slot-tasks':
        if (this.ownerOf(message.slot) !== undefined) this.tasks.set(message.slot, message.tasks);
        return;
      case 'slot-opened':
        this.opened(message.jobMaster, message.slot, context);
        return;
      case 'slot-not-opened': {
        context.logger.log('error', 'a slot could not be opened', { code: message.failure.code, error: message.failure.message });
        const allocation = this.allocations.get(message.jobMaster);
        if (allocation !== undefined) allocation.opening--;
        this.forgetEmpty(message.jobMaster);
        context.timers.setTimer('report', this.reportIntervalMs, { type: 'report-due' }); // not at once: the ResourceManager would ask again at once
        return;
      }
      case 'slot-lost':
        this.slotLost(message.slot, message.failure?.message ?? 'its thread ended', context);
        return;
      case 'slot-closed':
        if (this.closing.delete(message.slot)) this.reportSoon(context);
        return;
      case 'leader-changed':
        if (this.options.resourceManagers.currentResourceManager() !== this.resourceManager) this.reportAll(context);
        return;
      case 'report-due':
        this.reportAll(context);
        return;
      default:
        assertNever(message, 'task executor message');
    }
  }

  signal(signal: Signal, context: Context): void {
    const { address } = signal;
    if (address === this.resourceManager) {
      if (signal.type === 'terminated') this.resourceManager = undefined; // found again at the next report
      return;
    }
    // JobMasters are watched by their slots, which end themselves.
    this.slotLost(address, signal.type === 'terminated' ? signal.failure?.message ?? 'it stopped' : 'it does not answer', context);
  }

  private allocate(message: Extract<Message, { type: 'allocate-slots' }>, context: Context): void {
    const { allocation: number, jobId, jobMaster, job } = message;
    if (message.resourceManager !== this.options.resourceManagers.currentResourceManager() || number <= this.lastAllocation) { // X3
      context.logger.log('debug', 'an allocation of another ResourceManager was dropped', { resourceManager: message.resourceManager });
      return;
    }
    this.lastAllocation = number;
    const count = Math.min(message.count, this.freePlaces()); // X1
    if (count > 0) {
      const allocation = this.allocations.get(jobMaster) ?? { jobId, slots: new Set<ActorAddress>(), opening: 0, unwanted: 0 };
      this.allocations.set(jobMaster, allocation);
      for (let i = 0; i < count; i++) {
        allocation.opening++;
        context.pipe<ActorAddress>(
          this.options.host.open(`slot-${++this.slotCount}`, { jobId, jobMaster, taskExecutor: context.self.address, job }),
          (slot) => ({ type: 'slot-opened', jobMaster, slot }),
          (error) => ({ type: 'slot-not-opened', jobMaster, failure: failureInfo(error) }),
        );
      }
    }
    this.reportSoon(context);
  }

  private opened(jobMaster: ActorAddress, slot: ActorAddress, context: Context): void {
    const allocation = this.allocations.get(jobMaster);
    if (allocation === undefined || allocation.unwanted > 0) {
      if (allocation !== undefined) {
        allocation.opening--;
        allocation.unwanted--;
        this.forgetEmpty(jobMaster);
      }
      this.close(slot, context);
      return;
    }
    allocation.opening--;
    allocation.slots.add(slot);
    context.watch(slot);
    context.refFor<TaskManagerReport>(jobMaster).tell({ type: 'slots-granted', taskExecutor: context.self.address, slots: [slot] });
    this.reportSoon(context);
  }

  private free(jobMaster: ActorAddress, which: readonly ActorAddress[] | undefined, context: Context): void {
    const allocation = this.allocations.get(jobMaster);
    if (allocation === undefined) return;
    for (const slot of which ?? [...allocation.slots]) if (allocation.slots.has(slot)) this.remove(allocation, slot, context);
    if (which === undefined) allocation.unwanted = allocation.opening;
    this.forgetEmpty(jobMaster);
    this.reportSoon(context);
  }

  /** X4. */
  private slotLost(slot: ActorAddress, reason: string, context: Context): void {
    const jobMaster = this.ownerOf(slot);
    if (jobMaster === undefined) return;
    const allocation = this.allocations.get(jobMaster) as Allocation;
    context.logger.log('info', 'a slot is lost', { slot, jobId: allocation.jobId, reason });
    this.remove(allocation, slot, context);
    this.forgetEmpty(jobMaster);
    this.reportSoon(context);
  }

  private remove(allocation: Allocation, slot: ActorAddress, context: Context): void {
    allocation.slots.delete(slot);
    this.tasks.delete(slot);
    context.unwatch(slot);
    this.close(slot, context);
  }

  private close(slot: ActorAddress, context: Context): void {
    this.closing.add(slot); // X1
    const closed = (): Message => ({ type: 'slot-closed', slot });
    context.pipe<void>(this.options.host.close(slot), closed, (error) => {
      context.logger.log('error', 'a slot could not be closed', { slot, error: error.message });
      return closed();
    });
  }

  private forgetEmpty(jobMaster: ActorAddress): void {
    const allocation = this.allocations.get(jobMaster);
    if (allocation !== undefined && allocation.slots.size === 0 && allocation.opening === 0) this.allocations.delete(jobMaster);
  }

  /** What changes together is reported together. */
  private reportSoon(context: Context): void {
    context.timers.setTimer('report', 0, { type: 'report-due' });
  }

  private ownerOf(slot: ActorAddress): ActorAddress | undefined {
    for (const [jobMaster, { slots }] of this.allocations) if (slots.has(slot)) return jobMaster;
    return undefined;
  }

  private freePlaces(): number {
    let used = this.closing.size;
    for (const { slots, opening } of this.allocations.values()) used += slots.size + opening;
    return this.options.slots - used;
  }

  private get reportIntervalMs(): number {
    return this.options.reportIntervalMs ?? 1000;
  }

  /** X2. */
  private reportAll(context: Context): void {
    context.timers.setTimer('report', this.reportIntervalMs, { type: 'report-due' });
    const current = this.options.resourceManagers.currentResourceManager();
    if (current !== this.resourceManager) {
      if (this.resourceManager !== undefined) context.unwatch(this.resourceManager);
      this.resourceManager = current;
      this.lastAllocation = 0;
    }
    if (current === undefined) return;
    context.watch(current);
    context.refFor<ResourceManagerMessage>(current).tell({
      type: 'task-executor-report', taskExecutor: context.self.address, info: this.info(context), lastAllocation: this.lastAllocation,
      holdings: [...this.allocations].map(([jobMaster, { jobId, slots, opening, unwanted }]) => ({ jobId, jobMaster, slots: [...slots], opening: opening - unwanted })),
    });
  }

  private info(context: Context): TaskManagerInfo {
    return {
      ...this.options.resources(),
      id: context.node, slots: this.options.slots, freeSlots: this.freePlaces(), lastHeartbeatMs: context.clock.now(),
      allocatedSlots: [...this.allocations.values()].flatMap(({ jobId, slots }) => [...slots].map((slot) => ({ jobId, slot, tasks: this.tasks.get(slot) ?? 0 }))),
    };
  }
}
