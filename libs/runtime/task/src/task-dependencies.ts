/** What a task is given by its process. */
import type { SnapshotStorage } from '@weir/checkpoint';
import type { CompiledJob } from '@weir/graph';
import type { Clock, Connection, FileStore, Logger, MetricGroup, Random, Timers } from '@weir/ports';
import type { KeyedStateBackends } from '@weir/state';
import type { TaskDeployment } from './task-deployment.js';

export interface TaskDependencies {
  readonly deployment: TaskDeployment;
  /** An instance of the job's graph that no other task uses. */
  readonly job: CompiledJob;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly files: FileStore;
  readonly metrics: MetricGroup;
  readonly data: Connection;
  /** What the transport of `data` says: false when frames must be bytes. */
  readonly dataByReference: boolean;
  readonly snapshotStorage: SnapshotStorage;
  readonly stateBackends: KeyedStateBackends;
}
