/** The program under test: a copy of the bundle, so that a rebuild of the workspace does not change what a long run runs. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Below the workspace, for third-party packages are found from there. */
const copies = join(root, '.cache/chaos');

export interface Program {
  /** What `node` runs; arguments of the command line follow. */
  readonly entry: string;
  remove(): void;
}

/** `from`: folder of a bundle; default the workspace's own, made anew when a source is newer. */
export function copyProgram(from?: string): Program {
  removeAbandoned();
  const source = from ?? freshBundle();
  const folder = join(copies, `program-${process.pid}-${Date.now().toString(36)}`);
  mkdirSync(folder, { recursive: true });
  cpSync(source, join(folder, 'bundle'), { recursive: true });
  return { entry: join(folder, 'bundle/weir.js'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function freshBundle(): string {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'apps/cli/bin/weir.mjs'), '--version'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the command line does not start: ${stderr}`);
  return join(root, 'apps/cli/dist/bundle');
}

/** Copies of drivers that were killed. */
function removeAbandoned(): void {
  if (!existsSync(copies)) return;
  for (const name of readdirSync(copies)) {
    const pid = /^program-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isDriver(pid)) rmSync(join(copies, name), { recursive: true, force: true });
  }
}

function isDriver(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('chaos');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
