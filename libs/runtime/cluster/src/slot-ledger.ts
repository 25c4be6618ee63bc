/**
 * Which slots there are, who has them, who needs more: the ResourceManager's book. Pure: it answers what to allocate, and remembers it.
 *
 *  L1  a slot is counted once: free, held, opening, or allocated by a message that its TaskExecutor has not reported on yet; a message without a report for
 *      long was lost with a link, and what it allocated is free again;
 *  L2  a job gets all that it misses at once or nothing, so that two jobs never each hold what the other waits for;
 *  L3  jobs that run (hold slots) come before jobs that wait to start, among equals the one that asked first; a job whose need the cluster could meet
 *      holds back those behind it, so that it is not overtaken for ever; one that the cluster could never meet holds back nobody.
 */
import type { ActorAddress } from '@weir/actor';
import type { JobId } from '@weir/base';
import type { TaskManagerInfo } from './cluster-gateway.js';
import type { JobDescriptor } from './job-descriptor.js';
import type { ResourceManagerMessage, SlotHolding } from './resource-manager.protocol.js';

/** What one JobMaster wants in all. */
export interface SlotNeed {
  readonly jobId: JobId;
  readonly jobMaster: ActorAddress;
  readonly job: JobDescriptor;
  /** Of its first declaration. */
  readonly order: number;
  readonly request: number;
  readonly count: number;
  readonly without: ReadonlySet<ActorAddress>;
}

export interface Allocation {
  readonly number: number;
  readonly taskExecutor: ActorAddress;
  readonly count: number;
}

interface Member {
  readonly info: TaskManagerInfo;
  readonly holdings: readonly SlotHolding[];
  /** Sent, not yet reported on. */
  inFlight: readonly { readonly number: number; readonly jobMaster: ActorAddress; readonly count: number; readonly sentMs: number }[];
}

/** A TaskExecutor answers an allocation at once. */
const LOST_AFTER_MS = 3000;

export class SlotLedger {
  private readonly members = new Map<ActorAddress, Member>();
  private readonly byJobMaster = new Map<ActorAddress, SlotNeed>();
  private allocationCount = 0;
  private needCount = 0;

  constructor(private readonly evenlySpread: boolean) {}

  /** True when the TaskExecutor was not known. */
  report({ taskExecutor, info, holdings, lastAllocation }: Extract<ResourceManagerMessage, { type: 'task-executor-report' }>, nowMs: number): boolean {
    const known = this.members.get(taskExecutor);
    const inFlight = known?.inFlight.filter(({ number, sentMs }) => number > lastAllocation && nowMs - sentMs < LOST_AFTER_MS) ?? [];
    this.members.set(taskExecutor, { info, holdings, inFlight });
    return known === undefined;
  }

  removeTaskExecutor(address: ActorAddress): boolean {
    return this.members.delete(address);
  }

  /** False for a message that is older than the last one, or one of a job that needs nothing. */
  declare(message: Extract<ResourceManagerMessage, { type: 'request-slots' }>): boolean {
    const { jobId, jobMaster, job, request, count } = message;
    const known = this.byJobMaster.get(jobMaster);
    if (known !== undefined && request < known.request) return false;
    if (count === 0) {
      this.byJobMaster.delete(jobMaster);
      return false;
    }
    this.byJobMaster.set(jobMaster, { jobId, jobMaster, job, order: known?.order ?? ++this.needCount, request, count, without: new Set(message.without) });
    return true;
  }

  removeJobMaster(address: ActorAddress): boolean {
    return this.byJobMaster.delete(address);
  }

  needs(): readonly SlotNeed[] {
    return [...this.byJobMaster.values()];
  }

  /** By id. */
  taskManagers(): readonly TaskManagerInfo[] {
    return [...this.members.values()].map(({ info }) => info).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  totalSlots(): number {
    return this.taskManagers().reduce((sum, { slots }) => sum + slots, 0);
  }

  freeSlots(): number {
    return [...this.members.values()].reduce((sum, member) => sum + freeOf(member), 0);
  }

  /** Slots that the job has or is about to have. */
  held({ jobMaster, without }: SlotNeed): number {
    let held = 0;
    for (const { holdings, inFlight } of this.members.values()) {
      for (const holding of holdings) if (holding.jobMaster === jobMaster) held += holding.opening + holding.slots.filter((slot) => !without.has(slot)).length;
      for (const allocation of inFlight) if (allocation.jobMaster === jobMaster) held += allocation.count;
    }
    return held;
  }

  missing(need: SlotNeed): number {
    return Math.max(0, need.count - this.held(need));
  }

  /** Who misses slots, in the order in which they are served (L3). */
  waiting(): readonly SlotNeed[] {
    return this.needs()
      .filter((need) => this.missing(need) > 0)
      .map((need) => ({ need, runs: this.held(need) > 0 }))
      .sort((a, b) => Number(b.runs) - Number(a.runs) || a.need.order - b.need.order)
      .map(({ need }) => need);
  }

  /** Could the cluster give all that the job needs, if it had nothing else to do? */
  isFeasible(need: SlotNeed): boolean {
    return need.count <= this.totalSlots();
  }

  /** Takes all that the job misses, or nothing (L2). */
  allocate(need: SlotNeed, nowMs: number): readonly Allocation[] | undefined {
    const missing = this.missing(need);
    if (missing > this.freeSlots()) return undefined;
    const places = [...this.members].map(([taskExecutor, member]) => ({ taskExecutor, member, free: freeOf(member), count: 0 }))
      .sort((a, b) => (a.taskExecutor < b.taskExecutor ? -1 : 1));
    for (let left = missing; left > 0; left--) {
      const open = places.filter(({ free }) => free > 0);
      const place = this.evenlySpread ? open.reduce((best, next) => (next.free > best.free || (next.free === best.free && next.count < best.count) ? next : best)) : open[0];
      place.free--;
      place.count++;
    }
    return places.filter(({ count }) => count > 0).map(({ taskExecutor, member, count }): Allocation => {
      const number = ++this.allocationCount;
      member.inFlight = [...member.inFlight, { number, jobMaster: need.jobMaster, count, sentMs: nowMs }];
      return { number, taskExecutor, count };
    });
  }
}

function freeOf({ info, inFlight }: Member): number {
  return Math.max(0, info.freeSlots - inFlight.reduce((sum, { count }) => sum + count, 0));
}
