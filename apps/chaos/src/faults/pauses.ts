/** SIGSTOP and SIGCONT: a process that hangs, and one that comes back as a zombie. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../workload.js';
import { restarted, type Fault } from './fault.js';
import { busyTaskManager, leader } from './links.js';

function pause(name: string, boundMs: number, seconds: readonly [number, number], victim: (world: World) => string, bit: Fault['bit']): Fault {
  return {
    name, boundMs, bit, biteMs: 20_000,
    inject: async (world) => {
      const id = victim(world);
      const member = world.cluster.member(id);
      member.signal('SIGSTOP');
      await sleep(world.draws.between(...seconds) * 1000);
      member.signal('SIGCONT');
      return id;
    },
  };
}

/** Longer than the heartbeat timeout: it is replaced, and fences itself when it wakes. */
export const pauseTaskManager = pause('SIGSTOP TaskManager', 30_000, [7, 12], busyTaskManager, restarted);
/** Longer than the lease: another leads. */
export const pauseLeader = pause('SIGSTOP leader', 30_000, [18, 24], leader, (world, before) => world.watch.epoch > before.epoch);
/** Shorter than the lease, longer than heartbeats: channels and links break or not, the output is the same. It bites when checkpoints stand still. */
export const pauseNats = pause('SIGSTOP nats', 30_000, [6, 9], ({ cluster, draws }) => draws.of(cluster.of('nats')).id, restarted);
