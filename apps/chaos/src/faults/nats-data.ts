/** NATS that comes back without its data: the leader register is lost, and truth lies in the checkpoint storage. */
import type { Fault } from './fault.js';
import { newLife, restarted } from './fault.js';

export function wipeNats(): Fault {
  let hit: readonly string[] = [];
  return {
    name: 'NATS data wiped', boundMs: 40_000, biteMs: 30_000,
    inject: async ({ cluster }) => {
      const servers = cluster.of('nats');
      hit = servers.map(({ id }) => id);
      for (const it of servers) it.kill(true);
      await Promise.all(servers.map((it) => it.gone()));
      for (const { id } of servers) cluster.wipeNats(id);
      for (const it of servers) it.start();
      return hit.join(', ');
    },
    bit: (world, before) => newLife(world, before, hit) && restarted(world, before),
  };
}
