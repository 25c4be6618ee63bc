import { describe, expect, it } from '@jest/globals';
import { ManualClock, ManualTimers } from '@weir/ports';
import { transportConformance } from '@weir/testing/conformance';
import { InProcessTransport } from '@weir/transport-in-process';

transportConformance('InProcessTransport', { detectsNoReceiver: true }, () => {
  const timers = new ManualTimers(new ManualClock());
  return Promise.resolve({ transport: new InProcessTransport(timers), until: (condition) => timers.runUntil(condition) });
});

describe('InProcessTransport', () => {
  it('hands over control before data', async () => {
    const timers = new ManualTimers(new ManualClock());
    const transport = new InProcessTransport(timers);
    const [control, data] = [await transport.connect('a', 'control'), await transport.connect('a', 'data')];
    const seen: unknown[] = [];
    control.subscribe('a.s', (message) => seen.push(message));
    data.publish('a.s', 'data');
    control.publish('a.s', 'control');
    timers.runDeferred();
    expect(seen).toEqual(['control', 'data']);
  });

  it('delivers the others when a handler throws, and lets the error out', async () => {
    const timers = new ManualTimers(new ManualClock());
    const connection = await new InProcessTransport(timers).connect('a', 'control');
    const seen: unknown[] = [];
    connection.subscribe('a.s', (message) => {
      if (message === 'bad') throw new Error('broken handler');
      seen.push(message);
    });
    for (const message of ['one', 'bad', 'two']) connection.publish('a.s', message);
    expect(() => timers.runDeferred()).toThrow('broken handler');
    timers.runDeferred();
    expect(seen).toEqual(['one', 'two']);
  });

  it('leaves no subscription behind a closed connection', async () => {
    const transport = new InProcessTransport(new ManualTimers(new ManualClock()));
    const connection = await transport.connect('a', 'control');
    connection.subscribe('a.s', () => undefined);
    expect(transport.subscriptionCount).toBe(1);
    await connection.close();
    expect(transport.subscriptionCount).toBe(0);
  });
});
