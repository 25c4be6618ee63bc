/**
 * Watches what a long run may use up: memory, handles, threads, timers, event-loop delay of each process, files on disk. Judged by slope over the
 * lives that lasted, after a warm-up: a life begins anew with every kill.
 */
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesBelow } from '../oracles/committed.js';
import { type CheckResult, type Workload, type World } from '../workload.js';
import { probesOf, type Probe } from './probing.js';
import { medians, slopeOf, type Slope } from './slope.js';

export interface Sample {
  readonly atMs: number;
  readonly id: string;
  readonly pid: number;
  /** A JobManager that begins or ceases to lead has other things to hold: its life is judged in pieces. */
  readonly epoch: number;
  readonly rssMb: number;
  readonly fds: number;
  readonly threads: number;
}

export interface LifeFigures {
  readonly id: string;
  readonly pid: number;
  readonly minutes: number;
  readonly rssMb: Slope | undefined;
  readonly fds: Slope | undefined;
  readonly heapMb: Slope | undefined;
  readonly timers: Slope | undefined;
  readonly loopP99MsMedian: number | undefined;
  readonly loopP99MsMax: number | undefined;
  readonly rssMbLast: number;
}

const EVERY_MS = 10_000;
const BUCKET_MS = 60_000;

export class ResourceMonitor implements Workload {
  readonly name = 'resources';
  private readonly samples: Sample[] = [];
  private readonly files: (readonly [number, number])[] = [];

  /** `probes`: where the processes write what only they can see. */
  constructor(private readonly options: { readonly probes: string; readonly warmUpMinutes: number; readonly judgeFromMinutes: number; readonly barMbPerHour: number }) {}

  async start(world: World): Promise<void> {
    const end = performance.now() + world.seconds * 1000;
    while (performance.now() < end && !world.watch.ended) {
      for (const { id, pid } of world.cluster.members.values()) if (pid !== undefined) this.sample(world, id, pid);
      this.files.push([world.timeline.nowMs, filesBelow(world.cluster.directory).length]);
      await sleep(EVERY_MS);
    }
  }

  check(world: World): Promise<CheckResult> {
    const lives = this.figures(world);
    world.figures.lives = lives;
    world.figures.files = { slope: slopeOf(medians(this.files.filter(([ms]) => ms > this.options.warmUpMinutes * 60_000), BUCKET_MS)), last: this.files.at(-1)?.[1] };
    const { barMbPerHour, judgeFromMinutes } = this.options;
    const violations = lives.filter(({ minutes, id }) => minutes >= judgeFromMinutes && !id.startsWith('nats')).flatMap(({ id, pid, rssMb, fds, timers }) => [
      ...(rises(rssMb, barMbPerHour) ? [`I15: memory of ${id} (${pid}) rises by ${rssMb?.perHour.toFixed(1)} MB an hour`] : []),
      ...(rises(fds, 3) ? [`I13: handles of ${id} (${pid}) rise by ${fds?.perHour.toFixed(1)} an hour`] : []),
      ...(rises(timers, 3) ? [`I13: timers of ${id} (${pid}) rise by ${timers?.perHour.toFixed(1)} an hour`] : []),
    ]);
    return Promise.resolve({ violations, voids: [], faults: 0 });
  }

  private sample({ timeline, directory, watch }: World, id: string, pid: number): void {
    const status = proc(pid, 'status');
    if (status === undefined) return;
    const sample = {
      atMs: timeline.nowMs, id, pid, epoch: id.startsWith('jm') ? watch.epoch : 0, rssMb: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024, fds: handles(pid), threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 0),
    };
    this.samples.push(sample);
    appendFileSync(join(directory, 'resources.jsonl'), `${JSON.stringify(sample)}\n`);
  }

  private figures({ timeline }: World): LifeFigures[] {
    const lives = new Map<string, Sample[]>();
    for (const it of this.samples) {
      const life = `${it.id} ${it.pid} ${it.epoch}`;
      lives.set(life, [...(lives.get(life) ?? []), it]);
    }
    const offset = Date.now() - timeline.nowMs;
    return [...lives.values()].flatMap((samples) => {
      const { id, pid, atMs } = samples[0];
      const last = samples[samples.length - 1];
      const from = atMs + this.options.warmUpMinutes * 60_000;
      const over = (of: (it: Sample) => number): Slope | undefined => slopeOf(medians(samples.filter((it) => it.atMs >= from).map((it) => [it.atMs, of(it)] as const), BUCKET_MS));
      const probes = probesOf(this.options.probes, pid).filter(({ at }) => at - offset >= from && at - offset <= last.atMs);
      const probed = (of: (it: Probe) => number): Slope | undefined => slopeOf(medians(probes.map((it) => [it.at, of(it)] as const), BUCKET_MS));
      const loop = probes.map(({ loopP99Ms }) => loopP99Ms).sort((a, b) => a - b);
      return [{
        id, pid, minutes: (last.atMs - atMs) / 60_000, rssMb: over((it) => it.rssMb), fds: over((it) => it.fds), heapMb: probed((it) => it.heapUsed / 2 ** 20), timers: probed((it) => it.timers),
        loopP99MsMedian: loop[loop.length >> 1], loopP99MsMax: loop.at(-1), rssMbLast: last.rssMb,
      }];
    });
  }

}

/** By more than the bar, beyond what chance explains. */
function rises(slope: Slope | undefined, bar: number): boolean {
  return slope !== undefined && slope.perHour - 2 * slope.standardError > bar;
}

/** Undefined when the process is gone. */
function proc(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function handles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
}
