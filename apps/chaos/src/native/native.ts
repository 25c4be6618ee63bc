/** Small C programs that some faults need, compiled when first used. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../cluster/program.js';

const folder = join(root, '.cache/chaos/native');

export type NativeName = 'fsync-fault.so' | 'ext4-shutdown';

/** Path of the compiled thing. Throws when there is no compiler. */
export function native(name: NativeName): string {
  const source = fileURLToPath(new URL(`./${name.replace(/\.so$/, '')}.c`, import.meta.url));
  const target = join(folder, name);
  if (existsSync(target) && statSync(target).mtimeMs > statSync(source).mtimeMs) return target;
  mkdirSync(folder, { recursive: true });
  const shared = name.endsWith('.so') ? ['-shared', '-fPIC'] : [];
  const { status, stderr } = spawnSync('cc', ['-O1', ...shared, '-o', target, source, ...(shared.length > 0 ? ['-ldl'] : [])], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${source} does not compile: ${stderr}`);
  return target;
}

export function needsCompiler(): string | undefined {
  return has('cc') ? undefined : 'there is no C compiler';
}

export function needsRoot(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'it needs root';
}

export function needsLoopDisk(): string | undefined {
  return needsRoot() ?? needsCompiler() ?? (has('mkfs.ext4') && has('losetup') ? undefined : 'there is no mkfs.ext4');
}

const FAKETIME = ['/usr/lib/x86_64-linux-gnu/faketime', '/usr/lib/aarch64-linux-gnu/faketime'];

/** Path of libfaketime. */
export function faketimeLibrary(): string | undefined {
  const found = FAKETIME.find((it) => existsSync(it) && readdirSync(it).includes('libfaketimeMT.so.1'));
  return found === undefined ? undefined : join(found, 'libfaketimeMT.so.1');
}

export function needsFaketime(): string | undefined {
  return faketimeLibrary() === undefined ? 'libfaketime is not installed (apt-get install libfaketime)' : undefined;
}

function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}
