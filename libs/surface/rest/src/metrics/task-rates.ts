/**
 * Rates of subtasks out of counters that only grow: what has been done over the last seconds of the task's own time (busy + idle + back-pressured).
 * So the three shares always add up to 1000 ms per second, and no clock is compared with another.
 *
 * Samples are taken whenever somebody reads a job; a rate reaches back to the oldest sample within the window, or else to the last one before it, or
 * else to the start of the task. Bounded: one job's samples are forgotten with the job, an attempt's with the attempt.
 */
import type { JobId } from '@weir/base';
import type { JobDetails, SubtaskInfo } from '@weir/cluster';
import { exits, nodeOf, subtaskCounts } from '../model/subtask-counts.js';

export interface TaskRate {
  readonly recordsInPerSecond: number;
  readonly recordsOutPerSecond: number;
  readonly busyTimeMsPerSecond: number;
  readonly idleTimeMsPerSecond: number;
  readonly backPressuredTimeMsPerSecond: number;
}

interface Sample {
  readonly totalMs: number;
  readonly busyMs: number;
  readonly idleMs: number;
  readonly backpressuredMs: number;
  readonly recordsIn: number;
  readonly recordsOut: number;
}

const WINDOW_MS = 10_000;
const MINIMUM_DISTANCE_MS = 500;
const START: Sample = { totalMs: 0, busyMs: 0, idleMs: 0, backpressuredMs: 0, recordsIn: 0, recordsOut: 0 };
const NOTHING: TaskRate = { recordsInPerSecond: 0, recordsOutPerSecond: 0, busyTimeMsPerSecond: 0, idleTimeMsPerSecond: 0, backPressuredTimeMsPerSecond: 0 };

export class TaskRates {
  private readonly jobs = new Map<JobId, Map<string, Sample[]>>();

  /** Takes a sample of each subtask of the job. */
  sample(job: JobDetails): void {
    const before = this.jobs.get(job.status.jobId);
    const after = new Map<string, Sample[]>();
    for (const subtask of job.subtasks) {
      const key = attemptOf(subtask);
      after.set(key, extended(before?.get(key) ?? [], sampleOf(job, subtask)));
    }
    this.jobs.set(job.status.jobId, after);
  }

  /** Forgets all jobs but these. */
  retain(jobs: readonly JobDetails[]): void {
    const alive = new Set(jobs.map(({ status }) => status.jobId));
    for (const jobId of this.jobs.keys()) if (!alive.has(jobId)) this.jobs.delete(jobId);
  }

  /** Over the window that ends with this reading of the subtask. 0 for a task that does not run. */
  of(job: JobDetails, subtask: SubtaskInfo): TaskRate {
    if (subtask.state !== 'running' && subtask.state !== 'end-of-data') return NOTHING;
    const now = sampleOf(job, subtask);
    const samples = this.jobs.get(job.status.jobId)?.get(attemptOf(subtask)) ?? [];
    const base = baseOf(samples, now) ?? START;
    const elapsed = now.totalMs - base.totalMs;
    if (elapsed <= 0) return NOTHING;
    const perSecond = (of: keyof Sample): number => (Math.max(0, now[of] - base[of]) * 1000) / elapsed;
    return {
      recordsInPerSecond: perSecond('recordsIn'), recordsOutPerSecond: perSecond('recordsOut'), busyTimeMsPerSecond: perSecond('busyMs'),
      idleTimeMsPerSecond: perSecond('idleMs'), backPressuredTimeMsPerSecond: perSecond('backpressuredMs'),
    };
  }
}

const attemptOf = (subtask: SubtaskInfo): string => `${subtask.vertexId}/${subtask.subtaskIndex}/${subtask.attempt}`;

function sampleOf(job: JobDetails, subtask: SubtaskInfo): Sample {
  const node = nodeOf(job, subtask);
  const { recordsIn, recordsOut } = subtaskCounts(subtask, node, exits(node, job.plan));
  const { busyMs, idleMs, backpressuredMs } = subtask;
  return { totalMs: busyMs + idleMs + backpressuredMs, busyMs, idleMs, backpressuredMs, recordsIn, recordsOut };
}

/** The oldest sample within the window; when all but too near ones are older, the newest of those: somebody who looks once a minute gets the last minute. */
function baseOf(samples: readonly Sample[], now: Sample): Sample | undefined {
  const distant = samples.filter((it) => now.totalMs - it.totalMs >= MINIMUM_DISTANCE_MS);
  return distant.find((it) => now.totalMs - it.totalMs <= WINDOW_MS) ?? distant.at(-1);
}

/** Oldest first, none nearer to its neighbour than the distance; those within the window and one before it. A counter that fell begins anew. */
function extended(samples: readonly Sample[], sample: Sample): Sample[] {
  const newest = samples.at(-1);
  if (newest !== undefined && newest.totalMs > sample.totalMs) return [sample];
  const firstWithin = samples.findIndex((it) => sample.totalMs - it.totalMs <= WINDOW_MS);
  const kept = samples.slice(Math.max(0, firstWithin < 0 ? samples.length - 1 : firstWithin - 1));
  return newest !== undefined && sample.totalMs - newest.totalMs < MINIMUM_DISTANCE_MS ? kept : [...kept, sample];
}
