import { describe, expect, it } from '@jest/globals';
import { ManualClock, ManualTimers } from '@weir/ports';
import { UnconfirmedBytes } from '../src/unconfirmed-bytes.js';

function fixture(): { timers: ManualTimers; bytes: UnconfirmedBytes; flushes: { resolve: () => void; reject: (error: Error) => void }[] } {
  const timers = new ManualTimers(new ManualClock());
  const flushes: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const bytes = new UnconfirmedBytes(timers, () => new Promise((resolve, reject) => flushes.push({ resolve, reject })));
  return { timers, bytes, flushes };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('UnconfirmedBytes', () => {
  it('counts what was sent until a later ping is answered', async () => {
    const { bytes, flushes } = fixture();
    bytes.add(800 * 1024);
    bytes.add(400 * 1024);
    bytes.add(7);
    expect(flushes).toHaveLength(1);
    expect(bytes.bytes).toBe(1200 * 1024 + 7);
    flushes[0].resolve();
    await settled();
    expect(bytes.bytes).toBe(7);
  });

  it('asks once at a time, and again when much was sent meanwhile', async () => {
    const { bytes, flushes } = fixture();
    for (let i = 0; i < 10; i++) bytes.add(1024 * 1024);
    expect(flushes).toHaveLength(1);
    flushes[0].resolve();
    await settled();
    expect(flushes).toHaveLength(2);
    flushes[1].resolve();
    await settled();
    expect(bytes.bytes).toBe(0);
  });

  it('asks after a while for what is too little, and then keeps no timer', async () => {
    const { timers, bytes, flushes } = fixture();
    bytes.add(1);
    timers.advanceBy(200);
    flushes[0].resolve();
    await settled();
    expect(bytes.bytes).toBe(0);
    expect(timers.pendingCount).toBe(0);
  });

  it('begins anew after a break, and hears no late answer', async () => {
    const { timers, bytes, flushes } = fixture();
    bytes.add(2048 * 1024);
    bytes.reset();
    expect(bytes.bytes).toBe(0);
    bytes.add(2048 * 1024);
    flushes[0].resolve();
    await settled();
    expect(bytes.bytes).toBe(2048 * 1024);
    flushes[1].reject(new Error('broken'));
    await settled();
    bytes.reset();
    expect(timers.pendingCount).toBe(0);
  });
});
