/**
 * A span per checkpoint and per recovery, out of the read models: `Checkpoint` from trigger to completion or failure, `Recovery` from the failure until
 * every task runs again. `update` is called with each reading; each thing is told once, and nothing that ended before this object was made.
 */
import type { JobId } from '@weir/base';
import type { CheckpointInfo, JobDetails } from '@weir/cluster';
import type { Tracer } from '@weir/ports';

interface Told {
  checkpoints: ReadonlySet<number>;
  restarts: number;
  /** Of the failure that is being recovered from; undefined while there is none. */
  failedAtMs: number | undefined;
}

export class ClusterSpans {
  private readonly told = new Map<JobId, Told>();

  /** `sinceMs`: wall-clock milliseconds before which nothing is told. */
  constructor(private readonly tracer: Tracer, private readonly sinceMs: number) {}

  update(jobs: readonly JobDetails[]): void {
    const alive = new Set(jobs.map(({ status }) => status.jobId));
    for (const jobId of this.told.keys()) if (!alive.has(jobId)) this.told.delete(jobId);
    for (const job of jobs) {
      const told = this.told.get(job.status.jobId) ?? { checkpoints: new Set<number>(), restarts: job.status.restarts, failedAtMs: undefined };
      this.told.set(job.status.jobId, told);
      this.checkpoints(job, told);
      this.recovery(job, told);
    }
  }

  private checkpoints(job: JobDetails, told: Told): void {
    const ended = job.checkpoints.history.filter(({ status }) => status !== 'in-progress');
    for (const checkpoint of [...ended].reverse()) {
      const endMs = checkpoint.triggeredAtMs + checkpoint.durationMs;
      if (told.checkpoints.has(checkpoint.checkpointId) || endMs < this.sinceMs) continue;
      this.tracer.span('Checkpoint', jobAttributes(job), checkpoint.triggeredAtMs).end(checkpointAttributes(checkpoint), endMs);
    }
    told.checkpoints = new Set(ended.map(({ checkpointId }) => checkpointId));
  }

  private recovery(job: JobDetails, told: Told): void {
    const { restarts, state } = job.status;
    if (restarts > told.restarts) {
      told.failedAtMs ??= job.exceptions[0]?.timestampMs;
      told.restarts = restarts;
    }
    if (told.failedAtMs === undefined || state !== 'running' || !job.subtasks.every((it) => ['running', 'end-of-data', 'finished'].includes(it.state))) return;
    const endMs = job.subtasks.reduce((latest, { stateTimestamps }) => Math.max(latest, stateTimestamps.running ?? 0), told.failedAtMs);
    const { restored } = job.checkpoints;
    this.tracer.span('Recovery', jobAttributes(job), told.failedAtMs).end(
      { restarts, failure: job.exceptions[0]?.failure.code ?? '', ...(restored === undefined ? {} : { restoredCheckpointId: restored.checkpointId }) }, endMs,
    );
    told.failedAtMs = undefined;
  }
}

const jobAttributes = (job: JobDetails): Record<string, string> => ({ jobId: job.status.jobId, jobName: job.status.jobName });

function checkpointAttributes(checkpoint: CheckpointInfo): Record<string, string | number> {
  return {
    checkpointId: checkpoint.checkpointId, checkpointType: checkpoint.kind, checkpointStatus: checkpoint.status.toUpperCase(), fullSize: checkpoint.sizeBytes,
    checkpointedSize: checkpoint.sizeBytes, subtasks: checkpoint.subtasks, ...(checkpoint.failure === undefined ? {} : { failure: checkpoint.failure.code }),
  };
}
