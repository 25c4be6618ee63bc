/** Faults of disks: full, failing, slow; and the power cut, for which everything lies on a disk of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { native } from '../native/native.js';
import type { Place } from '../scenario.js';
import { newLife, restarted, type Fault, type Sighting } from './fault.js';
import type { World } from '../workload.js';

const failedOrRestarted = (world: World, before: Sighting): boolean => world.watch.sight.failed > before.failed || restarted(world, before);

/** What is mounted now: a driver that is ended in the middle of a run leaves nothing behind. */
const mounted = new Set<string>();
process.once('exit', () => {
  for (const folder of mounted) spawnSync('umount', ['-l', folder]);
});

function mount(folder: string, ...args: readonly string[]): void {
  execFileSync('mount', [...args, folder]);
  mounted.add(folder);
}

/** Mounts a small tmpfs over a folder; returns what takes it away. */
export function smallDisk(folder: string, megabytes: number): () => Promise<void> {
  mkdirSync(folder, { recursive: true });
  mount(folder, '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'weir-chaos');
  return () => unmounted(folder);
}

/** A ballast takes all space that is left, for some seconds. */
export function fillDisk(name: string, folder: (world: World) => string): Fault {
  return {
    name, boundMs: 30_000, biteMs: 5000,
    inject: async (world) => {
      const ballast = join(folder(world), '.ballast');
      const end = performance.now() + world.draws.between(4, 8) * 1000;
      while (performance.now() < end) {
        takeAll(ballast, folder(world)); // again: whatever the cluster gives up is taken too
        await sleep(100);
      }
      const { size } = statSync(ballast);
      rmSync(ballast);
      return `${Math.round(size / 2 ** 20)} MB filled`;
    },
    bit: failedOrRestarted,
  };
}

function takeAll(ballast: string, folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  try {
    appendFileSync(ballast, Buffer.alloc(bavail * bsize));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error; // somebody else was faster
  }
}

export const fsyncOrder = (directory: string): string => join(directory, 'fsync-order');

export function fsyncEnvironment(directory: string): Record<string, string> {
  writeFileSync(fsyncOrder(directory), 'ok');
  return { LD_PRELOAD: native('fsync-fault.so'), WEIR_CHAOS_FSYNC: fsyncOrder(directory) };
}

/** Each fsync of the processes that were prepared for it fails or waits, for some seconds. */
export function fsyncFault(name: string, order: 'fail' | 'full' | number): Fault {
  let completed = 0;
  return {
    name, boundMs: 30_000, biteMs: 8000,
    inject: async (world) => {
      completed = world.watch.sight.completed;
      writeFileSync(fsyncOrder(world.directory), String(order));
      await sleep(world.draws.between(4, 8) * 1000);
      const during = world.watch.sight.completed - completed;
      writeFileSync(fsyncOrder(world.directory), 'ok');
      return `${during} checkpoints meanwhile`;
    },
    // A slow disk fails nothing: it bites when checkpoints come slower than each second.
    bit: (world, before) => (typeof order === 'number' ? world.watch.sight.completed > completed : failedOrRestarted(world, before)),
  };
}

/** A folder on an ext4 disk of its own, in a file; returns what takes it away. */
export function loopDisk({ directory }: Place, megabytes: number): () => Promise<void> {
  const image = join(directory, 'disk.img');
  const folder = join(directory, 'disk');
  mkdirSync(folder, { recursive: true });
  execFileSync('truncate', ['-s', `${megabytes}M`, image]);
  execFileSync('mkfs.ext4', ['-q', '-F', image]);
  mount(folder, '-o', 'loop', image);
  return async () => {
    await unmounted(folder);
    rmSync(image);
  };
}

/** Power cut of all disks and hosts at once; then all is started again, as after the power is back. */
export function powerCut(): Fault {
  let hit: readonly string[] = [];
  return {
    name: 'power cut', boundMs: 40_000, biteMs: 30_000,
    inject: async (world) => {
      const members = [...world.cluster.members.values()];
      hit = members.map(({ id }) => id);
      const disk = join(world.directory, 'disk');
      execFileSync(native('ext4-shutdown'), [disk]);
      for (const it of members) it.kill(true);
      await Promise.all(members.map((it) => it.gone()));
      await unmounted(disk);
      mount(disk, '-o', 'loop', join(world.directory, 'disk.img'));
      for (const it of members) it.start();
      return 'all disks';
    },
    bit: (world, before) => newLife(world, before, hit) && restarted(world, before),
  };
}

async function unmounted(folder: string): Promise<void> {
  for (let turn = 0; turn < 50; turn++) {
    const { status, stderr } = spawnSync('umount', [folder], { encoding: 'utf8' });
    if (status === 0 || !readFileSync('/proc/mounts', 'utf8').includes(` ${folder} `)) {
      mounted.delete(folder);
      return;
    }
    if (turn === 49) throw new Error(`${folder} is still used: ${stderr}`);
    await sleep(100);
  }
}
