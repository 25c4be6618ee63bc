/** A ClusterGateway that asks the Dispatcher and the ResourceManager of the leader by address, from any actor system that reaches them. */
import type { ActorAddress, ActorSystem, ReplyTo } from '@weir/actor';
import type { JobId } from '@weir/base';
import type { JobPlan } from '@weir/graph';
import type {
  ArtifactInfo, ClusterGateway, ClusterOverview, JobDetails, OperationStatus, SavepointRequest, SubmitRequest, TaskManagerInfo,
} from './cluster-gateway.js';
import type { DispatcherRequest } from './dispatcher.protocol.js';
import type { StoredArtifact } from './job-submission.js';
import type { ResourceManagerMessage } from './resource-manager.protocol.js';

export interface LeaderAddresses {
  readonly dispatcher: ActorAddress;
  readonly resourceManager: ActorAddress;
}

export interface DispatcherGatewayOptions {
  readonly system: ActorSystem;
  /** Called for each request. Throws `WEIR_NOT_LEADER` when there is nobody to ask. */
  readonly leader: () => LeaderAddresses;
  /** For each request. Default 60 000. */
  readonly timeoutMs?: number;
}

/** A request without the place for its answer. */
type Open<R> = R extends unknown ? Omit<R, 'replyTo'> : never;

export class DispatcherGateway implements ClusterGateway {
  constructor(private readonly options: DispatcherGatewayOptions) {}

  overview(): Promise<ClusterOverview> {
    return this.askResourceManager((replyTo) => ({ type: 'describe-cluster', replyTo }));
  }

  taskManagers(): Promise<readonly TaskManagerInfo[]> {
    return this.askResourceManager((replyTo) => ({ type: 'list-task-managers', replyTo }));
  }

  jobs(): Promise<readonly JobDetails[]> {
    return this.ask({ type: 'list-jobs' });
  }

  job(jobId: JobId): Promise<JobDetails> {
    return this.ask({ type: 'describe-job', jobId });
  }

  submit(request: SubmitRequest): Promise<JobId> {
    return this.ask({ type: 'submit-job', request });
  }

  cancel(jobId: JobId): Promise<void> {
    return this.ask({ type: 'cancel-job', jobId });
  }

  savepoint(jobId: JobId, request: SavepointRequest): Promise<string> {
    return this.ask({ type: 'take-savepoint', jobId, request });
  }

  operation(jobId: JobId, triggerId: string): Promise<OperationStatus> {
    return this.ask({ type: 'describe-operation', jobId, triggerId });
  }

  addArtifact(artifact: StoredArtifact): Promise<void> {
    return this.ask({ type: 'add-artifact', artifact });
  }

  artifacts(): Promise<readonly ArtifactInfo[]> {
    return this.ask({ type: 'list-artifacts' });
  }

  removeArtifact(hash: string): Promise<void> {
    return this.ask({ type: 'remove-artifact', hash });
  }

  plan(request: SubmitRequest): Promise<JobPlan> {
    return this.ask({ type: 'plan-job', request });
  }

  configuration(): Promise<Readonly<Record<string, string>>> {
    return this.ask({ type: 'describe-configuration' });
  }

  private async ask<Reply>(request: Open<DispatcherRequest>): Promise<Reply> {
    const { system, leader, timeoutMs = 60_000 } = this.options;
    const dispatcher = system.refFor<DispatcherRequest>(leader().dispatcher);
    return system.ask<DispatcherRequest, Reply>(dispatcher, (replyTo) => ({ ...request, replyTo } as DispatcherRequest), { timeoutMs });
  }

  private async askResourceManager<Reply>(request: (replyTo: ReplyTo<Reply>) => ResourceManagerMessage): Promise<Reply> {
    const { system, leader, timeoutMs = 60_000 } = this.options;
    return system.ask(system.refFor<ResourceManagerMessage>(leader().resourceManager), request, { timeoutMs });
  }
}
