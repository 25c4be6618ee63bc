/**
 * Faults one after the other, at random moments: each is proven to have bitten, and the cluster to have recovered, before the next. The time from its
 * end to the recovery is measured.
 *
 * Recovered: all tasks run, and a checkpoint completed that was not complete before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckResult, Workload, World } from '../workload.js';
import { restarted, sightingOf, type Fault } from './fault.js';

export interface ScheduleOptions {
  readonly faults: readonly Fault[];
  /** Between a recovery and the next fault. */
  readonly pauseSeconds: readonly [low: number, high: number];
  /** Faults at most; default as many as the time allows. */
  readonly atMost?: number;
  /** Draws from `faults` instead of going through them in order. */
  readonly shuffled?: boolean;
  /** Goes on when the cluster did not recover in time from one; it is a violation all the same. */
  readonly tolerant?: boolean;
  /** For a recovery; beyond, it is a violation. */
  readonly recoverySeconds?: number;
}

export interface FaultRecord {
  readonly fault: string;
  readonly target: string;
  readonly atMs: number;
  readonly bit: boolean;
  /** All tasks run again; undefined: not within the limit. */
  readonly runningMs: number | undefined;
  readonly recoveredMs: number | undefined;
  readonly boundMs: number;
  /** What followed although nothing should. */
  readonly noise?: string;
}

const RECOVERY_SECONDS = 90;
/** Behind the last fault there must be time to see that it recovered. */
const TAIL_MS = 8000;

export class FaultSchedule implements Workload {
  readonly name: string;
  readonly records: FaultRecord[] = [];

  constructor(private readonly options: ScheduleOptions) {
    this.name = `faults: ${[...new Set(options.faults.map(({ name }) => name))].join(', ')}`;
  }

  async start(world: World): Promise<void> {
    const { faults, pauseSeconds: [low, high], atMost = Infinity, shuffled = false, tolerant = false } = this.options;
    const end = performance.now() + world.seconds * 1000 - TAIL_MS;
    for (let turn = 0; turn < atMost; turn++) {
      await sleep(world.draws.between(low, high) * 1000);
      if (performance.now() > end || world.watch.ended || world.found === true) break;
      const fault = shuffled ? world.draws.of(faults) : faults[turn % faults.length];
      if (!(await this.strike(fault, world)) && !tolerant) break;
    }
    world.figures.faults = this.records;
  }

  check(world: World): Promise<CheckResult> {
    world.figures.faults = this.records;
    const violations = this.records.filter(({ bit, recoveredMs }) => bit && recoveredMs === undefined).map(({ fault, target }) => `I17: no recovery within ${this.limitMs / 1000} s of ${fault} (${target})`);
    violations.push(...this.records.flatMap(({ fault, noise }) => (noise === undefined ? [] : [`I7: ${fault} led to ${noise}`])));
    const voids = this.records.filter(({ bit }) => !bit).map(({ fault, target }) => `${fault} (${target}) did not bite`);
    if (this.records.length === 0) voids.push('no fault was injected');
    return Promise.resolve({ violations, voids, faults: this.records.length });
  }

  private get limitMs(): number {
    return (this.options.recoverySeconds ?? RECOVERY_SECONDS) * 1000;
  }

  /** False when the cluster did not recover: more faults would say nothing. */
  private async strike(fault: Fault, world: World): Promise<boolean> {
    const { timeline, watch } = world;
    const before = sightingOf(world);
    const startMs = timeline.nowMs;
    timeline.add('fault', fault.name);
    const target = await fault.inject(world);
    const injectedMs = timeline.nowMs;
    timeline.add('fault', `${fault.name}: ${target}, over after ${Math.round(injectedMs - startMs)} ms`);
    const bit = await watch.until(() => fault.bit(world, before) || watch.ended || world.found === true, fault.biteMs ?? 15_000) && fault.bit(world, before);
    if (!bit) timeline.add('void', `${fault.name} (${target})`);
    const completed = watch.sight.completed;
    const running = await watch.until(() => world.found === true || (watch.sight.atMs > injectedMs && watch.sight.allRunning), this.limitMs);
    const runningMs = running ? watch.sight.atMs - injectedMs : undefined;
    const recovered = running && (await watch.until(() => world.found === true || watch.sight.state === 'finished' || (watch.sight.completed !== completed && watch.sight.allRunning), this.limitMs));
    const recoveredMs = recovered ? timeline.nowMs - injectedMs : undefined;
    const noise = fault.quiet === true && restarted(world, before) ? `${watch.sight.restarts - before.restarts} restarts, epoch ${before.epoch} to ${watch.epoch}` : undefined;
    this.records.push({ fault: fault.name, target, atMs: startMs, bit, runningMs, recoveredMs, boundMs: fault.boundMs, ...(noise === undefined ? {} : { noise }) });
    timeline.add(recovered ? 'fault' : 'violation', recovered ? `${fault.name}: running after ${Math.round(runningMs ?? 0)} ms, checkpoint after ${Math.round(recoveredMs ?? 0)} ms` : `${fault.name}: no recovery`);
    return recovered;
  }
}
