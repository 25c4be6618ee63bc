/**
 * The folders of attempts in a temporary directory. A process that is killed leaves its own; the next one that starts there removes them.
 *
 *   <directory>/weir-state-<process id>-<attempt>/<operator>/db
 *
 *  X1  A folder goes only if its process is gone, and if none of its stores is locked: a process of another container may share the directory, and
 *      its id says nothing here, but the kernel knows its locks. (The lock of an own store must not be tried: closing the file would release it.)
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { kill, pid } from 'node:process';
import { toError } from '@weir/base';
import type { Logger } from '@weir/ports';

const PREFIX = 'weir-state-';

export function workingFolder(directory: string, attempt: string): string {
  return join(directory, `${PREFIX}${pid}-${attempt}`);
}

export interface SweepSteps {
  readonly isLocked: (store: string) => Promise<boolean>;
  readonly remove: (folder: string) => Promise<void>;
}

/** X1. Says what could not be removed, and goes on. */
export async function sweepWorkingFolders(directory: string, { isLocked, remove }: SweepSteps, logger: Logger): Promise<void> {
  for (const name of await namesIn(directory)) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name);
    if (owner === null || isAlive(Number(owner[1]))) continue;
    const folder = join(directory, name);
    try {
      const stores = (await namesIn(folder)).map((operator) => join(folder, operator, 'db'));
      const locked = await Promise.all(stores.map(isLocked));
      if (!locked.includes(true)) await remove(folder);
    } catch (failure) {
      logger.log('warn', 'a working folder of a process that is gone could not be removed', { folder, failure: toError(failure).message });
    }
  }
}

function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []); // not there, or gone meanwhile
}

function isAlive(owner: number): boolean {
  try {
    kill(owner, 0);
    return true;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
