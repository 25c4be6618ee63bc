/**
 * Strategy: any order of reports, declarations, losses and allocations whose messages arrive late or never. Invariants: no TaskExecutor is asked for more
 * than it has (L1); a job gets all or nothing (L2); when nothing changes any more, nobody waits who could be served (L3).
 */
import { describe, expect, it } from '@jest/globals';
import { jobId } from '@weir/base';
import fc from 'fast-check';
import type { TaskManagerInfo } from '../src/cluster-gateway.js';
import type { SlotHolding } from '../src/resource-manager.protocol.js';
import { type Allocation, SlotLedger } from '../src/slot-ledger.js';

const JOB = jobId('a'.repeat(32));
const info = (id: string, slots: number, freeSlots: number): TaskManagerInfo => ({
  id, slots, freeSlots, host: id, processId: 1, lastHeartbeatMs: 0, startedAtMs: 0, cpuCores: 1, physicalMemory: 0, freeMemory: 0, heapUsed: 0, heapLimit: 0, residentMemory: 0,
  allocatedSlots: [],
});

/** A TaskExecutor that does what it is told when the message arrives. */
class Member {
  readonly holdings = new Map<string, string[]>();
  lastAllocation = 0;
  private opened = 0;

  constructor(readonly address: string, readonly slots: number) {}

  get used(): number {
    return [...this.holdings.values()].reduce((sum, { length }) => sum + length, 0);
  }

  take(jobMaster: string, { number, count }: Allocation): void {
    this.lastAllocation = number;
    const slots = this.holdings.get(jobMaster) ?? [];
    this.holdings.set(jobMaster, slots);
    for (let i = 0; i < count; i++) slots.push(`${this.address}/slot-${++this.opened}`);
    expect(this.used).toBeLessThanOrEqual(this.slots); // L1
  }

  report(ledger: SlotLedger, nowMs = 0): void {
    const holdings = [...this.holdings].map(([jobMaster, slots]): SlotHolding => ({ jobId: JOB, jobMaster, slots: [...slots], opening: 0 }));
    ledger.report({ type: 'task-executor-report', taskExecutor: this.address, info: info(this.address, this.slots, this.slots - this.used), holdings, lastAllocation: this.lastAllocation }, nowMs);
  }
}

function declare(ledger: SlotLedger, jobMaster: string, request: number, count: number, without: readonly string[] = []): void {
  ledger.declare({ type: 'request-slots', jobId: JOB, jobMaster, request, count, without, job: { jobId: JOB, checkpointDirectory: '', configuration: {} } });
}

