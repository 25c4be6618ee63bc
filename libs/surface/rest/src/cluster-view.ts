/**
 * What handlers read of the cluster. Jobs that the dashboard asks for many times per refresh (one request per vertex and metric) come from a reading
 * that is at most a second old; everything else is asked anew. Each reading feeds the rates.
 */
import type { JobId } from '@weir/base';
import type { ClusterGateway, JobDetails, TaskManagerInfo } from '@weir/cluster';
import type { Clock } from '@weir/ports';
import { ResourceNotFoundError } from './errors.js';
import { TaskRates } from './metrics/task-rates.js';

const RECENT_MS = 1000;

interface Reading<T> {
  readonly takenAt: number;
  readonly value: Promise<T>;
}

export class ClusterView {
  readonly rates = new TaskRates();
  private readonly recentJobs = new Map<JobId, Reading<JobDetails>>();
  private recentList: Reading<readonly JobDetails[]> | undefined;

  constructor(readonly gateway: ClusterGateway, private readonly clock: Clock) {}

  /** Wall-clock milliseconds. */
  now(): number {
    return Math.round(this.clock.now());
  }

  /** Rejects with `WEIR_JOB_NOT_FOUND`. */
  async job(jobId: JobId): Promise<JobDetails> {
    const job = await this.gateway.job(jobId);
    this.rates.sample(job);
    return job;
  }

  async jobs(): Promise<readonly JobDetails[]> {
    const jobs = await this.gateway.jobs();
    for (const job of jobs) this.rates.sample(job);
    this.rates.retain(jobs);
    return jobs;
  }

  /** As {@link job}, at most a second old. */
  recentJob(jobId: JobId): Promise<JobDetails> {
    const recent = this.recentJobs.get(jobId);
    if (recent !== undefined && this.isRecent(recent)) return recent.value;
    for (const [key, reading] of this.recentJobs) if (!this.isRecent(reading)) this.recentJobs.delete(key);
    const reading = { takenAt: this.clock.monotonic(), value: this.job(jobId) };
    this.recentJobs.set(jobId, reading);
    reading.value.catch(() => {
      if (this.recentJobs.get(jobId) === reading) this.recentJobs.delete(jobId); // failures are not kept
    });
    return reading.value;
  }

  /** As {@link jobs}, at most a second old. */
  allRecentJobs(): Promise<readonly JobDetails[]> {
    if (this.recentList !== undefined && this.isRecent(this.recentList)) return this.recentList.value;
    const reading = { takenAt: this.clock.monotonic(), value: this.jobs() };
    this.recentList = reading;
    reading.value.catch(() => {
      if (this.recentList === reading) this.recentList = undefined;
    });
    return reading.value;
  }

  /** Rejects with `WEIR_REST_RESOURCE_NOT_FOUND`. */
  async taskManager(id: string): Promise<TaskManagerInfo> {
    const found = (await this.gateway.taskManagers()).find((manager) => manager.id === id);
    if (found === undefined) throw new ResourceNotFoundError(`could not find TaskExecutor ${id}`, 'Look it up in /taskmanagers.');
    return found;
  }

  private isRecent(reading: Reading<unknown>): boolean {
    return this.clock.monotonic() - reading.takenAt < RECENT_MS;
  }
}
