/** A job under test with its oracle: looked at while it runs, and at its end. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobWatch } from '../cluster/job-watch.js';
import type { OracleVerdict } from '../oracles/all-in-one.js';
import { filesBelow, isCommitted } from '../oracles/committed.js';
import type { CheckResult, Workload, World } from '../workload.js';
import { submit } from './submit.js';

export interface JobOptions {
  readonly parallelism?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** Of the output, in the run's directory. */
  readonly folder?: string;
  /** Between looks while it runs. */
  readonly lookSeconds?: number;
  /** For the job to end once its input is due. */
  readonly patienceSeconds?: number;
}

export abstract class JobWorkload implements Workload {
  abstract readonly name: string;
  /** From the workspace's root. */
  protected abstract readonly module: string;
  private violations: string[] = [];

  protected constructor(private readonly job: JobOptions) {}

  /** Of the job, without its output. Called once, before the others. */
  protected abstract parameters(world: World): Readonly<Record<string, string | number>>;
  /** Looks at what is committed in this folder; `complete`: nothing more comes. */
  protected abstract examine(output: string, complete: boolean): OracleVerdict | Promise<OracleVerdict>;

  async setup(world: World): Promise<void> {
    const { parallelism = 2, settings = {} } = this.job;
    world.jobId = await submit(world, {
      module: this.module, parallelism,
      settings: {
        'execution.checkpointing.interval': '1 s', 'execution.checkpointing.tolerable-failed-checkpoints': '100', 'execution.checkpointing.data-inline-threshold': '512 b', ...settings,
      },
      parameters: { ...this.parameters(world), output: this.output(world) },
    });
    world.watch = new JobWatch(world.cluster.restUrls, world.jobId, world.timeline);
    world.watch.start();
    await world.watch.until(() => world.watch.sight.allRunning && world.watch.sight.completed > 0, 60_000);
  }

  async start(world: World): Promise<void> {
    const { patienceSeconds = 90, lookSeconds = 15 } = this.job;
    const deadline = performance.now() + (world.seconds + patienceSeconds) * 1000;
    let look = performance.now() + lookSeconds * 1000;
    while ((!world.watch.ended || world.experiment === true) && world.found !== true && performance.now() < deadline) {
      await sleep(250);
      if (performance.now() < look || world.experiment === true) continue;
      await this.look(world, false);
      look = performance.now() + lookSeconds * 1000;
    }
  }

  async check(world: World): Promise<CheckResult> {
    const { state, failureCode } = world.watch.sight;
    const finished = state === 'finished';
    if (!finished && world.found !== true) this.violations.push(`I17: the job is ${state} ${failureCode} and not finished`);
    await this.look(world, finished);
    const uncommitted = filesBelow(this.output(world)).filter((name) => !isCommitted(name));
    if (finished && uncommitted.length > 0) this.violations.push(`I9: ${uncommitted.length} files are left uncommitted, the first is ${uncommitted[0]}`);
    return { violations: this.violations, voids: [], faults: 0 };
  }

  private output({ directory }: World): string {
    return join(directory, this.job.folder ?? 'output');
  }

  private async look(world: World, complete: boolean): Promise<void> {
    const { findings, lines } = await this.examine(this.output(world), complete);
    world.figures.lines = lines;
    world.timeline.add('check', `${lines} lines, ${findings.total} findings${complete ? ', complete' : ''}`);
    if (findings.total === 0 || this.violations.some((it) => it.startsWith('I1 ') || it.startsWith('I1:'))) return;
    world.found = true;
    for (const { kind, text } of findings.list()) this.violations.push(`${complete ? 'I1' : 'I1 or I4'}: ${kind}: ${text}`);
  }
}
