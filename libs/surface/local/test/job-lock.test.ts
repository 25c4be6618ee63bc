import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JobLock } from '../src/job-lock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const leave = (number: number, fields: object) => writeFileSync(join(folder, `lock-${number}.json`), JSON.stringify({ jobName: 'j', released: false, ...fields }));

describe('a job lock', () => {
  it('given a live holder / when another takes it / then that is refused, naming the process, until it is released', () => {
    const lock = JobLock.acquire(folder, 'orders');
    expect(() => JobLock.acquire(folder, 'orders')).toThrow(expect.objectContaining({ code: 'WEIR_JOB_ALREADY_RUNNING', message: expect.stringContaining(`process ${process.pid}`) }));
    lock.release();
    lock.release();
    JobLock.acquire(folder, 'orders').release();
  });

  it('given a holder that was killed / then its lock is taken over', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    leave(7, { pid: child.pid, host: hostname(), started: '' });
    expect(() => JobLock.acquire(folder, 'orders')).toThrow(expect.objectContaining({ code: 'WEIR_JOB_ALREADY_RUNNING' }));
    child.kill('SIGKILL');
    await once(child, 'exit');
    JobLock.acquire(folder, 'orders');
    expect(readdirSync(folder)).toEqual(['lock-8.json']);
  });

  it('given a live process with the number of a dead holder / then the start time tells them apart', () => {
    leave(1, { pid: process.pid, host: hostname(), started: 'another-boot/1' });
    const lock = process.platform === 'linux' ? JobLock.acquire(folder, 'orders') : undefined;
    lock?.release();
    leave(9, { pid: process.pid, host: 'another-host', started: 'another-boot/1' });
    expect(() => JobLock.acquire(folder, 'orders')).toThrow(expect.objectContaining({ code: 'WEIR_JOB_ALREADY_RUNNING' }));
  });

  it('given a lock file that a power cut emptied / then it does not block', () => {
    writeFileSync(join(folder, 'lock-3.json'), '');
    JobLock.acquire(folder, 'orders');
    expect(readdirSync(folder)).toEqual(['lock-4.json']);
  });

  it('released after its folder was removed / is harmless', () => {
    const lock = JobLock.acquire(folder, 'orders');
    rmSync(folder, { recursive: true });
    lock.release();
  });
});
