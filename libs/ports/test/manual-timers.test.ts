import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock, ManualTimers } from '@weir/ports';

describe('ManualTimers', () => {
  it('runs nothing within the call and nothing before its time', () => {
    const timers = new ManualTimers(new ManualClock());
    const seen: string[] = [];
    timers.after(10, () => seen.push('timer'));
    timers.defer(() => seen.push('deferred'));
    expect(seen).toEqual([]);
    timers.advanceBy(9.5);
    expect(seen).toEqual(['deferred']);
    timers.advanceBy(0.5);
    expect(seen).toEqual(['deferred', 'timer']);
    expect(timers.pendingCount).toBe(0);
  });

  it('runs timers by due time, and equal ones in the order of the call', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ delay: fc.nat(20), cancelled: fc.boolean() })), (plan) => {
        const timers = new ManualTimers(new ManualClock());
        const seen: number[] = [];
        plan.forEach(({ delay, cancelled }, i) => {
          const cancel = timers.after(delay, () => seen.push(i));
          if (cancelled) cancel();
        });
        timers.advanceBy(20);
        const expected = plan.map(({ delay, cancelled }, i) => ({ delay, cancelled, i })).filter(({ cancelled }) => !cancelled);
        expect(seen).toEqual(expected.sort((a, b) => a.delay - b.delay || a.i - b.i).map(({ i }) => i));
      }),
    );
  });

  it('moves the clock to each timer, so that a chain of timers keeps its distances', () => {
    const clock = new ManualClock();
    const timers = new ManualTimers(clock);
    const at: number[] = [];
    const again = (): void => {
      at.push(clock.monotonic());
      if (at.length < 3) timers.after(7, again);
    };
    timers.after(7, again);
    timers.advanceBy(100);
    expect(at).toEqual([7, 14, 21]);
    expect(clock.monotonic()).toBe(100);
  });

  it('runs promise chains between callbacks while it waits for a condition', async () => {
    const timers = new ManualTimers(new ManualClock());
    let done = false;
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => timers.after(ms, resolve));
    const work = async (): Promise<void> => {
      await sleep(10);
      await sleep(20);
      done = true;
    };
    const working = work();
    await timers.runUntil(() => done);
    await working;
    expect(timers.clock.monotonic()).toBe(30);
  });

  it('says what it waited for when nothing is left', async () => {
    await expect(new ManualTimers(new ManualClock()).runUntil(() => false)).rejects.toThrow('nothing is left to run');
  });
});

describe('ManualClock', () => {
  it('steps the wall clock without touching monotonic time', () => {
    const clock = new ManualClock(1000);
    clock.advanceBy(5);
    clock.stepWallClock(-500);
    expect([clock.now(), clock.monotonic()]).toEqual([505, 5]);
  });
});
