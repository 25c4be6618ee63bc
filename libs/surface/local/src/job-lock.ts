/**
 * One run at a time per job folder.
 *
 * Lock files are numbered; the one with the highest number decides. It is never deleted, only marked as released, so numbers only rise.
 *
 * L1: a lock is created whole and exclusively (temporary file, then link): nobody sees a half-written one, and of two takers of one number one wins.
 * L2: a taker that finds a higher number after it created its own looked at an old listing: it withdraws and looks again.
 * L3: only the holder of a higher number deletes lower ones.
 * A holder that was killed is recognized by pid and start time; its lock is taken over.
 */
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentProcess, isAlive, type ProcessIdentity } from '@weir/host-node';
import { JobAlreadyRunningError } from './errors.js';

interface LockRecord extends ProcessIdentity {
  readonly jobName: string;
  readonly released: boolean;
}

const LOCK_NAME = /^lock-(\d+)\.json$/;

export class JobLock {
  private constructor(private readonly path: string, private readonly record: LockRecord) {}

  /** Takes the lock of `folder` (created when missing). Throws `WEIR_JOB_ALREADY_RUNNING` when a live process holds it. */
  static acquire(folder: string, jobName: string, self: ProcessIdentity = currentProcess()): JobLock {
    mkdirSync(folder, { recursive: true });
    const record: LockRecord = { ...self, jobName, released: false };
    for (;;) {
      const highest = highestNumber(folder);
      const holder = highest === 0 ? undefined : readLock(lockPath(folder, highest));
      if (holder !== undefined && !holder.released && isAlive(holder)) throw new JobAlreadyRunningError({ jobName, folder, pid: holder.pid, host: holder.host });
      const number = highest + 1;
      const path = lockPath(folder, number);
      if (!createWhole(path, record)) continue; // L1: somebody else was faster.
      if (highestNumber(folder) > number) {
        rmSync(path, { force: true }); // L2
        continue;
      }
      for (const lower of numbersIn(folder)) if (lower < number) rmSync(lockPath(folder, lower), { force: true }); // L3
      return new JobLock(path, record);
    }
  }

  /** Gives the lock back; may be called twice. Harmless when the folder is gone. */
  release(): void {
    if (!existsSync(this.path)) return;
    const temporary = `${this.path}.${this.record.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify({ ...this.record, released: true }));
    renameSync(temporary, this.path);
  }
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock-${number}.json`);
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => LOCK_NAME.exec(name)?.[1] ?? []).map(Number);
}

function highestNumber(folder: string): number {
  return Math.max(0, ...numbersIn(folder));
}

/** Undefined for a lock that a power cut left unreadable (L1 excludes every other reason), or that was deleted meanwhile. */
function readLock(path: string): LockRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockRecord;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function createWhole(path: string, record: LockRecord): boolean {
  const temporary = `${path}.${record.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(record));
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
