/** The all-in-one job under test, with its oracle: looked at while it runs, and at its end. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobWatch } from '../cluster/job-watch.js';
import type { AllInOneInput } from '../input/all-in-one.js';
import { machineMs } from '../jobs/paced-source.js';
import { checkAllInOne } from '../oracles/all-in-one.js';
import { filesBelow, isCommitted } from '../oracles/committed.js';
import type { CheckResult, Workload, World } from '../workload.js';
import { submit } from './submit.js';

export interface AllInOneOptions {
  readonly parallelism?: number;
  /** All splits together. */
  readonly perSecond?: number;
  readonly splits?: number;
  readonly keys?: number;
  readonly every?: number;
  /** Of the output, in the run's directory. */
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Between looks while it runs. */
  readonly lookSeconds?: number;
  /** For the job to end once its input is due. */
  readonly patienceSeconds?: number;
}

export class AllInOne implements Workload {
  readonly name = 'all-in-one';
  private input!: AllInOneInput;
  private violations: string[] = [];

  constructor(private readonly options: AllInOneOptions = {}) {}

  async setup(world: World): Promise<void> {
    const { parallelism = 2, perSecond = 1000, splits = 4, keys = 25, every = 1, settings = {} } = this.options;
    const ofSplit = perSecond / splits;
    const events = Math.round(ofSplit * world.seconds);
    this.input = { splits, keys, events, every, controlSplits: 2, controls: Math.max(10, Math.round(events / 20)) };
    world.jobId = await submit(world, {
      module: 'apps/chaos/src/jobs/all-in-one.ts', parallelism,
      settings: {
        'execution.checkpointing.interval': '1 s', 'execution.checkpointing.tolerable-failed-checkpoints': '100', 'execution.checkpointing.data-inline-threshold': '512 b', ...settings,
      },
      parameters: { ...this.input, perSecond: ofSplit, originMs: Math.round(machineMs()), output: this.output(world) },
    });
    world.watch = new JobWatch(world.cluster.restUrls, world.jobId, world.timeline);
    world.watch.start();
    await world.watch.until(() => world.watch.sight.allRunning && world.watch.sight.completed > 0, 60_000);
  }

  async start(world: World): Promise<void> {
    const deadline = performance.now() + (world.seconds + (this.options.patienceSeconds ?? 90)) * 1000;
    let look = performance.now() + (this.options.lookSeconds ?? 15) * 1000;
    while (!world.watch.ended && performance.now() < deadline) {
      await sleep(250);
      if (performance.now() < look) continue;
      this.look(world, false);
      look = performance.now() + (this.options.lookSeconds ?? 15) * 1000;
    }
  }

  check(world: World): Promise<CheckResult> {
    const { state, failureCode } = world.watch.sight;
    if (state !== 'finished') this.violations.push(`I17: the job is ${state} ${failureCode} and not finished`);
    this.look(world, state === 'finished');
    const uncommitted = filesBelow(this.output(world)).filter((name) => !isCommitted(name));
    if (state === 'finished' && uncommitted.length > 0) this.violations.push(`I9: ${uncommitted.length} files are left uncommitted, the first is ${uncommitted[0]}`);
    return Promise.resolve({ violations: this.violations, voids: [], faults: 0 });
  }

  private output({ directory }: World): string {
    return join(directory, this.options.folder ?? 'output');
  }

  private look(world: World, complete: boolean): void {
    const { findings, lines } = checkAllInOne(this.input, this.output(world), complete);
    world.figures.lines = lines;
    world.timeline.add('check', `${lines} lines, ${findings.total} findings${complete ? ', complete' : ''}`);
    if (findings.total === 0 || this.violations.some((it) => it.startsWith('I1'))) return;
    for (const { kind, text } of findings.list()) this.violations.push(`${complete ? 'I1' : 'I1 or I4'}: ${kind}: ${text}`);
  }
}
