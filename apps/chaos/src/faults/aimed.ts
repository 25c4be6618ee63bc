/**
 * Aims a fault at a point of the checkpoint protocol, by what is visible from outside: the REST API tells of a checkpoint under way, its folder appears
 * with the first snapshot, `_metadata` completes it, and a committed file shows that the commits have begun. The fault strikes within 50 ms of it.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askAny } from '../cluster/rest-client.js';
import { filesBelow, isCommitted } from '../oracles/committed.js';
import type { World } from '../workload.js';
import type { Fault } from './fault.js';

export type ProtocolPoint = 'trigger' | 'snapshot' | 'last ack' | 'completion' | 'commit';
export const PROTOCOL_POINTS: readonly ProtocolPoint[] = ['trigger', 'snapshot', 'last ack', 'completion', 'commit'];

const WITHIN_MS = 50;
const LIMIT_MS = 15_000;
const LOOK_MS = 2;

export function aimed(point: ProtocolPoint, fault: Fault): Fault {
  let reached = false;
  return {
    ...fault,
    name: `${fault.name} at ${point}`,
    inject: async (world) => {
      reached = await untilPoint(point, world);
      await sleep(world.draws.between(0, WITHIN_MS));
      return `${await fault.inject(world)}${reached ? '' : ', the point was not reached'}`;
    },
    bit: (world, before) => reached && fault.bit(world, before),
  };
}

async function untilPoint(point: ProtocolPoint, world: World): Promise<boolean> {
  const look = watcherOf(point, world);
  const first = await look();
  const deadline = performance.now() + LIMIT_MS;
  while (performance.now() < deadline) {
    const now = await look();
    if (now !== undefined && now !== '' && now !== first) return true;
    await sleep(LOOK_MS);
  }
  return false;
}

/** What changes when the point is reached; undefined: cannot be seen right now. */
function watcherOf(point: ProtocolPoint, world: World): () => Promise<string | undefined> {
  const checkpoints = join(world.cluster.storage, 'jobs', world.jobId, 'checkpoints');
  const below = (pick: (names: string[]) => string[]) => (): Promise<string> => Promise.resolve(pick(filesBelow(checkpoints)).join());
  switch (point) {
    case 'trigger':
      return () => triggerOf(world);
    case 'snapshot':
      return () => Promise.resolve(foldersIn(checkpoints).join());
    case 'last ack':
      return below(allAcknowledged);
    case 'completion':
      return below((names) => names.filter((name) => name.endsWith('/_metadata')));
    case 'commit':
      return () => Promise.resolve(String(filesBelow(join(world.directory, 'output')).filter(isCommitted).length));
  }
}

/** Changes when the next checkpoint is triggered, one interval behind the start of the last one; REST shows a trigger too late. */
async function triggerOf({ cluster, jobId }: World): Promise<string | undefined> {
  const details = await askAny(cluster.restUrls, `/weir/jobs/${jobId}`) as Triggering | undefined;
  const last = details?.status.checkpoints.last?.triggeredAtMs;
  if (details === undefined || last === undefined) return undefined;
  const dueMs = last + milliseconds(details.configuration['execution.checkpointing.interval']) - Date.now();
  if (dueMs > 0) await sleep(dueMs);
  return String(last);
}

/** Of a duration in seconds or milliseconds. */
function milliseconds(text: string): number {
  return Number.parseFloat(text) * (text.trimEnd().endsWith('ms') ? 1 : 1000);
}

interface Triggering {
  readonly status: { readonly checkpoints: { readonly last?: { readonly triggeredAtMs: number } } };
  readonly configuration: Readonly<Record<string, string>>;
}

/** The folder that holds as many states as a completed one, and is not completed yet. */
function allAcknowledged(names: readonly string[]): string[] {
  const states = new Map<string, number>();
  for (const name of names.filter((it) => it.endsWith('.state'))) states.set(name.split('/')[0], (states.get(name.split('/')[0]) ?? 0) + 1);
  const completed = new Set(names.filter((name) => name.endsWith('/_metadata')).map((name) => name.split('/')[0]));
  const wanted = Math.max(1, ...[...completed].map((folder) => states.get(folder) ?? 0));
  return [...states].filter(([folder, count]) => !completed.has(folder) && count >= wanted).map(([folder]) => folder);
}

function foldersIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
