/**
 * Messages of the ResourceManager (`<node>/resource-manager.<epoch>`). All are plain data.
 *
 *   TaskExecutor  -> task-executor-report                    what it has; the first one registers it
 *   JobMaster     -> request-slots -> ResourceManager -> allocate-slots -> TaskExecutor -> slots-granted -> JobMaster
 *                 <- slots-missing                           while there are too few
 *                 <- return-idle-slots                       when it waits and an older job waits for what it holds
 */
import type { ActorAddress, ReplyTo } from '@weir/actor';
import type { JobId } from '@weir/base';
import type { ClusterOverview, TaskManagerInfo } from './cluster-gateway.js';
import type { JobDescriptor } from './job-descriptor.js';

/** Slots of one JobMaster on one TaskExecutor. */
export interface SlotHolding {
  readonly jobId: JobId;
  readonly jobMaster: ActorAddress;
  /** Alive and granted. */
  readonly slots: readonly ActorAddress[];
  /** On their way to be alive. */
  readonly opening: number;
}

export type ResourceManagerMessage =
  /**
   * From a TaskExecutor: when it finds this ResourceManager, after each change and each second. Says all, so that any one may be lost.
   * `lastAllocation`: the highest number of an `allocate-slots` that this report knows of; 0 before the first of this ResourceManager.
   */
  | {
    readonly type: 'task-executor-report'; readonly taskExecutor: ActorAddress; readonly info: TaskManagerInfo; readonly holdings: readonly SlotHolding[];
    readonly lastAllocation: number;
  }
  /**
   * From a JobMaster: how many slots it needs in all, with those that it has; 0 when it ends. Said again after each change, to a new ResourceManager, and
   * when in doubt; a repetition changes nothing. `without`: slots of its own that it counts on no longer (lost, or given back).
   */
  | {
    readonly type: 'request-slots'; readonly jobId: JobId; readonly jobMaster: ActorAddress; readonly request: number; readonly count: number;
    readonly without: readonly ActorAddress[]; readonly job: JobDescriptor;
  }
  | { readonly type: 'describe-cluster'; readonly replyTo: ReplyTo<ClusterOverview> }
  | { readonly type: 'list-task-managers'; readonly replyTo: ReplyTo<readonly TaskManagerInfo[]> };

/** From the ResourceManager to a JobMaster. */
export type ResourceManagerReport =
  /** `missing` of `total` needed slots are not to be had now. Again when that changes, with 0 when they are on their way. `request`: the last that was heard. */
  | { readonly type: 'slots-missing'; readonly request: number; readonly missing: number; readonly total: number }
  /** A job that came first waits for slots that this one holds without using them. Answer: request-slots with them in `without`. */
  | { readonly type: 'return-idle-slots' };
