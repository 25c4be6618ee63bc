/** Tells a live process from a dead one whose number was given to another: pid plus the time at which the process began. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** When the process began, in the operating system's own unit; empty where it cannot be known. */
  readonly started: string;
}

export function currentProcess(): ProcessIdentity {
  return identityOf(process.pid);
}

/** Of a live process of this machine. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, host: hostname(), started: startOf(pid) };
}

/** False only when it is certain that the process is gone. A process of another host counts as alive. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return true;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  const started = startOf(identity.pid);
  return started === '' || identity.started === '' || started === identity.started;
}

/** Linux: boot id and field 22 of /proc/<pid>/stat (clock ticks since boot). Elsewhere unknown: then only the pid counts. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces: count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return 'zombie';
    return `${boot}/${fields[19]}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) return ''; // no /proc here, or the process is gone
    throw error;
  }
}
