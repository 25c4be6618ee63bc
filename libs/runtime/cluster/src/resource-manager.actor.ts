/**
 * The ResourceManager of a leader: tells TaskExecutors whose slots to open. It holds no truth: TaskExecutors say what they have and JobMasters what they need,
 * to each new one again. Who gets what is decided in the {@link SlotLedger}; slots go from TaskExecutor to JobMaster without passing here.
 *
 *  R1  a TaskExecutor or JobMaster that is gone or does not answer counts for nothing, until it speaks again;
 *  R2  a job that cannot be served is told so, and again when what it misses changes;
 *  R3  when the first who waits could be served by what other waiting jobs hold, those behind it and those that the cluster can never serve are asked to give
 *      back what they do not use, the youngest first.
 */
import type { Actor, ActorAddress, ActorContext, Signal } from '@weir/actor';
import { assertNever } from '@weir/base';
import type { ResourceManagerMessage, ResourceManagerReport } from './resource-manager.protocol.js';
import { SlotLedger, type SlotNeed } from './slot-ledger.js';
import type { TaskExecutorMessage } from './task-executor.protocol.js';

export interface ResourceManagerOptions {
  /** The leader's term and node, for the overview. */
  readonly epoch: number;
  readonly leader: string;
  /** `cluster.evenly-spread-out-slots`. */
  readonly evenlySpread: boolean;
}

/** What a job that has declared its need again was told: not yet anything. */
const UNANSWERED = -1;

type Context = ActorContext<ResourceManagerMessage>;

export class ResourceManagerActor implements Actor<ResourceManagerMessage> {
  private readonly ledger: SlotLedger;
  /** What each waiting job was told last. */
  private readonly told = new Map<ActorAddress, number>();
  /** Asked to give back, and not heard of since. */
  private readonly asked = new Set<ActorAddress>();

  constructor(private readonly options: ResourceManagerOptions) {
    this.ledger = new SlotLedger(options.evenlySpread);
  }

  receive(message: ResourceManagerMessage, context: Context): void {
    switch (message.type) {
      case 'task-executor-report':
        if (this.ledger.report(message, context.clock.monotonic())) {
          context.logger.log('info', 'a TaskExecutor registers', { taskExecutor: message.taskExecutor, slots: message.info.slots, free: message.info.freeSlots });
        }
        context.watch(message.taskExecutor);
        this.serve(context);
        return;
      case 'request-slots':
        this.asked.delete(message.jobMaster);
        if (this.told.has(message.jobMaster)) this.told.set(message.jobMaster, UNANSWERED);
        if (this.ledger.declare(message)) context.watch(message.jobMaster);
        else if (message.count === 0) context.unwatch(message.jobMaster);
        this.serve(context);
        return;
      case 'describe-cluster':
        context.reply(message.replyTo, {
          taskManagers: this.ledger.taskManagers().length, slotsTotal: this.ledger.totalSlots(), slotsAvailable: this.ledger.freeSlots(),
          leader: this.options.leader, epoch: this.options.epoch,
        });
        return;
      case 'list-task-managers':
        context.reply(message.replyTo, this.ledger.taskManagers());
        return;
      default:
        assertNever(message, 'resource manager message');
    }
  }

  signal({ type, address }: Signal, context: Context): void {
    if (this.ledger.removeTaskExecutor(address)) { // R1
      context.logger.log('info', 'a TaskExecutor is lost', { taskExecutor: address, reason: type });
      context.unwatch(address); // its next report watches it anew
    } else if (this.ledger.removeJobMaster(address)) { // R1: slots that were opened for it now would only end again
      this.told.delete(address);
      this.asked.delete(address);
    }
    this.serve(context);
  }

  private serve(context: Context): void {
    let first: SlotNeed | undefined;
    for (const need of this.ledger.waiting()) {
      const allocations = first === undefined ? this.ledger.allocate(need, context.clock.monotonic()) : undefined;
      if (allocations === undefined) {
        if (first === undefined && this.ledger.isFeasible(need)) first = need; // those behind it wait
        this.tellMissing(need, this.ledger.missing(need), context);
        continue;
      }
      for (const { number, taskExecutor, count } of allocations) {
        context.refFor<TaskExecutorMessage>(taskExecutor).tell({
          type: 'allocate-slots', resourceManager: context.self.address, allocation: number, jobId: need.jobId, jobMaster: need.jobMaster, count, job: need.job,
        });
      }
    }
    for (const need of this.ledger.needs()) if (this.told.has(need.jobMaster) && this.ledger.missing(need) === 0) this.tellMissing(need, 0, context);
    if (first !== undefined) this.askBack(first, context);
  }

  /** R2. */
  private tellMissing({ jobMaster, request, count }: SlotNeed, missing: number, context: Context): void {
    if (this.told.get(jobMaster) === missing) return;
    if (missing === 0) this.told.delete(jobMaster);
    else this.told.set(jobMaster, missing);
    context.refFor<ResourceManagerReport>(jobMaster).tell({ type: 'slots-missing', request, missing, total: count });
  }

  /** R3. */
  private askBack(first: SlotNeed, context: Context): void {
    const waiting = this.ledger.waiting();
    const place = waiting.findIndex(({ jobMaster }) => jobMaster === first.jobMaster);
    let short = this.ledger.missing(first) - this.ledger.freeSlots();
    for (const need of waiting.filter((other, at) => at > place || !this.ledger.isFeasible(other)).reverse()) {
      const held = this.ledger.held(need);
      if (short <= 0) return;
      if (held === 0) continue;
      short -= held;
      if (this.asked.has(need.jobMaster)) continue;
      this.asked.add(need.jobMaster);
      context.refFor<ResourceManagerReport>(need.jobMaster).tell({ type: 'return-idle-slots' });
    }
  }
}
