import { describe, expect, it } from '@jest/globals';
import { ManualClock, ManualTimers } from '@weir/ports';
import { ExpectedReceivers } from '../src/expected-receivers.js';

describe('ExpectedReceivers', () => {
  it('tells the one whose message nobody received, once', () => {
    const expected = new ExpectedReceivers(new ManualTimers(new ManualClock()));
    const told: string[] = [];
    const [one, two] = ['one', 'two'].map((name) => expected.expect(() => told.push(name)));
    expected.nobody(two);
    expected.nobody(two);
    expected.nobody('unknown');
    expect(told).toEqual(['two']);
    expected.nobody(one);
    expect(told).toEqual(['two', 'one']);
  });

  it('forgets what stays unanswered, and leaves no timer behind', () => {
    const clock = new ManualClock();
    const timers = new ManualTimers(clock);
    const expected = new ExpectedReceivers(timers);
    let told = 0;
    const token = expected.expect(() => told++);
    timers.advanceBy(5_000);
    expect(expected.size).toBe(1);
    timers.advanceBy(5_000);
    expect(expected.size).toBe(0);
    timers.advanceBy(60_000);
    expect(timers.pendingCount).toBe(0);
    expected.nobody(token);
    expect(told).toBe(0);
  });

  it('holds a bounded number, and keeps the youngest', () => {
    const expected = new ExpectedReceivers(new ManualTimers(new ManualClock()));
    let last = '';
    let told = 0;
    for (let i = 0; i < 100_000; i++) last = expected.expect(() => told++);
    expect(expected.size).toBeLessThanOrEqual(20_000);
    expected.nobody(last);
    expect(told).toBe(1);
  });

  it('knows nothing after a break', () => {
    const timers = new ManualTimers(new ManualClock());
    const expected = new ExpectedReceivers(timers);
    const token = expected.expect(() => expect(true).toBe(false));
    expected.clear();
    expected.nobody(token);
    expect(timers.pendingCount).toBe(0);
  });
});
