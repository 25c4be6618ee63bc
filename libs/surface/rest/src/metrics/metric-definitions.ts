/**
 * The one table of metrics: Flink's names by Flink's scopes, and how each is read from the read models. REST's metric paths and the Prometheus page
 * both come from it.
 */
import type { ClusterOverview, JobDetails, SubtaskInfo, TaskManagerInfo } from '@weir/cluster';
import type { PlanNode, PlanOperator } from '@weir/graph';
import type { MetricKind } from '@weir/ports';
import type { OperatorMetrics } from '@weir/task';
import type { SubtaskCounts } from '../model/subtask-counts.js';
import { watermarkText } from '../model/vertex-view.js';
import type { TaskRate } from './task-rates.js';

export interface MetricDefinition<Subject> {
  readonly name: string;
  readonly kind: MetricKind;
  readonly description: string;
  readonly read: (subject: Subject) => number;
  /** As REST prints it; default: the number. */
  readonly text?: (subject: Subject) => string;
}

export interface ClusterSubject {
  readonly overview: ClusterOverview;
  readonly runningJobs: number;
}
export interface JobSubject {
  readonly job: JobDetails;
  readonly now: number;
}
export interface TaskSubject {
  readonly job: JobDetails;
  readonly node: PlanNode;
  readonly subtask: SubtaskInfo;
  readonly counts: SubtaskCounts;
  readonly rate: TaskRate;
}
export interface OperatorSubject extends TaskSubject {
  readonly operator: PlanOperator;
  readonly metrics: OperatorMetrics;
}

function gauge<S>(name: string, description: string, read: (subject: S) => number, text?: (subject: S) => string): MetricDefinition<S> {
  return { name, kind: 'gauge', description, read, ...(text === undefined ? {} : { text }) };
}
function counter<S>(name: string, description: string, read: (subject: S) => number): MetricDefinition<S> {
  return { name, kind: 'counter', description, read };
}

export const clusterMetrics: readonly MetricDefinition<ClusterSubject>[] = [
  gauge('taskSlotsTotal', 'Slots of all TaskManagers.', ({ overview }) => overview.slotsTotal),
  gauge('taskSlotsAvailable', 'Slots that no job has.', ({ overview }) => overview.slotsAvailable),
  gauge('numRegisteredTaskManagers', 'TaskManagers of the cluster.', ({ overview }) => overview.taskManagers),
  gauge('numRunningJobs', 'Jobs that have not ended.', ({ runningJobs }) => runningJobs),
];

export const taskManagerMetrics: readonly MetricDefinition<TaskManagerInfo>[] = [
  gauge('Status.JVM.Memory.Heap.Used', 'Heap in use, bytes.', (manager) => manager.heapUsed),
  gauge('Status.JVM.Memory.Heap.Committed', 'Heap that may be used, bytes.', (manager) => manager.heapLimit),
  gauge('Status.JVM.Memory.Heap.Max', 'Heap that may be used, bytes.', (manager) => manager.heapLimit),
  gauge('Status.JVM.Memory.NonHeap.Used', 'Resident memory that is not heap, bytes.', (manager) => Math.max(0, manager.residentMemory - manager.heapUsed)),
  gauge('taskSlotsTotal', 'Slots of this TaskManager.', (manager) => manager.slots),
  gauge('taskSlotsAvailable', 'Slots that no job has.', (manager) => manager.freeSlots),
];

const lastCompleted = (job: JobDetails): JobDetails['checkpoints']['history'][number] | undefined =>
  job.checkpoints.history.find(({ status }) => status === 'completed');

/** Since all of the job runs without interruption; 0 while it does not run, -1 when it has ended. */
function uptime({ job, now }: JobSubject): number {
  if (job.endedAtMs > 0) return -1;
  if (job.status.state !== 'running') return 0;
  const since = job.subtasks.reduce((latest, { stateTimestamps }) => Math.max(latest, stateTimestamps.running ?? 0), job.stateTimestamps.running ?? now);
  return Math.max(0, now - since);
}

