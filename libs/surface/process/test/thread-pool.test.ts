/** Real threads; what they run is a few lines of JavaScript that speak the protocol. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemTimers } from '@weir/host-node';
import { RecordingLogger } from '@weir/ports';
import { WorkerHub } from '@weir/transport-worker';
import { ThreadPool, type ThreadPoolOptions } from '../src/index.js';

const ENTRY = `
import { parentPort, workerData } from 'node:worker_threads';
if (workerData.settings.broken) throw new Error('broken entry');
parentPort.on('message', ({ number, command }) => {
  if (number < 0) { if (!workerData.settings.stubborn) process.exit(0); return; }
  if (command === 'die') process.exit(7);
  if (command === 'leave') { parentPort.postMessage({ number: -1 }); process.exit(0); }
  if (command === 'throw') setTimeout(() => { throw new Error('thrown'); });
  else if (command === 'fail') parentPort.postMessage({ number, failure: { name: 'E', code: 'WEIR_X', domain: 'user', retry: 'never', message: 'refused', hint: '', stack: '', details: {} } });
  else parentPort.postMessage({ number, value: workerData.node + ' ' + command });
});
parentPort.postMessage({ number: 0 });
`;

let folder: string;
let hub: WorkerHub;
let logger: RecordingLogger;
let pools: ThreadPool[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-threads-'));
  writeFileSync(join(folder, 'entry.mjs'), ENTRY);
  logger = new RecordingLogger();
  hub = new WorkerHub({ timers: new SystemTimers(), logger });
  pools = [];
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close(0)));
  hub.close();
  rmSync(folder, { recursive: true, force: true });
});

function makePool(options: Partial<ThreadPoolOptions> = {}): ThreadPool {
  const pool = new ThreadPool({ namePrefix: 'tm-1-slot', entry: join(folder, 'entry.mjs'), settings: {}, hub, timers: new SystemTimers(), logger, spare: 1, ...options });
  pools.push(pool);
  return pool;
}

describe('a pool of threads', () => {
  it('gives threads that take commands, each with a name that was never used', async () => {
    const pool = makePool();
    const first = await pool.take();
    expect(await first.call('a')).toBe('tm-1-slot-1 a');
    await pool.give(first, 1000);
    const second = await pool.take();
    expect([first.node, second.node]).toEqual(['tm-1-slot-1', 'tm-1-slot-2']);
    await expect(first.ended).resolves.toBeUndefined();
  });

  it('given more takers than spare threads / then it starts more', async () => {
    const pool = makePool({ spare: 1, most: 1 });
    const taken = await Promise.all([pool.take(), pool.take(), pool.take()]);
    expect(new Set(taken.map(({ node }) => node)).size).toBe(3);
  });

  it('when a thread refuses a command / then the caller gets its failure, and the thread goes on', async () => {
    const thread = await makePool().take();
    await expect(thread.call('fail')).rejects.toMatchObject({ code: 'WEIR_X', message: 'refused' });
    expect(await thread.call('b')).toBe('tm-1-slot-1 b');
  });

  it.each([
    ['ends', 'die', 'WEIR_THREAD_ENDED'],
    ['throws', 'throw', 'WEIR_THREAD_FAILED'],
  ])('when a thread %s / then pending calls reject, its end says why, and another one takes its place', async (_, command, code) => {
    const pool = makePool();
    const thread = await pool.take();
    await expect(thread.call(command)).rejects.toMatchObject({ code });
    await expect(thread.ended).resolves.toMatchObject({ code });
    expect(logger.entries.some(({ level, message }) => level === 'error' && message === 'a thread died')).toBe(true);
    expect(await (await pool.take()).call('c')).toMatch(/^tm-1-slot-\d c$/);
  });

  it('when a thread that throws is given up before its exit is heard / then its end still says why', async () => {
    const pool = makePool({ settings: { stubborn: true } });
    const thread = await pool.take();
    const call = expect(thread.call('throw')).rejects.toMatchObject({ code: 'WEIR_THREAD_FAILED' });
    await pool.give(thread, 10_000);
    await call;
    await expect(thread.ended).resolves.toMatchObject({ code: 'WEIR_THREAD_FAILED', message: 'Error: thrown' });
  });

  it('when a thread has nothing left to do / then it ends without a failure, and another one takes its place', async () => {
    const pool = makePool({ spare: 1, most: 1 });
    const thread = await pool.take();
    await expect(thread.call('leave')).rejects.toMatchObject({ code: 'WEIR_THREAD_ENDED' });
    await expect(thread.ended).resolves.toBeUndefined();
    expect((await pool.take()).node).toBe('tm-1-slot-2');
    expect(logger.entries).toEqual([]);
  });

  it('when a thread does not end as it is told / then it is ended by force', async () => {
    const pool = makePool({ settings: { stubborn: true } });
    const thread = await pool.take();
    await pool.give(thread, 10);
    await expect(thread.ended).resolves.toBeUndefined();
    await expect(thread.call('d')).rejects.toMatchObject({ code: 'WEIR_THREAD_ENDED' });
  });

  it('given an entry that throws / then taking one rejects with its error', async () => {
    await expect(makePool({ settings: { broken: true } }).take()).rejects.toMatchObject({ code: 'WEIR_THREAD_FAILED', message: expect.stringContaining('broken entry') });
  });
});
