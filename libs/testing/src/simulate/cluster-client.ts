/**
 * The user of a simulated cluster, on a machine of his own: finds the leader by the register, submits, watches until the end, asks for savepoints. What a
 * user does when nobody answers he does too: he asks again.
 */
import { ActorSystem } from '@weir/actor';
import { isWeirError, type JobId } from '@weir/base';
import { type ClusterGateway, DispatcherGateway, type JobDetails, LeaderTracker, NotLeaderError, type OperationStatus, resourceManagerAddress, type StoredArtifact, type SubmitRequest } from '@weir/cluster';
import type { SimulatedNode } from '../simulation/simulated-node.js';
import { type ClusterGround } from './cluster-ground.js';
import { CountingTimers } from './counting-timers.js';
import { CLIENT } from './simulated-cluster.js';

const POLL_MS = 200;
const ASK_TIMEOUT_MS = 5000;
/** Nobody answered, or nobody who may: the same request may be repeated. */
const ASK_AGAIN: ReadonlySet<string> = new Set([
  'WEIR_NOT_LEADER', 'WEIR_ASK_TIMEOUT', 'WEIR_ASK_NO_RECEIVER', 'WEIR_ASK_CANCELLED', 'WEIR_MAILBOX_FULL', 'WEIR_ACTOR_SYSTEM_STOPPED', 'WEIR_JOB_NOT_FOUND',
  'WEIR_SUBMISSION_UNKNOWN',
]);

export class ClusterClient {
  readonly node: SimulatedNode;
  readonly gateway: ClusterGateway;
  readonly system: ActorSystem;
  private readonly tracker: LeaderTracker;
  private readonly timers: CountingTimers;

  constructor({ world, register }: ClusterGround) {
    this.node = world.node(CLIENT);
    this.timers = new CountingTimers(this.node.timers);
    const { timers } = this;
    const { clock, random, logger, control } = this.node;
    this.system = new ActorSystem({ node: CLIENT, clock, timers, random: random.stream('actors'), logger, control });
    this.tracker = new LeaderTracker({ register: register.through(this.node), timers, logger });
    this.tracker.start();
    this.gateway = new DispatcherGateway({
      system: this.system, timeoutMs: ASK_TIMEOUT_MS,
      leader: () => {
        const { leader } = this.tracker;
        if (leader === undefined) throw new NotLeaderError(CLIENT, undefined);
        return { dispatcher: `${leader.leader}/dispatcher.${leader.epoch}`, resourceManager: resourceManagerAddress(leader) };
      },
    });
  }

  /** Resolves when the job exists. Rejects with what is wrong with it. */
  async submit(artifact: StoredArtifact, request: SubmitRequest): Promise<void> {
    await this.untilAnswered(() => this.gateway.addArtifact(artifact));
    await this.untilAnswered(() => this.gateway.submit(request));
  }

  /** The job as it ended. `told` hears of it from time to time before. */
  async ended(jobId: JobId, told: (details: JobDetails) => void): Promise<JobDetails> {
    for (;;) {
      const details = await this.untilAnswered(() => this.gateway.job(jobId));
      told(details);
      if (['finished', 'failed', 'canceled'].includes(details.status.state)) return details;
      await this.wait(POLL_MS);
    }
  }

  /** Undefined: it is not known what became of it. Rejects when there could be none. */
  async savepoint(jobId: JobId, triggerId: string, targetDirectory: string, then: 'none' | 'suspend' | 'cancel' | 'drain'): Promise<Exclude<OperationStatus, { state: 'in-progress' }> | undefined> {
    await this.untilAnswered(() => this.gateway.savepoint(jobId, { targetDirectory, then, triggerId }));
    for (;;) {
      const status = await this.untilAnswered(() => this.gateway.operation(jobId, triggerId)).catch((error: unknown) => {
        if (codeOf(error) === 'WEIR_OPERATION_NOT_FOUND') return undefined; // another leader knows nothing of it
        throw error;
      });
      if (status?.state !== 'in-progress') return status;
      await this.wait(POLL_MS / 2);
    }
  }

  /** Asks until there is an answer. */
  async untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!ASK_AGAIN.has(codeOf(error))) throw error;
      }
      await this.wait(POLL_MS);
    }
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.timers.after(ms, resolve));
  }

  async close(): Promise<void> {
    this.tracker.close();
    await this.system.shutdown();
    await this.node.control.close();
  }

  leftovers(): Record<string, number> {
    const counts = { ...this.system.counts(), ports: this.timers.live };
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0).map(([what, count]) => [`${CLIENT} ${what}`, count]));
  }
}

export function codeOf(error: unknown): string {
  return isWeirError(error) ? error.code : '';
}
