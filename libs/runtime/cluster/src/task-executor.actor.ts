/**
 * The TaskExecutor of a node: grants slots to jobs and takes them back. Slots are made on demand up to `maxSlots` and live as long as
 * their job's JobMaster, so nothing of a job outlives it. It runs no user code; slots are root actors, so that each may get a thread of its own.
 */
import type { Actor, ActorAddress, ActorContext, ActorRef, Signal } from '@weir/actor';
import { assertNever, type JobId } from '@weir/base';
import { SlotActor, type SlotOptions } from './slot.actor.js';
import type { SlotMessage, SlotTimer, TaskExecutorMessage, TaskManagerReport } from './task-executor.protocol.js';

export interface TaskExecutorOptions extends Pick<SlotOptions, 'artifacts' | 'createTask' | 'cancelFenceMs'> {
  /** Infinity: as many as are asked for. */
  readonly maxSlots: number;
  /** Spawns a root actor at `<node>/<name>`. */
  readonly spawnSlot: (name: string, slot: SlotActor) => ActorRef<SlotMessage | SlotTimer>;
  readonly stopSlot: (address: ActorAddress) => void;
}

interface Allocation {
  readonly jobId: JobId;
  readonly slots: Set<ActorAddress>;
  /** Answers given, by request, for duplicates. */
  readonly answers: Map<number, TaskManagerReport>;
}

export class TaskExecutorActor implements Actor<TaskExecutorMessage> {
  /** By address of the JobMaster. */
  private readonly allocations = new Map<ActorAddress, Allocation>();
  private slotCount = 0;

  constructor(private readonly options: TaskExecutorOptions) {}

  receive(message: TaskExecutorMessage, context: ActorContext<TaskExecutorMessage>): void {
    switch (message.type) {
      case 'request-slots':
        this.requestSlots(message, context);
        return;
      case 'free-slots':
        this.free(message.jobMaster);
        return;
      default:
        assertNever(message, 'task executor message');
    }
  }

  signal(signal: Signal): void {
    if (signal.type !== 'terminated') return;
    // A JobMaster that is gone: its slots end themselves, gracefully. A slot that is gone: its place is free.
    for (const [jobMaster, allocation] of this.allocations) {
      allocation.slots.delete(signal.address);
      if (jobMaster === signal.address || allocation.slots.size === 0) this.allocations.delete(jobMaster);
    }
  }

  private requestSlots(request: Extract<TaskExecutorMessage, { type: 'request-slots' }>, context: ActorContext<TaskExecutorMessage>): void {
    const { jobId, jobMaster, count } = request;
    const allocation = this.allocations.get(jobMaster) ?? { jobId, slots: new Set<ActorAddress>(), answers: new Map<number, TaskManagerReport>() };
    this.allocations.set(jobMaster, allocation);
    context.watch(jobMaster);
    const answer = allocation.answers.get(request.request) ?? this.answer(request.request, count, allocation, jobMaster, context);
    allocation.answers.set(request.request, answer);
    context.refFor<TaskManagerReport>(jobMaster).tell(answer);
  }

  private answer(request: number, count: number, allocation: Allocation, jobMaster: ActorAddress, context: ActorContext<TaskExecutorMessage>): TaskManagerReport {
    const used = [...this.allocations.values()].reduce((sum, { slots }) => sum + slots.size, 0);
    const available = this.options.maxSlots - used;
    if (count > available) return { type: 'slots-refused', request, available };
    const { artifacts, createTask, cancelFenceMs } = this.options;
    const slots = Array.from({ length: count }, () => {
      const slot = new SlotActor({ jobId: allocation.jobId, jobMaster, artifacts, createTask, cancelFenceMs });
      const { address } = this.options.spawnSlot(`slot/${++this.slotCount}`, slot);
      allocation.slots.add(address);
      context.watch(address);
      return address;
    });
    return { type: 'slots-granted', request, slots };
  }

  private free(jobMaster: ActorAddress): void {
    const allocation = this.allocations.get(jobMaster);
    if (allocation === undefined) return;
    this.allocations.delete(jobMaster);
    for (const slot of allocation.slots) this.options.stopSlot(slot);
  }
}