export const jobMetrics: readonly MetricDefinition<JobSubject>[] = [
  gauge('uptime', 'Milliseconds since the job runs without interruption.', uptime),
  gauge('runningTime', 'Milliseconds since the job runs without interruption.', uptime),
  gauge('numRestarts', 'Restarts since the job was submitted.', ({ job }) => job.status.restarts),
  gauge('fullRestarts', 'Restarts since the job was submitted.', ({ job }) => job.status.restarts),
  gauge('numberOfCompletedCheckpoints', 'Completed checkpoints.', ({ job }) => job.checkpoints.counts.completed),
  gauge('numberOfFailedCheckpoints', 'Failed checkpoints.', ({ job }) => job.checkpoints.counts.failed),
  gauge('numberOfInProgressCheckpoints', 'Checkpoints under way.', ({ job }) => job.checkpoints.counts.inProgress),
  gauge('totalNumberOfCheckpoints', 'Triggered checkpoints.', ({ job }) => {
    const { completed, failed, inProgress } = job.checkpoints.counts;
    return completed + failed + inProgress;
  }),
  gauge('lastCheckpointDuration', 'Milliseconds; -1: none yet.', ({ job }) => lastCompleted(job)?.durationMs ?? -1),
  gauge('lastCheckpointSize', 'Bytes; -1: none yet.', ({ job }) => lastCompleted(job)?.sizeBytes ?? -1),
  gauge('lastCheckpointFullSize', 'Bytes; -1: none yet.', ({ job }) => lastCompleted(job)?.sizeBytes ?? -1),
  gauge('lastCompletedCheckpointId', 'Id; -1: none yet.', ({ job }) => lastCompleted(job)?.checkpointId ?? -1),
  gauge('lastCheckpointRestoreTimestamp', 'Milliseconds since 1970; -1: never.', ({ job }) => job.checkpoints.restored?.timestampMs ?? -1),
];

const NO_WATERMARK = -(2 ** 63);

export const taskMetrics: readonly MetricDefinition<TaskSubject>[] = [
  counter('numRecordsIn', 'Records read; by sources from outside.', ({ counts }) => counts.recordsIn),
  counter('numRecordsOut', 'Records written; by sinks to the outside.', ({ counts }) => counts.recordsOut),
  gauge('numRecordsInPerSecond', 'Records read per second.', ({ rate }) => rate.recordsInPerSecond),
  gauge('numRecordsOutPerSecond', 'Records written per second.', ({ rate }) => rate.recordsOutPerSecond),
  gauge('busyTimeMsPerSecond', 'Milliseconds of a second in which the task works.', ({ rate }) => rate.busyTimeMsPerSecond),
  gauge('idleTimeMsPerSecond', 'Milliseconds of a second in which the task waits for input.', ({ rate }) => rate.idleTimeMsPerSecond),
  gauge('backPressuredTimeMsPerSecond', 'Milliseconds of a second of waiting for room downstream.', ({ rate }) => rate.backPressuredTimeMsPerSecond),
  gauge('softBackPressuredTimeMsPerSecond', 'As backPressuredTimeMsPerSecond.', ({ rate }) => rate.backPressuredTimeMsPerSecond),
  counter('accumulateBusyTimeMs', 'Milliseconds of work since the task started.', ({ subtask }) => subtask.busyMs),
  counter('accumulateIdleTimeMs', 'Milliseconds of waiting for input since the task started.', ({ subtask }) => subtask.idleMs),
  counter('accumulateBackPressuredTimeMs', 'Milliseconds of waiting for room since the task started.', ({ subtask }) => subtask.backpressuredMs),
  gauge('currentInputWatermark', 'Milliseconds of event time; -2^63: none yet.', ({ subtask }) => subtask.inputWatermark ?? NO_WATERMARK,
    ({ subtask }) => watermarkText(subtask.inputWatermark)),
  counter('numLateRecordsDropped', 'Records dropped because they came too late.', ({ counts }) => counts.lateRecordsDropped),
];

export const operatorMetrics: readonly MetricDefinition<OperatorSubject>[] = [
  counter('numRecordsIn', 'Records read.', ({ metrics }) => metrics.recordsIn),
  counter('numRecordsOut', 'Records written.', ({ metrics }) => metrics.recordsOut),
  counter('numLateRecordsDropped', 'Records dropped because they came too late.', ({ metrics }) => metrics.lateRecordsDropped),
  counter('numRecordsSkipped', 'Records that could not be read and were skipped.', ({ metrics }) => metrics.skippedRecords),
  gauge('currentOutputWatermark', 'Milliseconds of event time; -2^63: none yet.', ({ metrics }) => metrics.outputWatermark ?? NO_WATERMARK,
    ({ metrics }) => watermarkText(metrics.outputWatermark)),
];
