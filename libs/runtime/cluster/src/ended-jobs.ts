/** Jobs of this and of earlier terms that have ended: what they came to. The oldest are forgotten. */
import type { JobId } from '@weir/base';
import type { JobDetails } from './cluster-gateway.js';
import type { EndedJob } from './job-master-host.js';
import type { JobOutcome } from './job-store.js';

export class EndedJobs {
  private readonly outcomes = new Map<JobId, JobOutcome>();

  constructor(private readonly capacity: number) {}

  get(jobId: JobId): JobOutcome | undefined {
    return this.outcomes.get(jobId);
  }

  details(): readonly JobDetails[] {
    return [...this.outcomes.values()].map(({ details }) => details);
  }

  add(outcomes: readonly JobOutcome[]): void {
    for (const outcome of outcomes) this.outcomes.set(outcome.details.status.jobId, outcome);
    const excess = this.outcomes.size - this.capacity;
    if (excess <= 0) return;
    const byEnd = [...this.outcomes].sort(([, a], [, b]) => a.details.endedAtMs - b.details.endedAtMs);
    for (const [jobId] of byEnd.slice(0, excess)) this.outcomes.delete(jobId);
  }

  /** Those that had ended by then, in wall-clock milliseconds. */
  before(timestampMs: number): readonly EndedJob[] {
    return this.details().flatMap(({ endedAtMs, status: { jobId, jobName } }) => (endedAtMs < timestampMs ? [{ jobId, jobName }] : []));
  }
}
