/**
 * A cluster from afar: submits artifacts, watches, stops and cancels jobs. Any JobManager may be asked; a standby passes on to the leader. While no leader
 * is there (503), waits go on and single calls throw with `retry: 'later'`.
 */
import { type JobId, RemoteFailureError } from '@weir/base';
import type { ClusterOverview, JobDetails, OperationStatus, StoredArtifact, SubmitRequest, TaskManagerInfo } from '@weir/cluster';
import type { JobPlan } from '@weir/graph';
import { Connection, type Fetch } from './connection.js';
import { ClusterAnswerError, WaitTimeoutError } from './errors.js';

export interface WeirClientOptions {
  /** Value of `rest.authentication.token`. */
  readonly token?: string;
  /** Default: the global one. */
  readonly fetch?: Fetch;
  /** Resolves after that many milliseconds; default: a timer. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Milliseconds between two looks while waiting; default 200. */
  readonly pollIntervalMs?: number;
}

export interface ClusterStatus {
  readonly version: string;
  readonly overview: ClusterOverview;
  readonly taskManagers: readonly TaskManagerInfo[];
}

export interface StopOptions {
  /** Default: the cluster's savepoint directory. */
  readonly targetDirectory?: string;
  /** Fires all timers and windows first: the job ends for good. */
  readonly drain?: boolean;
}

export interface WaitOptions {
  /** Default: no limit. */
  readonly timeoutMs?: number;
}

/** A request without its artifact's hash, which is taken from the artifact. */
export type SubmitWithArtifact = Omit<SubmitRequest, 'artifactHash'>;

const systemSleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class WeirClient {
  private readonly connection: Connection;
  private readonly sleep: (ms: number) => Promise<void>;
  private readonly pollIntervalMs: number;

  /** `baseUrl`: of any JobManager, e.g. `http://localhost:8081`. Throws `WEIR_CLUSTER_URL_INVALID`. */
  constructor(baseUrl: string, options: WeirClientOptions = {}) {
    this.connection = new Connection(baseUrl, options.token, options.fetch ?? ((url, init) => fetch(url, init)));
    this.sleep = options.sleep ?? systemSleep;
    this.pollIntervalMs = options.pollIntervalMs ?? 200;
  }

  get baseUrl(): string {
    return this.connection.baseUrl;
  }

  /** Uploads the artifact and starts the job. The same `jobId` twice is the same job. */
  async submit(artifact: StoredArtifact, request: SubmitWithArtifact): Promise<JobId> {
    await this.connection.send('POST', '/weir/artifacts', artifact);
    const { jobid } = await this.connection.send<{ readonly jobid: JobId }>('POST', '/weir/jobs', { ...request, artifactHash: artifact.hash });
    return jobid;
  }

  /** The plan that the job would have, without running it. */
  async plan(artifact: StoredArtifact, request: SubmitWithArtifact): Promise<JobPlan> {
    await this.connection.send('POST', '/weir/artifacts', artifact);
    return this.connection.send<JobPlan>('POST', '/weir/plan', { ...request, artifactHash: artifact.hash });
  }

  /** Running and ended ones, newest first. */
  async jobs(): Promise<readonly JobDetails[]> {
    return (await this.connection.get<{ readonly jobs: readonly JobDetails[] }>('/weir/jobs')).jobs;
  }

  job(jobId: JobId): Promise<JobDetails> {
    return this.connection.get<JobDetails>(`/weir/jobs/${encodeURIComponent(jobId)}`);
  }

  async overview(): Promise<ClusterOverview> {
    return (await this.status()).overview;
  }

  async taskManagers(): Promise<readonly TaskManagerInfo[]> {
    return (await this.status()).taskManagers;
  }

  /** Version, overview and TaskManagers in one reading. */
  status(): Promise<ClusterStatus> {
    return this.connection.get<ClusterStatus>('/weir/status');
  }

  /** Asks for it; the job ends later. */
  async cancel(jobId: JobId): Promise<void> {
    await this.connection.send('PATCH', `/jobs/${encodeURIComponent(jobId)}?mode=cancel`, undefined);
  }

  /** Makes a savepoint and ends the job behind it; resolves with the savepoint's path. Rejects with the failure of the savepoint. */
  stop(jobId: JobId, options: StopOptions = {}): Promise<string> {
    const { targetDirectory, drain = false } = options;
    return this.trigger(jobId, 'stop', { drain, ...(targetDirectory === undefined ? {} : { targetDirectory }) });
  }

  /** Makes a savepoint; the job goes on. Resolves with its path. Rejects with the failure of the savepoint. */
  savepoint(jobId: JobId, targetDirectory?: string): Promise<string> {
    return this.trigger(jobId, 'savepoints', targetDirectory === undefined ? {} : { 'target-directory': targetDirectory });
  }

  /** Polls until the predicate holds of the job. Throws `WEIR_CLIENT_WAIT_TIMEOUT`. */
  async waitFor(jobId: JobId, predicate: (job: JobDetails) => boolean, options: WaitOptions = {}): Promise<JobDetails> {
    return this.poll(`what was waited for of job ${jobId}`, options, async () => {
      const job = await this.job(jobId);
      return predicate(job) ? job : undefined;
    });
  }

  private async trigger(jobId: JobId, path: 'stop' | 'savepoints', body: object): Promise<string> {
    const id = encodeURIComponent(jobId);
    const { 'request-id': triggerId } = await this.connection.send<{ readonly 'request-id': string }>('POST', `/jobs/${id}/${path}`, body);
    return this.poll(`the savepoint of job ${jobId}`, {}, async () => {
      const status = await this.connection.get<OperationStatus>(`/weir/jobs/${id}/operations/${triggerId}`);
      if (status.state === 'failed') throw new RemoteFailureError(status.failure);
      return status.state === 'completed' ? status.location : undefined;
    });
  }

  /** The first value that `look` gives. A cluster that changes its leader is waited for; only the timeout ends that. */
  private async poll<T>(what: string, { timeoutMs = Infinity }: WaitOptions, look: () => Promise<T | undefined>): Promise<T> {
    for (let waitedMs = 0; ; waitedMs += this.pollIntervalMs) {
      const found = await look().catch((error: unknown) => {
        if (error instanceof ClusterAnswerError && error.status === LEADERLESS) return undefined;
        throw error;
      });
      if (found !== undefined) return found;
      if (waitedMs + this.pollIntervalMs > timeoutMs) throw new WaitTimeoutError(what, timeoutMs);
      await this.sleep(this.pollIntervalMs);
    }
  }
}

/** Status of answers while no leader takes requests. */
const LEADERLESS = 503;
