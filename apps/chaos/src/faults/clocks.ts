/** Wall clocks that jump, by libfaketime: the monotonic clock stays true, as on a real host. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../cluster/member.js';
import { faketimeLibrary } from '../native/native.js';
import { probedProcesses, probesOf, probing, type Probe } from '../soak/probing.js';
import type { Fault } from './fault.js';

const orderOf = (directory: string, role: Role): string => join(directory, `clock-${role}`);

export function clockEnvironment(directory: string, role: Role): Record<string, string> {
  const library = faketimeLibrary();
  if (library === undefined) throw new Error('libfaketime is not installed');
  writeFileSync(orderOf(directory, role), '+0');
  return { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: orderOf(directory, role), FAKETIME_NO_CACHE: '1', DONT_FAKE_MONOTONIC: '1', ...probing(join(directory, `probes-${role}`), 1000) };
}

/**
 * The clocks of a role jump. Nothing may follow: no leader changes, no restart. It bites when a process of the role has told of a time that is far
 * from the true one.
 */
export function clockJump(role: Role, seconds: number): Fault {
  let from = 0;
  return {
    name: `clock ${seconds > 0 ? '+' : ''}${seconds / 3600} h, ${role}`, boundMs: 30_000, biteMs: 15_000, quiet: true,
    inject: async (world) => {
      from = told(world.directory, role).length;
      writeFileSync(orderOf(world.directory, role), `${seconds > 0 ? '+' : ''}${seconds}`);
      await sleep(world.draws.between(5, 8) * 1000);
      writeFileSync(orderOf(world.directory, role), '+0');
      return role;
    },
    bit: ({ directory }) => {
      const now = Date.now();
      return told(directory, role).length > from && told(directory, role).some(({ at }) => Math.abs(at - now) > 0.9 * Math.abs(seconds) * 1000);
    },
  };
}

function told(directory: string, role: Role): readonly Probe[] {
  const folder = join(directory, `probes-${role}`);
  return probedProcesses(folder).flatMap((pid) => probesOf(folder, pid));
}
