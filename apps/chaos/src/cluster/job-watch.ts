/** Follows a job and the leader over REST and tells what changes. What it knows may be a little old; nobody answers while the cluster has no leader. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Timeline } from '../run/timeline.js';
import { askAny } from './rest-client.js';

export interface JobSight {
  readonly atMs: number;
  readonly state: string;
  readonly restarts: number;
  readonly completed: number;
  readonly failed: number;
  readonly inProgress: number;
  /** All subtasks run or have finished. */
  readonly allRunning: boolean;
  readonly lastCheckpoint: string;
  readonly recordsIn: number;
  readonly failureCode: string;
}

interface Details {
  readonly status: {
    readonly state: string;
    readonly restarts: number;
    readonly checkpoints: { readonly completed: number; readonly failed: number; readonly inProgress: number; readonly last?: { readonly path: string } };
    readonly vertices: readonly { readonly operators: readonly { readonly recordsOut?: number }[] }[];
    readonly failure?: { readonly code: string; readonly message: string };
  };
  readonly subtasks: readonly { readonly state: string; readonly attempt: number; readonly node: string }[];
}

/** `end-of-data`: it has no input left and waits for the final checkpoint. */
const AT_WORK = ['running', 'end-of-data', 'finished'];

const NEVER: JobSight = { atMs: 0, state: 'unknown', restarts: 0, completed: 0, failed: 0, inProgress: 0, allRunning: false, lastCheckpoint: '', recordsIn: 0, failureCode: '' };

export class JobWatch {
  sight: JobSight = NEVER;
  leader = '';
  epoch = 0;
  /** Times that somebody else than before led. */
  leaderChanges = 0;
  /** Last time that anybody answered, of `timeline.nowMs`. */
  answeredMs = 0;
  /** TaskManagers that tasks run on. */
  busyTaskManagers: readonly string[] = [];
  private closed = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly urls: readonly string[], private readonly jobId: string, private readonly timeline: Timeline, private readonly everyMs = 100) {}

  start(): void {
    this.loop = this.run();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.loop;
  }

  get ended(): boolean {
    return ['finished', 'failed', 'canceled'].includes(this.sight.state);
  }

  /** True when `condition` held within the time. */
  async until(condition: () => boolean, limitMs: number, pollMs = 20): Promise<boolean> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      if (condition()) return true;
      if (performance.now() > deadline || this.closed) return condition();
      await sleep(pollMs);
    }
  }

  private async run(): Promise<void> {
    for (let turn = 0; !this.closed; turn++) {
      const [details, overview] = await Promise.all([
        askAny(this.urls, `/weir/jobs/${this.jobId}`), turn % 5 === 0 ? askAny(this.urls, '/weir/status') : undefined,
      ]);
      if (details !== undefined) this.seen(details as Details);
      if (overview !== undefined) this.led(overview as { overview: { leader: string; epoch: number } });
      await sleep(this.everyMs);
    }
  }

  private seen({ status, subtasks }: Details): void {
    const old = this.sight;
    this.answeredMs = this.timeline.nowMs;
    const { checkpoints } = status;
    const hosts = [...new Set(subtasks.flatMap(({ node, state }) => (state === 'running' ? (/^tm-\d+/.exec(node) ?? []) : [])))];
    if (hosts.length > 0) this.busyTaskManagers = hosts.sort();
    this.sight = {
      atMs: this.answeredMs, state: status.state, restarts: status.restarts, completed: checkpoints.completed, failed: checkpoints.failed, inProgress: checkpoints.inProgress,
      allRunning: status.state === 'finished' || (status.state === 'running' && subtasks.length > 0 && subtasks.every(({ state }) => AT_WORK.includes(state))),
      lastCheckpoint: checkpoints.last?.path ?? '', failureCode: status.failure?.code ?? '',
      recordsIn: status.vertices[0]?.operators[0]?.recordsOut ?? 0,
    };
    if (old.state !== status.state) this.timeline.add('job', `${old.state} -> ${status.state}${status.failure === undefined ? '' : ` (${status.failure.code}: ${status.failure.message})`}`);
    if (old.restarts < status.restarts) this.timeline.add('job', `restart ${status.restarts}`);
    if (old.failed < checkpoints.failed) this.timeline.add('job', `${checkpoints.failed} checkpoints failed`);
  }

  private led({ overview: { leader, epoch } }: { readonly overview: { readonly leader: string; readonly epoch: number } }): void {
    if (epoch !== this.epoch && this.epoch !== 0) this.leaderChanges++;
    if (epoch !== this.epoch) this.timeline.add('leader', `${leader} leads, epoch ${epoch}`);
    this.leader = leader;
    this.epoch = epoch;
  }
}
