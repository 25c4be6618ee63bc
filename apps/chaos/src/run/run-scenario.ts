/** Runs one scenario from an empty directory to its verdict. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ChaosCluster } from '../cluster/chaos-cluster.js';
import type { Program } from '../cluster/program.js';
import { Draws } from '../random.js';
import type { Scenario } from '../scenario.js';
import type { World } from '../workload.js';
import { Timeline } from './timeline.js';

export interface RunOptions {
  readonly program: Program;
  readonly seed: number;
  /** Report folder of this run; everything lies below it. */
  readonly directory: string;
  readonly onWorld?: (world: World) => void;
  /** The cluster's data is removed after a run without violations. */
  readonly keep: boolean;
}

export interface RunResult {
  readonly scenario: string;
  /** Of its report, in that of the whole; set by `runAll`. */
  readonly folder?: string;
  readonly seed: number;
  readonly seconds: number;
  readonly violations: readonly string[];
  readonly voids: readonly string[];
  readonly faults: number;
  /** Why it could not run here; nothing was run then. */
  readonly leftOut?: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

export async function runScenario(scenario: Scenario, { program, seed, directory, onWorld, keep }: RunOptions): Promise<RunResult> {
  const missing = scenario.needs?.map((need) => need()).find((it) => it !== undefined);
  const begun = performance.now();
  const figures: Record<string, unknown> = {};
  const told = { scenario: scenario.name, seed, figures };
  if (missing !== undefined) return { ...told, seconds: 0, violations: [], voids: [], faults: 0, leftOut: missing };
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const timeline = new Timeline(join(directory, 'timeline.jsonl'));
  const violations: string[] = [];
  const voids: string[] = [];
  let faults = 0;
  let cluster: ChaosCluster | undefined;
  const clean = (await scenario.prepare?.({ directory })) ?? ((): Promise<void> => Promise.resolve());
  try {
    const workloads = scenario.workloads({ directory });
    const environment = { ...scenario.cluster.environment, ...scenario.environment?.({ directory }) };
    cluster = new ChaosCluster({
      directory: join(directory, scenario.onDisk === true ? 'disk/cluster' : 'cluster'), program, own: directory, shape: { ...scenario.cluster, environment }, onEvent: ({ type, id, how }) => timeline.add('process', `${id} ${type}: ${how}`),
    });
    await cluster.start();
    const draws = new Draws(seed).fork(scenario.name);
    const world = { cluster, timeline, draws, directory, seconds: scenario.seconds, figures } as World;
    for (const it of workloads) await it.setup?.(world);
    onWorld?.(world);
    await Promise.all(workloads.map((it) => it.start(world)));
    await world.watch?.close();
    for (const it of workloads) {
      const result = await it.check(world);
      violations.push(...result.violations);
      voids.push(...result.voids);
      faults += result.faults;
    }
  } catch (error) {
    violations.push(`the run broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    await cluster?.close();
    await clean();
  }
  for (const it of violations) timeline.add('violation', it);
  if (!keep && violations.length === 0) for (const folder of ['cluster', 'output']) rmSync(join(directory, folder), { recursive: true, force: true });
  return { ...told, seconds: (performance.now() - begun) / 1000, violations, voids, faults };
}
