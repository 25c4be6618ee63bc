/** Strategy: random registrations, deletions and firings against a sorted list. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TimerQueue } from '../src/time/timer-queue.js';

describe('given timers of several keys', () => {
  it('when the same timer is registered twice, then it fires once', () => {
    const queue = new TimerQueue();
    expect(queue.add(10, 'a')).toBe(true);
    expect(queue.add(10, 'a')).toBe(false);
    const fired: unknown[] = [];
    queue.fire(10, (_t, key) => fired.push(key));
    expect(fired).toEqual(['a']);
  });

  it('when a timer registers another one that is due, then that fires in the same sweep', () => {
    const queue = new TimerQueue();
    queue.add(1, 'a');
    const fired: number[] = [];
    queue.fire(5, (timestamp) => {
      fired.push(timestamp);
      if (timestamp < 3) queue.add(timestamp + 1, 'a');
    });
    expect(fired).toEqual([1, 2, 3]);
  });

  it('when the last timers fired at the end of time, then nothing is left', () => {
    const queue = new TimerQueue();
    queue.add(1, 1);
    queue.fire(Number.POSITIVE_INFINITY, () => undefined);
    expect([queue.size, queue.nextTime()]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});

it('given any registrations and deletions, timers fire in the order of time and each exactly once', () => {
  const action = fc.record({ add: fc.boolean(), time: fc.integer({ min: 0, max: 20 }), key: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('0', '1', 'x')) });
  fc.assert(fc.property(fc.array(action, { maxLength: 40 }), fc.integer({ min: 0, max: 20 }), (actions, until) => {
    const queue = new TimerQueue();
    let model: { time: number; key: unknown }[] = [];
    for (const { add, time, key } of actions) {
      const known = model.some((t) => t.time === time && t.key === key);
      if (add && !known) model.push({ time, key });
      if (!add) model = model.filter((t) => t.time !== time || t.key !== key);
      if (add) queue.add(time, key);
      else queue.delete(time, key);
    }
    const fired: { time: number; key: unknown }[] = [];
    queue.fire(until, (time, key) => fired.push({ time, key }));
    const due = model.filter((t) => t.time <= until).sort((a, b) => a.time - b.time);
    expect(fired.map((t) => t.time)).toEqual(due.map((t) => t.time));
    expect(new Set(fired.map((t) => `${t.time}/${typeof t.key}/${t.key}`))).toEqual(new Set(due.map((t) => `${t.time}/${typeof t.key}/${t.key}`)));
    expect(queue.size).toBe(model.length - due.length);
  }), { numRuns: 500 });
});
