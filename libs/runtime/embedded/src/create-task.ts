/** Gives tasks what the process has: the composition of `TaskDependencies`. */
import { Configuration, type JobId } from '@weir/base';
import type { SnapshotStorage } from '@weir/checkpoint';
import type { CreateTask } from '@weir/cluster';
import type { Clock, Connection, FileStore, Logger, MetricGroup, Random, Timers } from '@weir/ports';
import { selectStateBackends, type StateBackendProvider } from '@weir/state';
import { TaskActor } from '@weir/task';

export interface TaskHost {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly files: FileStore;
  readonly metrics: MetricGroup;
  readonly data: Connection;
  /** `byReference` of the transport of `data`. */
  readonly dataByReference: boolean;
  readonly storageOf: (jobId: JobId) => SnapshotStorage;
  /** What this process offers besides the heap. */
  readonly stateBackends?: readonly StateBackendProvider[];
}

/** Makes the real tasks of this process. */
export function taskFactory(host: TaskHost): CreateTask {
  return (deployment, job) => {
    const { jobId, attempt } = deployment;
    const { vertexId, subtaskIndex } = attempt;
    const logger = host.logger.child({ jobId, vertexId, subtaskIndex, attempt: `${attempt.epoch}.${attempt.attempt}` });
    const { clock, timers, files, data, dataByReference } = host;
    return new TaskActor({
      deployment, job, clock, timers, files, data, dataByReference,
      random: host.random.stream(`${jobId}/${vertexId}/${subtaskIndex}/${attempt.epoch}.${attempt.attempt}`),
      logger,
      stateBackends: selectStateBackends(host.stateBackends ?? [], {
        name: `${jobId}-${vertexId.slice(0, 8)}-${subtaskIndex}-${attempt.epoch}.${attempt.attempt}`, configuration: Configuration.of(deployment.configuration, 'program'), logger, clock, timers,
      }),
      metrics: host.metrics.group({ job: jobId, vertex: vertexId, subtask: String(subtaskIndex) }),
      snapshotStorage: host.storageOf(jobId),
    });
  };
}
