/**
 * Where slots live: in the TaskExecutor's own actor system, or each in a thread of its own. The TaskExecutor decides when a slot begins and ends; the host
 * only knows how. What crosses the port is plain data.
 */
import type { ActorAddress, ActorSystem } from '@weir/actor';
import type { FailureInfo, JobId } from '@weir/base';
import type { Subscription } from '@weir/ports';
import type { JobArtifacts } from './job-artifacts.js';
import type { JobDescriptor } from './job-descriptor.js';
import { type CreateTask, SlotActor } from './slot.actor.js';

/** Whom a slot serves. */
export interface SlotAssignment {
  readonly jobId: JobId;
  readonly jobMaster: ActorAddress;
  readonly taskExecutor: ActorAddress;
  readonly job: JobDescriptor;
}

export interface SlotHost {
  /** A new slot. `name` is one segment and never used again. Rejects when there can be none: nothing is left of it then. */
  open(name: string, assignment: SlotAssignment): Promise<ActorAddress>;
  /** Ends a slot and all in it, by force if need be; resolves when nothing is left. Harmless when it is gone. */
  close(address: ActorAddress): Promise<void>;
  /** Tells of slots that ended by themselves, as soon as the host knows; watches may know earlier. */
  onLost(listener: (address: ActorAddress, failure?: FailureInfo) => void): Subscription;
}

export interface LocalSlotHostOptions {
  readonly system: ActorSystem;
  readonly artifacts: JobArtifacts;
  readonly createTask: CreateTask;
}

/** Slots as root actors of the TaskExecutor's system. */
export class LocalSlotHost implements SlotHost {
  constructor(private readonly options: LocalSlotHostOptions) {}

  open(name: string, assignment: SlotAssignment): Promise<ActorAddress> {
    const { system, artifacts, createTask } = this.options;
    return new Promise((resolve) => {
      resolve(system.spawn(name, new SlotActor({ ...assignment, artifacts, createTask })).address);
    });
  }

  close(address: ActorAddress): Promise<void> {
    this.options.system.stop(address);
    return Promise.resolve();
  }

  /** An actor of the same system is watched: there is no other news. */
  onLost(): Subscription {
    return { unsubscribe: () => undefined };
  }
}
