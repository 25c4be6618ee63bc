/** `kill -9`. */
import type { Member } from '../cluster/member.js';
import type { World } from '../workload.js';
import { newLife, restarted, type Fault } from './fault.js';
import { busyTaskManager } from './links.js';

/** The server that carries most of the data: of three, one may serve nobody, or only JobManagers, who need no restart. */
function busiestNats({ cluster, watch }: World): Member {
  const connections = (i: number): number => watch.busyTaskManagers.reduce((sum, id) => sum + cluster.linksOf(id)[i].connections, 0);
  return cluster.of('nats').map((member, i) => ({ member, count: connections(i) })).sort((a, b) => b.count - a.count)[0].member;
}

interface KillOptions {
  readonly name: string;
  readonly boundMs: number;
  readonly victims: (world: World) => readonly Member[];
  /** The job must restart too, or another leader come. */
  readonly restarts: boolean;
}

export function kill({ name, boundMs, victims, restarts }: KillOptions): Fault {
  let hit: readonly string[] = [];
  return {
    name, boundMs, biteMs: 60_000,
    inject: (world) => {
      const chosen = victims(world).filter(({ pid }) => pid !== undefined);
      hit = chosen.map(({ id }) => id);
      for (const it of chosen) it.kill();
      return Promise.resolve(hit.join(', '));
    },
    bit: (world, before) => hit.length > 0 && newLife(world, before, hit) && (!restarts || restarted(world, before)),
  };
}

/** One that tasks run on. */
export const killTaskManager: Fault = kill({ name: 'kill -9 TaskManager', boundMs: 15_000, restarts: true, victims: (world) => [world.cluster.member(busyTaskManager(world))] });
/** Always the last TaskManager; the others live on. Where no task runs on it, only its death and return are seen. */
export const killSpare: Fault = kill({ name: 'kill -9 last TaskManager', boundMs: 15_000, restarts: false, victims: ({ cluster }) => cluster.of('taskmanager').slice(-1) });
export const killAllTaskManagers: Fault = kill({ name: 'kill -9 all TaskManagers', boundMs: 15_000, restarts: true, victims: ({ cluster }) => cluster.of('taskmanager') });
export const killLeader: Fault = kill({ name: 'kill -9 leader', boundMs: 20_000, restarts: true, victims: ({ cluster, watch }) => [cluster.member(watch.leader)] });
export const killAllJobManagers: Fault = kill({ name: 'kill -9 all JobManagers', boundMs: 40_000, restarts: true, victims: ({ cluster }) => cluster.of('jobmanager') });
export const killNats: Fault = kill({ name: 'kill -9 nats', boundMs: 15_000, restarts: true, victims: (world) => [busiestNats(world)] });
export const killEverything: Fault = kill({ name: 'kill -9 everything', boundMs: 40_000, restarts: true, victims: ({ cluster }) => [...cluster.members.values()] });