describe('SlotLedger', () => {
  it('given free slots on several TaskExecutors / then those with the most give first', () => {
    const ledger = new SlotLedger(true);
    new Member('tm-1', 1).report(ledger);
    new Member('tm-2', 4).report(ledger);
    new Member('tm-3', 3).report(ledger);
    declare(ledger, 'jm', 1, 5);
    expect(ledger.allocate(ledger.waiting()[0], 0)?.map(({ taskExecutor, count }) => [taskExecutor, count])).toEqual([['tm-2', 3], ['tm-3', 2]]);
  });

  it('given no spreading / then one TaskExecutor is filled after the other', () => {
    const ledger = new SlotLedger(false);
    for (const name of ['tm-1', 'tm-2']) new Member(name, 3).report(ledger);
    declare(ledger, 'jm', 1, 4);
    expect(ledger.allocate(ledger.waiting()[0], 0)?.map(({ taskExecutor, count }) => [taskExecutor, count])).toEqual([['tm-1', 3], ['tm-2', 1]]);
  });

  it('given an older declaration that comes late / then it changes nothing', () => {
    const ledger = new SlotLedger(true);
    declare(ledger, 'jm', 2, 4);
    declare(ledger, 'jm', 1, 1);
    expect(ledger.needs()[0].count).toBe(4);
  });

  it('given a slot that its job has given up / then another one is missing, though its TaskExecutor still reports it', () => {
    const ledger = new SlotLedger(true);
    const member = new Member('tm-1', 2);
    member.report(ledger);
    declare(ledger, 'jm', 1, 1);
    member.take('jm', (ledger.allocate(ledger.waiting()[0], 0) as readonly Allocation[])[0]);
    member.report(ledger);
    expect(ledger.waiting()).toEqual([]);
    declare(ledger, 'jm', 2, 1, ['tm-1/slot-1']);
    expect(ledger.waiting()).toHaveLength(1);
  });

  it('given an allocation that its TaskExecutor never heard of / then after a while it is made again', () => {
    const ledger = new SlotLedger(true);
    const member = new Member('tm-1', 2);
    member.report(ledger, 0);
    declare(ledger, 'jm', 1, 2);
    expect(ledger.allocate(ledger.waiting()[0], 100)).toHaveLength(1);
    member.report(ledger, 1000);
    expect(ledger.waiting()).toEqual([]);
    member.report(ledger, 4000);
    expect(ledger.allocate(ledger.waiting()[0], 4000)).toHaveLength(1);
  });

  it('given any interleaving / then nothing is promised twice, and in the end nobody waits who could be served', () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('report' as const), member: fc.nat(2) }),
      fc.record({ kind: fc.constant('deliver' as const) }),
      fc.record({ kind: fc.constant('void' as const) }),
      fc.record({ kind: fc.constant('need' as const), job: fc.nat(2), count: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ kind: fc.constant('crash' as const), member: fc.nat(2) }),
      fc.record({ kind: fc.constant('end' as const), job: fc.nat(2) }),
    );
    fc.assert(fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const ledger = new SlotLedger(true);
      const members = [2, 3, 1].map((slots, i) => new Member(`tm-${i}`, slots));
      const known = new Set<number>();
      const onTheWay: { readonly jobMaster: string; readonly allocation: Allocation }[] = [];
      let requests = 0;
      const serve = (): void => {
        for (const need of ledger.waiting()) {
          const missing = ledger.missing(need);
          const free = ledger.freeSlots();
          const allocations = ledger.allocate(need, 0);
          if (allocations === undefined) {
            expect(missing).toBeGreaterThan(free);
            if (ledger.isFeasible(need)) return;
            continue;
          }
          expect(allocations.reduce((sum, { count }) => sum + count, 0)).toBe(missing); // L2
          for (const allocation of allocations) onTheWay.push({ jobMaster: need.jobMaster, allocation });
        }
      };
      const deliver = (): void => {
        const next = onTheWay.shift();
        if (next !== undefined) members.find(({ address }) => address === next.allocation.taskExecutor)?.take(next.jobMaster, next.allocation);
      };
      const report = (index: number): void => {
        known.add(index);
        members[index].report(ledger);
      };
      for (const step of actions) {
        if (step.kind === 'report') report(step.member);
        else if (step.kind === 'deliver') deliver();
        else if (step.kind === 'need') declare(ledger, `jm-${step.job}`, ++requests, step.count);
        else if (step.kind === 'void' || step.kind === 'crash') {
          // A link ends: what is on its way is lost and the TaskExecutor does not count until it speaks again; a crash empties it as well.
          const index = step.kind === 'crash' ? step.member : 0;
          const { address, slots } = members[index];
          onTheWay.splice(0, onTheWay.length, ...onTheWay.filter(({ allocation }) => allocation.taskExecutor !== address));
          ledger.removeTaskExecutor(address);
          known.delete(index);
          if (step.kind === 'crash') members[index] = new Member(address, slots);
        } else {
          ledger.removeJobMaster(`jm-${step.job}`);
          for (const { holdings } of members) holdings.delete(`jm-${step.job}`);
          onTheWay.splice(0, onTheWay.length, ...onTheWay.filter(({ jobMaster }) => jobMaster !== `jm-${step.job}`));
        }
        serve();
      }
      for (let i = 0; i < 20; i++) {
        while (onTheWay.length > 0) deliver();
        members.forEach((_, index) => report(index));
        serve();
      }
      const first = ledger.waiting().find((need) => ledger.isFeasible(need));
      if (first !== undefined) expect(ledger.missing(first)).toBeGreaterThan(ledger.freeSlots()); // L3
    }), { numRuns: 500 });
  });
});
