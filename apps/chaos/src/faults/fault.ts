/**
 * A fault: something that is done to the cluster, with the proof that it bit.
 *
 * `inject` does it and takes back what has to be taken back (heals a link, wakes a process), and returns when the cluster may recover. `bit` looks
 * whether it had an effect: a restart, a lost leadership, a failed checkpoint, a process that died. A fault that did not bite makes the run void.
 */
import type { World } from '../workload.js';

export interface Sighting {
  readonly restarts: number;
  readonly failed: number;
  readonly epoch: number;
  readonly leaderChanges: number;
  readonly lives: Readonly<Record<string, number>>;
}

export interface Fault {
  readonly name: string;
  /** From the end of the injection until all tasks run again and a checkpoint completed; of the plan. */
  readonly boundMs: number;
  /** Returns what was hit, for people. */
  inject(world: World): Promise<string>;
  /** What shows that it bit; polled until it holds or `biteMs` have passed. */
  bit(world: World, before: Sighting): boolean;
  readonly biteMs?: number;
  /** Nothing may follow from it: no restart, no other leader. */
  readonly quiet?: boolean;
}

export function sightingOf({ watch, cluster }: World): Sighting {
  const { restarts, failed } = watch.sight;
  const lives = Object.fromEntries([...cluster.members.values()].map(({ id, lives: n }) => [id, n]));
  return { restarts, failed, epoch: watch.epoch, leaderChanges: watch.leaderChanges, lives };
}

/** A process of these was started again. */
export function newLife(world: World, before: Sighting, ids: readonly string[]): boolean {
  return ids.every((id) => world.cluster.member(id).lives > (before.lives[id] ?? 0));
}

export function restarted({ watch }: World, before: Sighting): boolean {
  return watch.sight.restarts > before.restarts || watch.epoch > before.epoch;
}
