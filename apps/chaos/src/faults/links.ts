/** Faults of the network, by the proxy that each process has to its NATS servers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Direction, LinkProxy } from '../cluster/link-proxy.js';
import { askAny } from '../cluster/rest-client.js';
import type { World } from '../workload.js';
import { restarted, type Fault } from './fault.js';

interface LinkOptions {
  readonly name: string;
  readonly boundMs: number;
  readonly seconds: readonly [low: number, high: number];
  readonly victim: (world: World) => string;
  readonly apply: (link: LinkProxy) => void;
  readonly bit?: Fault['bit'];
}

function link({ name, boundMs, seconds, victim, apply, bit = restarted }: LinkOptions): Fault {
  return {
    name, boundMs, bit, biteMs: 20_000,
    inject: async (world) => {
      const id = victim(world);
      for (const it of world.cluster.linksOf(id)) apply(it);
      await sleep(world.draws.between(...seconds) * 1000);
      for (const it of world.cluster.linksOf(id)) it.heal();
      return id;
    },
  };
}

export const busyTaskManager = ({ draws, watch }: World): string => draws.of(watch.busyTaskManagers);
export const leader = ({ watch }: World): string => watch.leader;

export const resetTaskManager = link({ name: 'reset TaskManager-NATS', boundMs: 30_000, seconds: [0, 0], victim: busyTaskManager, apply: (it) => it.reset() });
export const cutTaskManager = link({ name: 'partition TaskManager-NATS', boundMs: 30_000, seconds: [7, 14], victim: busyTaskManager, apply: (it) => it.blackhole('in', 'out') });
export const refuseTaskManager = link({ name: 'refused TaskManager-NATS', boundMs: 30_000, seconds: [6, 10], victim: busyTaskManager, apply: (it) => it.cut() });
const oneWay = (who: string, victim: (world: World) => string, direction: Direction): Fault =>
  link({ name: `one-way partition ${who}, ${direction}`, boundMs: 30_000, seconds: [7, 14], victim, apply: (it) => it.blackhole(direction) });
export const deafTaskManager = oneWay('TaskManager-NATS', busyTaskManager, 'in');
export const muteTaskManager = oneWay('TaskManager-NATS', busyTaskManager, 'out');
export const cutLeader = link({ name: 'partition leader-NATS', boundMs: 40_000, seconds: [18, 22], victim: leader, apply: (it) => it.blackhole('in', 'out') });
export const deafLeader = link({ name: 'one-way partition leader-NATS, in', boundMs: 40_000, seconds: [18, 22], victim: leader, apply: (it) => it.blackhole('in') });

/** 150 ms each way and 64 KB a second: slow is not dead, and nothing may restart. It bites when checkpoints take longer than before. */
export const slowTaskManager: Fault = {
  name: 'slow TaskManager-NATS', boundMs: 30_000, biteMs: 10_000,
  inject: async (world) => {
    const id = busyTaskManager(world);
    const durations = async (): Promise<number> => lastCheckpointMs(world);
    const before = await durations();
    for (const it of world.cluster.linksOf(id)) it.slow(150, 65_536);
    await sleep(8000);
    slowed = (await durations()) > before + 100;
    for (const it of world.cluster.linksOf(id)) it.heal();
    return id;
  },
  bit: (world, before) => slowed || restarted(world, before),
};

let slowed = false;

async function lastCheckpointMs({ cluster, jobId }: World): Promise<number> {
  const details = await askAny(cluster.restUrls, `/weir/jobs/${jobId}`) as { status: { checkpoints: { last?: { durationMs: number } } } } | undefined;
  return details?.status.checkpoints.last?.durationMs ?? 0;
}
