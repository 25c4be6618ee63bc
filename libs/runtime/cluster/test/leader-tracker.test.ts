import { describe, expect, it } from '@jest/globals';
import { drainMicrotasks, type LeaderRecord, ManualClock, ManualTimers, MemoryLeaderRegister, silentLogger } from '@weir/ports';
import { LeaderTracker } from '../src/leader-tracker.js';

const record = (epoch: number, leader: string, renewCount = 0): LeaderRecord => ({ epoch, leader, restUrl: '', nonce: 'n', renewCount });

function rig(): { register: MemoryLeaderRegister; tracker: LeaderTracker; timers: ManualTimers; clock: ManualClock; changes: () => number } {
  const clock = new ManualClock();
  const timers = new ManualTimers(clock);
  const register = new MemoryLeaderRegister();
  const tracker = new LeaderTracker({ register, timers, logger: silentLogger });
  let changes = 0;
  tracker.onChange(() => changes++);
  tracker.start();
  return { register, tracker, timers, clock, changes: () => changes };
}

describe('LeaderTracker', () => {
  it('given a register without hints / when a leader appears / then the next poll finds its ResourceManager', async () => {
    const { register, tracker, timers } = rig();
    expect(tracker.currentResourceManager()).toBeUndefined();
    register.watch(() => undefined);
    await register.compareAndSet(0, record(3, 'jm-2'));
    await timers.runUntil(() => tracker.currentResourceManager() === 'jm-2/resource-manager.3');
    tracker.close();
  });

  it('given a leader that only renews / then nobody is told', async () => {
    const { register, tracker, timers, changes } = rig();
    await register.compareAndSet(0, record(3, 'jm-2'));
    await timers.runUntil(() => changes() === 1);
    await register.compareAndSet(1, record(3, 'jm-2', 1));
    await register.compareAndSet(2, record(4, 'jm-1'));
    await timers.runUntil(() => changes() === 2);
    expect(tracker.leader?.epoch).toBe(4);
    tracker.close();
  });

  it('given a register that is lost, goes back in time or cannot be reached / then the last leader stays', async () => {
    const { register, tracker, timers, changes } = rig();
    await register.compareAndSet(0, record(3, 'jm-2'));
    await timers.runUntil(() => changes() === 1);
    await register.compareAndSet(1, record(4, 'jm-1'));
    await timers.runUntil(() => changes() === 2);
    register.goBack(1);
    let reads = 0;
    register.fault = (operation) => (operation === 'read' && ++reads % 2 === 0 ? 'unreachable' : undefined);
    await timers.runUntil(() => reads >= 4);
    register.lose();
    await timers.runUntil(() => reads >= 8);
    expect([tracker.currentResourceManager(), changes()]).toEqual(['jm-1/resource-manager.4', 2]);
    tracker.close();
  });

  it('given a closed tracker / then no timer and no subscription of it is left', async () => {
    const { register, tracker, timers } = rig();
    await register.compareAndSet(0, record(3, 'jm-2'));
    await timers.runUntil(() => tracker.leader !== undefined);
    tracker.close();
    expect(timers.pendingCount).toBe(0);
    await register.compareAndSet(1, record(4, 'jm-1'));
    await drainMicrotasks();
    expect([tracker.leader?.epoch, timers.pendingCount]).toEqual([3, 0]);
  });
});
