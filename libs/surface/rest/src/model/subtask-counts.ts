/**
 * What one subtask has read and written, from its operators. Unlike Flink up to 2.x, sources count what they read from outside and sinks what they
 * write there (FLINK-11576). Bytes are not counted by tasks: 0.
 */
import { assert } from '@weir/base';
import type { JobDetails, SubtaskInfo } from '@weir/cluster';
import type { PlanNode } from '@weir/graph';
import type { AggregatedTaskDetailsInfo, AggregatedValue, IOMetricsInfo } from '../generated/schemas.js';
import { aggregatedValue, sum } from './statistics.js';
import { statusDurations } from './states.js';

export interface SubtaskCounts {
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly lateRecordsDropped: number;
}

/** Indexes of the operators of a chain whose output leaves it: to other vertices, or to the outside. */
export function exits(node: PlanNode, plan: JobDetails['plan']): readonly number[] {
  const sending = new Set(plan.nodes.flatMap((other) => other.inputs.filter(({ id }) => id === node.id).map(({ operatorIndex }) => operatorIndex)));
  return node.operators.flatMap((operator, index) => (sending.has(index) || operator.feeds.length === 0 ? [index] : []));
}

export function subtaskCounts(subtask: SubtaskInfo, node: PlanNode, exitIndexes: readonly number[]): SubtaskCounts {
  const byId = new Map(subtask.operators.map((operator) => [operator.operatorId, operator]));
  const recordsOut = exitIndexes.map((index) => {
    const { id, kind } = node.operators[index];
    const operator = byId.get(id);
    return kind === 'sink' ? Math.max(operator?.recordsIn ?? 0, operator?.recordsOut ?? 0) : operator?.recordsOut ?? 0;
  });
  return {
    recordsIn: byId.get(node.operators[0].id)?.recordsIn ?? 0,
    recordsOut: sum(recordsOut),
    lateRecordsDropped: sum(subtask.operators.map(({ lateRecordsDropped }) => lateRecordsDropped)),
  };
}

export function ioMetrics(subtasks: readonly SubtaskInfo[], node: PlanNode, plan: JobDetails['plan']): IOMetricsInfo {
  const leaving = exits(node, plan);
  const counts = subtasks.map((subtask) => subtaskCounts(subtask, node, leaving));
  return {
    'read-bytes': 0, 'read-bytes-complete': true, 'write-bytes': 0, 'write-bytes-complete': true,
    'read-records': sum(counts.map(({ recordsIn }) => recordsIn)), 'read-records-complete': true,
    'write-records': sum(counts.map(({ recordsOut }) => recordsOut)), 'write-records-complete': true,
    'accumulated-backpressured-time': Math.round(sum(subtasks.map(({ backpressuredMs }) => backpressuredMs))),
    'accumulated-idle-time': Math.round(sum(subtasks.map(({ idleMs }) => idleMs))),
    'accumulated-busy-time': Math.round(sum(subtasks.map(({ busyMs }) => busyMs))),
  };
}

/** The distribution of the same numbers over subtasks, with all keys that the dashboard reads. */
export function aggregatedDetails(subtasks: readonly SubtaskInfo[], node: PlanNode, plan: JobDetails['plan'], now: number): AggregatedTaskDetailsInfo {
  const metrics = subtasks.map((subtask) => ioMetrics([subtask], node, plan));
  const durations = subtasks.map((subtask) => statusDurations(subtask, now));
  const of = (key: keyof IOMetricsInfo & keyof AggregatedTaskDetailsInfo['metrics']): AggregatedValue => aggregatedValue(metrics.map((it) => it[key]));
  const during = (key: keyof AggregatedTaskDetailsInfo['status-duration']): AggregatedValue =>
    aggregatedValue(durations.map((it) => it[key]).filter((it) => it >= 0));
  return {
    metrics: {
      'read-bytes': of('read-bytes'), 'write-bytes': of('write-bytes'), 'read-records': of('read-records'), 'write-records': of('write-records'),
      'accumulated-backpressured-time': of('accumulated-backpressured-time'), 'accumulated-idle-time': of('accumulated-idle-time'),
      'accumulated-busy-time': of('accumulated-busy-time'),
    },
    'status-duration': {
      CREATED: during('CREATED'), SCHEDULED: during('SCHEDULED'), DEPLOYING: during('DEPLOYING'), INITIALIZING: during('INITIALIZING'),
      RUNNING: during('RUNNING'),
    },
  };
}

/** The subtasks of one vertex, by index. */
export function subtasksOf(job: JobDetails, vertexId: PlanNode['id']): readonly SubtaskInfo[] {
  return job.subtasks.filter((subtask) => subtask.vertexId === vertexId).sort((a, b) => a.subtaskIndex - b.subtaskIndex);
}

/** The node of a subtask; a subtask of a vertex that the plan does not have is a bug of ours. */
export function nodeOf(job: JobDetails, subtask: SubtaskInfo): PlanNode {
  const node = job.plan.nodes.find(({ id }) => id === subtask.vertexId);
  assert(node !== undefined, `subtask of vertex ${subtask.vertexId}, which is not in the plan of job ${job.status.jobId}`);
  return node;
}
