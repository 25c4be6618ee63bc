/**
 * Ends processes of a cluster: first asks, then kills. Only processes that are certainly the cluster's own are touched: their start time is that of
 * the record (a number may have been given to another process since), or they carry the cluster's mark in their environment.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { identityOf, isAlive, type ProcessIdentity } from '@weir/host-node';
import type { Clock, Timers } from '@weir/ports';

/** Environment variable of all processes of a local cluster: its data directory. Child processes inherit it. */
export const MARK = 'WEIR_CLUSTER_DIRECTORY';

const POLL_MS = 10;

export interface EndingHost {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Sends SIGTERM to all, and SIGKILL to those that are left after `graceMs`. Resolves when none is left. */
export async function endProcesses(processes: readonly ProcessIdentity[], graceMs: number, host: EndingHost): Promise<void> {
  const live = processes.filter(isAlive);
  for (const it of live) signal(it, 'SIGTERM');
  if (await gone(live, graceMs, host)) return;
  for (const it of live) if (isAlive(it)) signal(it, 'SIGKILL');
  await gone(live, Infinity, host);
}

/** Processes that carry the mark of this directory, without this one. Linux only; elsewhere none are found, and the records must do. */
export function markedProcesses(directory: string): ProcessIdentity[] {
  const wanted = `${MARK}=${directory}`;
  return processIds().filter((pid) => pid !== process.pid && environmentOf(pid).split('\0').includes(wanted)).map(identityOf);
}

/** True when all were gone within the time. */
async function gone(processes: readonly ProcessIdentity[], withinMs: number, { clock, timers }: EndingHost): Promise<boolean> {
  const deadline = clock.monotonic() + withinMs;
  while (processes.some(isAlive)) {
    if (clock.monotonic() >= deadline) return false;
    await new Promise<void>((resolve) => timers.after(POLL_MS, resolve));
  }
  return true;
}

function signal({ pid }: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it went by itself
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Empty when the process is gone or somebody else's. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) return '';
    throw error;
  }
}
