/** A gateway over lists that tests fill. Keeps the calls of commands; `failure` makes every call reject. */
import { type JobId, jobId, WeirError } from '@weir/base';
import type {
  ArtifactInfo, ClusterGateway, ClusterOverview, JobDetails, OperationStatus, SavepointRequest, StoredArtifact, SubmitRequest, TaskManagerInfo,
} from '@weir/cluster';
import type { JobPlan } from '@weir/graph';
import { exampleJob, exampleTaskManager } from './example-job.js';

export interface FakeCall {
  readonly method: 'submit' | 'cancel' | 'savepoint' | 'addArtifact' | 'removeArtifact' | 'plan';
  readonly args: readonly unknown[];
}

class FakeError extends WeirError {
  constructor(code: string, message: string) {
    super({ code, domain: 'user', retry: 'never', message, hint: 'Look at the list of jobs.' });
  }
}

export class FakeClusterGateway implements ClusterGateway {
  /** Thrown by every method while it is set. */
  failure: Error | undefined;
  jobList: readonly JobDetails[] = [
    exampleJob(), exampleJob({ digit: '2', state: 'finished' }), exampleJob({ digit: '3', state: 'failed' }), exampleJob({ digit: '4', state: 'canceled' }),
    exampleJob({ digit: '5', state: 'created', change: { missingSlots: 2 } }),
  ];
  managers: readonly TaskManagerInfo[] = [exampleTaskManager('tm-1'), exampleTaskManager('tm-2')];
  readonly stored = new Map<string, StoredArtifact>();
  readonly operations = new Map<string, OperationStatus>();
  readonly calls: FakeCall[] = [];
  /** Readings of jobs so far. */
  reads = 0;
  /** Calls of any method so far. */
  asked = 0;

  async overview(): Promise<ClusterOverview> {
    this.check();
    return { taskManagers: this.managers.length, slotsTotal: 8, slotsAvailable: 6, leader: 'jm-1', epoch: 3 };
  }
  async taskManagers(): Promise<readonly TaskManagerInfo[]> {
    this.check();
    return this.managers;
  }
  async jobs(): Promise<readonly JobDetails[]> {
    this.check();
    this.reads++;
    return this.jobList;
  }
  async job(id: JobId): Promise<JobDetails> {
    this.check();
    this.reads++;
    const found = this.jobList.find(({ status }) => status.jobId === id);
    if (found === undefined) throw new FakeError('WEIR_JOB_NOT_FOUND', `job ${id} is not known`);
    return found;
  }
  async submit(request: SubmitRequest): Promise<JobId> {
    this.check();
    this.calls.push({ method: 'submit', args: [request] });
    if (!this.stored.has(request.artifactHash)) throw new FakeError('WEIR_ARTIFACT_NOT_FOUND', `artifact ${request.artifactHash} is not known`);
    return jobId(request.jobId ?? '9'.repeat(32));
  }
  async cancel(id: JobId): Promise<void> {
    if ((await this.job(id)).endedAtMs > 0) throw new FakeError('WEIR_JOB_ALREADY_ENDED', `job ${id} has ended`);
    this.calls.push({ method: 'cancel', args: [id] });
  }
  async savepoint(id: JobId, request: SavepointRequest): Promise<string> {
    await this.job(id);
    this.calls.push({ method: 'savepoint', args: [id, request] });
    const triggerId = request.triggerId ?? '7'.repeat(32);
    if (!this.operations.has(triggerId)) this.operations.set(triggerId, { state: 'in-progress' });
    return triggerId;
  }
  async operation(id: JobId, triggerId: string): Promise<OperationStatus> {
    await this.job(id);
    const found = this.operations.get(triggerId);
    if (found === undefined) throw new FakeError('WEIR_OPERATION_NOT_FOUND', `operation ${triggerId} is not known`);
    return found;
  }
  async addArtifact(artifact: StoredArtifact): Promise<void> {
    this.check();
    this.calls.push({ method: 'addArtifact', args: [artifact] });
    this.stored.set(artifact.hash, artifact);
  }
  async artifacts(): Promise<readonly ArtifactInfo[]> {
    this.check();
    return [...this.stored.values()].map(({ hash, name, uploadedAtMs, code }) => ({ hash, name, uploadedAtMs, sizeBytes: code.length }));
  }
  async removeArtifact(hash: string): Promise<void> {
    this.check();
    this.calls.push({ method: 'removeArtifact', args: [hash] });
    this.stored.delete(hash);
  }
  async plan(request: SubmitRequest): Promise<JobPlan> {
    this.check();
    this.calls.push({ method: 'plan', args: [request] });
    return this.jobList[0].plan;
  }
  async configuration(): Promise<Readonly<Record<string, string>>> {
    this.check();
    return { 'rest.port': '8081', 'rest.authentication.token': 'CANARY', 'high-availability.storageDir': '/data' };
  }

  private check(): void {
    this.asked++;
    if (this.failure !== undefined) throw this.failure;
  }
}
