/** SIGTERM: a process that is asked to go hands over what it has, and is started again. */
import type { World } from '../workload.js';
import { newLife, restarted, type Fault } from './fault.js';
import { busyTaskManager, leader } from './links.js';

function drain(name: string, boundMs: number, victim: (world: World) => string): Fault {
  let hit = '';
  return {
    name, boundMs, biteMs: 20_000,
    inject: async (world) => {
      hit = victim(world);
      const member = world.cluster.member(hit);
      const begun = performance.now();
      member.signal('SIGTERM');
      await member.gone();
      return `${hit}, gone after ${Math.round(performance.now() - begun)} ms`;
    },
    bit: (world, before) => newLife(world, before, [hit]) && restarted(world, before),
  };
}

export const drainTaskManager = drain('SIGTERM TaskManager', 15_000, busyTaskManager);
export const drainLeader = drain('SIGTERM leader', 15_000, leader);
