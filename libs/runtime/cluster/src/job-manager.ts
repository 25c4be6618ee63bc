/**
 * One JobManager: contends for the leadership, and while it leads runs a ResourceManager and a Dispatcher. It wires and waits; it decides nothing.
 *
 *   leader-election --granted--> resource-manager.<epoch>, dispatcher.<epoch>
 *                   --lost-----> the Dispatcher suspends its jobs and stops, then the ResourceManager stops
 */
import type { ActorAddress, ActorRef, ActorSystem } from '@weir/actor';
import type { Configuration, FailureInfo, JobId } from '@weir/base';
import type { Clock, HighAvailability, LeaderRecord, LeaderRegister, Random } from '@weir/ports';
import type { ClusterGateway } from './cluster-gateway.js';
import { clusterOptions } from './cluster-options.js';
import { DispatcherActor } from './dispatcher.actor.js';
import { NotLeaderError } from './dispatcher-errors.js';
import { DispatcherGateway } from './dispatcher-gateway.js';
import type { JobMasterHost } from './job-master-host.js';
import type { JobStore } from './job-store.js';
import { LEADER_ELECTION_PATH, LeaderElectionActor } from './leader-election.actor.js';
import type { ElectionEvent } from './leader-election.events.js';
import { leaderElectionOptions } from './leader-election-options.js';
import { resourceManagerAddress } from './leader-tracker.js';
import { ResourceManagerActor } from './resource-manager.actor.js';
import { TermKeeperActor, type TermKeeperMessage } from './term-keeper.actor.js';

export interface JobManagerOptions {
  readonly node: string;
  /** Where this JobManager's REST API answers; empty without one. */
  readonly restUrl: string;
  /** Of `node`. */
  readonly system: ActorSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly register: LeaderRegister;
  /** The cluster's epochs, `ha/` in the storage directory. */
  readonly highAvailability: HighAvailability;
  /** Epochs and register of one job, `jobs/<jobId>/ha`. */
  readonly jobHighAvailability: (jobId: JobId) => HighAvailability;
  readonly store: JobStore;
  readonly host: JobMasterHost;
  readonly configuration: Configuration;
  /** A part of this JobManager failed that nobody restarts: the process is to end, so that another one takes over. */
  readonly onFatalError: (failure: FailureInfo) => void;
}

export class JobManager {
  private readonly election: LeaderElectionActor;
  private electionRef: ActorRef<ElectionEvent> | undefined;
  private keeper: ActorRef<TermKeeperMessage> | undefined;
  private known: LeaderRecord | undefined;
  private stopping: Promise<void> | undefined;
  private resolveStopped: () => void = () => undefined;

  constructor(private readonly options: JobManagerOptions) {
    const { node, restUrl, random, register, highAvailability, configuration } = options;
    this.election = new LeaderElectionActor({
      node, restUrl, nonce: random.hex(16), register, highAvailability,
      leaseMs: configuration.get(leaderElectionOptions.leaseDuration),
      renewMs: configuration.get(leaderElectionOptions.renewInterval),
      listener: {
        granted: (epoch) => this.keeper?.tell({ type: 'granted', epoch }),
        inDoubt: () => undefined, // the Dispatcher asks the lease itself
        confirmed: () => undefined,
        lost: () => this.keeper?.tell({ type: 'lost' }),
        leaderChanged: (leader) => {
          this.known = leader;
        },
      },
    });
  }

  /** Once. Contends from now on. */
  start(): void {
    const { system } = this.options;
    this.electionRef = system.spawn(LEADER_ELECTION_PATH, this.election);
    this.keeper = system.spawn('job-manager', new TermKeeperActor({
      election: this.electionRef.address,
      begin: (epoch) => this.beginTerm(epoch),
      endResourceManager: (address) => system.stop(address),
      onFatalError: this.options.onFatalError,
      onStopped: () => this.resolveStopped(),
    }));
  }

  /** Suspends the jobs, hands the leadership over and resolves when all of it has stopped. May be called twice. */
  stop(): Promise<void> {
    this.stopping ??= new Promise((resolve) => {
      this.resolveStopped = resolve;
      if (this.keeper === undefined) resolve();
      else this.keeper.tell({ type: 'stop' });
    });
    return this.stopping;
  }

  /** Who leads, as far as is known here. */
  leader(): LeaderRecord | undefined {
    return this.known;
  }

  /** The term that this JobManager leads, while its lease holds. */
  leads(): number | undefined {
    return this.election.lease.leads(this.options.clock.monotonic());
  }

  /** The cluster, through this JobManager. Its methods reject with `WEIR_NOT_LEADER` while this one does not lead; `details.restUrl` tells whom to ask. */
  gateway(): ClusterGateway {
    const { node, system } = this.options;
    return new DispatcherGateway({
      system,
      leader: () => {
        const epoch = this.leads();
        if (epoch === undefined) throw new NotLeaderError(node, this.known?.leader === node ? undefined : this.known);
        return { dispatcher: `${node}/dispatcher.${epoch}`, resourceManager: resourceManagerAddress({ leader: node, epoch }) };
      },
    });
  }

  private beginTerm(epoch: number): { readonly dispatcher: ActorAddress; readonly resourceManager: ActorAddress } {
    const { system, node, clock, random, configuration, store, host, jobHighAvailability } = this.options;
    const resourceManager = system.spawn(`resource-manager.${epoch}`, new ResourceManagerActor({
      epoch, leader: node, evenlySpread: configuration.get(clusterOptions.evenlySpreadOutSlots),
    }));
    const dispatcher = system.spawn(`dispatcher.${epoch}`, new DispatcherActor({
      store, host, configuration, highAvailability: jobHighAvailability, resourceManager: resourceManager.address, random: random.stream(`dispatcher ${epoch}`),
      mayAct: () => this.election.lease.leadsWithoutDoubt(clock.monotonic()) === epoch,
    }));
    return { dispatcher: dispatcher.address, resourceManager: resourceManager.address };
  }
}
