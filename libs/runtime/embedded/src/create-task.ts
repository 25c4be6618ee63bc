/** Gives tasks what the process has: the composition of `TaskDependencies`. */
import type { JobId } from '@weir/base';
import type { SnapshotStorage } from '@weir/checkpoint';
import type { CreateTask } from '@weir/cluster';
import type { Clock, Connection, FileStore, Logger, MetricGroup, Random, Timers } from '@weir/ports';
import { TaskActor } from '@weir/task';

export interface TaskHost {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly files: FileStore;
  readonly metrics: MetricGroup;
  readonly data: Connection;
  readonly storageOf: (jobId: JobId) => SnapshotStorage;
}

/** Makes the real tasks of this process. */
export function taskFactory(host: TaskHost): CreateTask {
  return (deployment, job) => {
    const { jobId, attempt } = deployment;
    const { vertexId, subtaskIndex } = attempt;
    const { clock, timers, files, data } = host;
    return new TaskActor({
      deployment, job, clock, timers, files, data,
      random: host.random.stream(`${jobId}/${vertexId}/${subtaskIndex}/${attempt.epoch}.${attempt.attempt}`),
      logger: host.logger.child({ jobId, vertexId, subtaskIndex, attempt: `${attempt.epoch}.${attempt.attempt}` }),
      metrics: host.metrics.group({ job: jobId, vertex: vertexId, subtask: String(subtaskIndex) }),
      snapshotStorage: host.storageOf(jobId),
    });
  };
}
