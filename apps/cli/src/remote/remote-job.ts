/** A job of a cluster as a display follows it: looked at again and again until it has ended. */
import type { JobId } from '@weir/base';
import type { WeirClient } from '@weir/client';
import { isTerminal, type JobDetails, type JobEvent, type JobResult, type JobStatus } from '@weir/cluster';
import type { CliIo } from '../io.js';
import type { FollowedJob } from '../run-reporter.js';
import { jobChanges } from './job-changes.js';
import { withPatience } from './patience.js';
import { POLL_MS } from './target.js';

/** A cluster that is silent for longer has not only lost a process. */
const SILENCE_LIMIT_MS = 120_000;

export class RemoteJob implements FollowedJob {
  private readonly listeners = new Set<(event: JobEvent) => void>();
  private left = false;

  private constructor(private readonly client: WeirClient, private readonly io: CliIo, private details: JobDetails) {}

  static async of(client: WeirClient, jobId: JobId, io: CliIo): Promise<RemoteJob> {
    const details = await withPatience(() => client.job(jobId), { clock: io.clock, timers: io.timers, limitMs: SILENCE_LIMIT_MS, pauseMs: POLL_MS });
    return new RemoteJob(client, io, details);
  }

  get sources(): ReadonlySet<string> {
    return new Set(this.details.sources);
  }

  status(): JobStatus {
    return this.details.status;
  }

  onEvent(listener: (event: JobEvent) => void): () => void {
    this.listeners.add(listener);
    for (const event of jobChanges(undefined, this.details)) listener(event);
    return () => void this.listeners.delete(listener);
  }

  /** Looks until the job has ended; undefined when {@link leave} was called before. Throws when the cluster does not come back. */
  async untilEnded(onSilence: () => void): Promise<JobResult | undefined> {
    const { clock, timers } = this.io;
    const { jobId } = this.details.status;
    while (!isTerminal(this.details.status.state)) {
      await new Promise<void>((resolve) => timers.after(POLL_MS, resolve));
      if (this.left) return undefined;
      const now = await withPatience(() => this.client.job(jobId), { clock, timers, limitMs: SILENCE_LIMIT_MS, pauseMs: POLL_MS, onSilence });
      const events = jobChanges(this.details, now);
      this.details = now;
      for (const event of events) for (const listener of [...this.listeners]) listener(event);
    }
    const { status, endedAtMs } = this.details;
    const state = status.state as JobResult['state'];
    return { jobId, state, status, durationMs: Math.max(0, endedAtMs - status.startedAtMs), ...(status.failure === undefined ? {} : { failure: status.failure }) };
  }

  /** Looks no more; the job goes on. */
  leave(): void {
    this.left = true;
  }
}
