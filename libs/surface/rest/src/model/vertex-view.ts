/** A vertex and its subtasks: times, load, watermarks, where they run. */
import type { JobDetails, SubtaskInfo } from '@weir/cluster';
import type { PlanNode } from '@weir/graph';
import type {
  JobVertexBackPressureInfo, JobVertexDetailsInfo, JobVertexTaskManagersInfo, Metric, SubtaskExecutionAttemptDetailsInfo, SubtasksTimesInfo,
  VertexBackPressureLevel,
} from '../generated/schemas.js';
import type { TaskRates } from '../metrics/task-rates.js';
import { taskManagerOf } from './exception-view.js';
import { combinedSpan, countStates, executionState, stateTimestamps, statusDurations, subtaskSpan, vertexState } from './states.js';
import { aggregatedDetails, ioMetrics, subtasksOf } from './subtask-counts.js';

/** Flink's name of a place that is not assigned yet. */
const UNASSIGNED = '(unassigned)';
const endpointOf = (subtask: SubtaskInfo): string => (subtask.node === '' ? UNASSIGNED : subtask.node);
const managerOf = (subtask: SubtaskInfo): string => (subtask.node === '' ? UNASSIGNED : taskManagerOf(subtask.node));

export function vertexDetailsView(job: JobDetails, node: PlanNode, now: number): JobVertexDetailsInfo {
  const subtasks = subtasksOf(job, node.id);
  return {
    id: node.id, name: node.name, parallelism: node.parallelism, maxParallelism: node.maxParallelism, now,
    subtasks: subtasks.map((subtask) => subtaskView(job, node, subtask, now)),
    aggregated: subtasks.length === 0 ? null : aggregatedDetails(subtasks, node, job.plan, now),
  };
}

export function subtaskView(job: JobDetails, node: PlanNode, subtask: SubtaskInfo, now: number): SubtaskExecutionAttemptDetailsInfo {
  const span = subtaskSpan(subtask, now);
  return {
    subtask: subtask.subtaskIndex,
    status: executionState(subtask),
    attempt: subtask.attempt,
    endpoint: endpointOf(subtask),
    host: endpointOf(subtask),
    'start-time': span.start,
    start_time: span.start,
    'end-time': span.end,
    duration: span.duration,
    metrics: ioMetrics([subtask], node, job.plan),
    'taskmanager-id': managerOf(subtask),
    'status-duration': statusDurations(subtask, now),
  };
}

export function subtaskTimesView(job: JobDetails, node: PlanNode, now: number): SubtasksTimesInfo {
  return {
    id: node.id, name: node.name, now,
    subtasks: subtasksOf(job, node.id).map((subtask) => ({
      subtask: subtask.subtaskIndex, endpoint: endpointOf(subtask), host: endpointOf(subtask), duration: subtaskSpan(subtask, now).duration,
      timestamps: stateTimestamps(subtask),
    })),
  };
}

export function vertexTaskManagersView(job: JobDetails, node: PlanNode, now: number): JobVertexTaskManagersInfo {
  const byManager = new Map<string, SubtaskInfo[]>();
  for (const subtask of subtasksOf(job, node.id)) byManager.set(managerOf(subtask), [...(byManager.get(managerOf(subtask)) ?? []), subtask]);
  return {
    id: node.id, name: node.name, now,
    taskmanagers: [...byManager].map(([manager, subtasks]) => {
      const states = subtasks.map(executionState);
      const span = combinedSpan(subtasks.map((subtask) => subtaskSpan(subtask, now)), now);
      return {
        endpoint: manager, host: manager, 'taskmanager-id': manager, status: vertexState(states), 'start-time': span.start, 'end-time': span.end,
        duration: span.duration, metrics: ioMetrics(subtasks, node, job.plan), 'status-counts': countStates(states),
        aggregated: aggregatedDetails(subtasks, node, job.plan, now),
      };
    }),
  };
}

const LOW = 0.1;
const HIGH = 0.5;
const levelOf = (ratio: number): VertexBackPressureLevel => (ratio <= LOW ? 'ok' : ratio <= HIGH ? 'low' : 'high');

/** Shares of time over the last seconds; the vertex's level is that of its worst subtask. */
export function backPressureView(job: JobDetails, node: PlanNode, rates: TaskRates, now: number): JobVertexBackPressureInfo {
  const subtasks = subtasksOf(job, node.id).map((subtask) => {
    const rate = rates.of(job, subtask);
    const ratio = rate.backPressuredTimeMsPerSecond / 1000;
    const level = levelOf(ratio);
    return {
      subtask: subtask.subtaskIndex, 'attempt-number': subtask.attempt, backpressureLevel: level, 'backpressure-level': level, ratio,
      idleRatio: rate.idleTimeMsPerSecond / 1000, busyRatio: rate.busyTimeMsPerSecond / 1000,
    };
  });
  const level = levelOf(Math.max(0, ...subtasks.map(({ ratio }) => ratio)));
  return { status: 'ok', backpressureLevel: level, 'backpressure-level': level, 'end-timestamp': now, subtasks };
}

/** Flink's Long.MIN_VALUE and Long.MAX_VALUE as text: no watermark yet, and the last one. */
const NO_WATERMARK = '-9223372036854775808';
const LAST_WATERMARK = '9223372036854775807';

/** Text of a watermark; null or undefined: none yet. Infinity travels as Number.MAX_VALUE. */
export function watermarkText(watermark: number | null | undefined): string {
  if (watermark === null || watermark === undefined || watermark === -Infinity) return NO_WATERMARK;
  return watermark >= 2 ** 63 ? LAST_WATERMARK : BigInt(Math.round(Math.max(watermark, -(2 ** 63)))).toString();
}

/** One per subtask; none for sources, which have no input. */
export function watermarksView(job: JobDetails, node: PlanNode): readonly Metric[] {
  if (node.inputs.length === 0) return [];
  return subtasksOf(job, node.id).map((subtask) => ({ id: `${subtask.subtaskIndex}.currentInputWatermark`, value: watermarkText(subtask.inputWatermark) }));
}
