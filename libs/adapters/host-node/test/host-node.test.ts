import { describe, expect, it } from '@jest/globals';
import { ConsoleLogger, SystemClock, SystemRandom, SystemTimers } from '@weir/host-node';
import { ManualClock } from '@weir/ports';

describe('SystemTimers', () => {
  it('defers in order, never within the call', async () => {
    const timers = new SystemTimers();
    const seen: number[] = [];
    await new Promise<void>((resolve) => {
      timers.defer(() => seen.push(1));
      timers.defer(() => seen.push(2));
      timers.defer(resolve);
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([1, 2]);
  });

  it('does not run what was cancelled, and takes delays beyond the limit of setTimeout', async () => {
    const timers = new SystemTimers();
    let ran = false;
    const cancels = [timers.after(1, () => (ran = true)), timers.after(1e12, () => (ran = true))];
    for (const cancel of cancels) cancel();
    await new Promise<void>((resolve) => timers.after(5, resolve));
    expect(ran).toBe(false);
  });
});

describe('SystemClock', () => {
  it('never falls', () => {
    const clock = new SystemClock();
    const first = clock.monotonic();
    expect(clock.monotonic()).toBeGreaterThanOrEqual(first);
    expect(clock.now()).toBeGreaterThan(1_600_000_000_000);
  });
});

describe('SystemRandom', () => {
  it('stays in range and makes distinct ids', () => {
    const random = new SystemRandom();
    for (let i = 0; i < 100; i++) {
      expect(random.next()).toBeLessThan(1);
      expect(random.nextInt(3)).toBeLessThan(3);
    }
    expect(random.hex(16)).toMatch(/^[0-9a-f]{32}$/);
    expect(random.hex(16)).not.toBe(random.stream().hex(16));
  });
});

describe('ConsoleLogger', () => {
  const clock = new ManualClock(0);
  const capture = (format: 'text' | 'json'): { lines: string[]; logger: ConsoleLogger } => {
    const lines: string[] = [];
    return { lines, logger: new ConsoleLogger({ clock, format, write: (line) => lines.push(line) }) };
  };

  it('writes one JSON line per entry with the fields of its parents, from its level on', () => {
    const { lines, logger } = capture('json');
    logger.log('debug', 'dropped');
    logger.child({ job: 'j' }).log('warn', 'slow', { ms: 3, big: 10n });
    expect(lines).toEqual(['{"at":"1970-01-01T00:00:00.000Z","level":"warn","message":"slow","job":"j","ms":3,"big":"10"}\n']);
  });

  it('writes text for people, quoting where needed, with the stack below', () => {
    const { lines, logger } = capture('text');
    logger.log('error', 'failed', { actor: 'a/b', error: 'no such thing', stack: 'Error\n  at x' });
    expect(lines).toEqual(['1970-01-01T00:00:00.000Z ERROR failed actor=a/b error="no such thing"\nError\n  at x\n']);
  });

  it('survives fields that cannot be written', () => {
    const { lines, logger } = capture('json');
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    logger.log('info', 'odd', { circular });
    expect(lines[0]).toContain('unloggable');
  });
});
