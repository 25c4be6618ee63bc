/**
 * The slots of one job as its JobMaster sees them: what it has, what it has given up, and what it tells the ResourceManager of that. Which subtask goes
 * where is the scheduler's.
 *
 *  P1  the whole need is declared each time, so that a declaration may be repeated, lost with its receiver, or overtaken;
 *  P2  a slot that was given up is named in each declaration for as long as it may live, lest a ResourceManager that hears of it from its TaskExecutor counts
 *      it as ours; one that has ended is named once, for its TaskExecutor may not know yet. Not for ever: a TaskExecutor's next life may use its name again;
 *  P3  a slot is watched from its grant to its end;
 *  P4  a slot that was taken for lost and is not goes back to its TaskExecutor with the tasks in it, which nobody can answer for any more.
 */
import type { ActorAddress, ActorContext, Signal } from '@weir/actor';
import type { JobId } from '@weir/base';
import type { JobDescriptor } from './job-descriptor.js';
import type { ResourceManagerMessage } from './resource-manager.protocol.js';
import type { TaskExecutorMessage } from './task-executor.protocol.js';

export class JobSlots<M> {
  /** With its TaskExecutor. */
  private readonly held = new Map<ActorAddress, ActorAddress>();
  /** Perhaps alive. */
  private readonly givenUp = new Set<ActorAddress>();
  /** Ended since the last declaration. */
  private ended: ActorAddress[] = [];
  /** As declared last. */
  private without: ReadonlySet<ActorAddress> = new Set();
  private count = 0;
  private readonly taskExecutors = new Set<ActorAddress>();
  private requests = 0;
  /** As the ResourceManager last said, or 0. */
  missing = 0;

  constructor(
    private readonly jobId: JobId, private resourceManager: ActorAddress, private readonly job: JobDescriptor, private readonly context: ActorContext<M>,
  ) {
    context.watch(resourceManager);
  }

  /** The number of the last declaration. */
  get lastRequest(): number {
    return this.requests;
  }

  isResourceManager(address: ActorAddress): boolean {
    return address === this.resourceManager;
  }

  get heldCount(): number {
    return this.held.size;
  }

  /** P1. `count`: slots that the job needs in all. */
  declare(count: number): void {
    this.count = count;
    this.without = new Set([...this.givenUp, ...this.ended]); // P2
    this.ended = [];
    this.tellResourceManager({
      type: 'request-slots', jobId: this.jobId, jobMaster: this.context.self.address, request: ++this.requests, count, without: [...this.without], job: this.job,
    });
  }

  follow(resourceManager: ActorAddress): void {
    if (resourceManager === this.resourceManager) return;
    this.context.unwatch(this.resourceManager);
    this.resourceManager = resourceManager;
    this.context.watch(resourceManager);
  }

  /** Those of the granted slots that are new. */
  granted(taskExecutor: ActorAddress, slots: readonly ActorAddress[], inUse = false): readonly ActorAddress[] {
    this.taskExecutors.add(taskExecutor);
    const fresh = slots.filter((slot) => !this.held.has(slot));
    if (inUse && fresh.length > 0) { // P4
      for (const slot of fresh) {
        this.held.set(slot, taskExecutor);
        this.context.watch(slot);
      }
      this.context.logger.log('info', 'a slot that was taken for lost goes back', { jobId: this.jobId, slots: fresh });
      this.release(fresh);
      this.declare(this.count);
      return [];
    }
    for (const slot of fresh) {
      this.givenUp.delete(slot);
      this.held.set(slot, taskExecutor);
      this.context.watch(slot); // P3
    }
    if (fresh.some((slot) => this.without.has(slot))) this.declare(this.count); // a name of an earlier life
    return fresh;
  }

  /** Back to their TaskExecutors, with all that is in them. To be declared. */
  release(slots: readonly ActorAddress[]): void {
    for (const slot of slots) {
      const taskExecutor = this.held.get(slot);
      if (taskExecutor === undefined) continue;
      this.held.delete(slot);
      this.givenUp.add(slot);
      this.context.refFor<TaskExecutorMessage>(taskExecutor).tell({ type: 'free-slots', jobId: this.jobId, jobMaster: this.context.self.address, slots: [slot] });
    }
  }

  /** What a signal means for the slot that it is about: `lost` now, or `given-up` before; undefined when it is about none. */
  hear({ type, address }: Signal): 'lost' | 'given-up' | undefined {
    if (this.givenUp.has(address)) {
      if (type === 'terminated' && this.givenUp.delete(address)) this.declare(this.count);
      return 'given-up';
    }
    if (!this.held.has(address)) return undefined;
    if (type === 'unreachable') {
      this.release([address]); // its TaskExecutor may still reach it
    } else {
      this.held.delete(address);
      this.ended.push(address);
    }
    return 'lost';
  }

  /** All of them, at the job's end. */
  releaseAll(): void {
    for (const taskExecutor of this.taskExecutors) {
      this.context.refFor<TaskExecutorMessage>(taskExecutor).tell({ type: 'free-slots', jobId: this.jobId, jobMaster: this.context.self.address });
    }
    this.declare(0);
  }

  private tellResourceManager(message: ResourceManagerMessage): void {
    this.context.refFor<ResourceManagerMessage>(this.resourceManager).tell(message);
  }
}
