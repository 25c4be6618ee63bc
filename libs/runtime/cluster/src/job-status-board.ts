/** Puts together what a job tells of itself from the reports of its tasks and sources. Pure. */
import { nodeOf } from '@weir/actor';
import { attemptKey, type ExecutionAttemptId, type FailureInfo, type JobId, type OperatorId } from '@weir/base';
import type { OperatorMetrics, TaskMetrics, TaskState } from '@weir/task';
import type { SubtaskInfo } from './cluster-gateway.js';
import type { ExecutionGraph, ExecutionState } from './execution-graph.js';
import type { JobState, JobStatus, OperatorStatus, VertexStatus } from './job-status.js';

export interface JobStatusHead {
  readonly jobId: JobId;
  readonly jobName: string;
  readonly state: JobState;
  readonly startedAtMs: number;
  readonly restarts: number;
  readonly checkpoints: JobStatus['checkpoints'];
  readonly failure: FailureInfo | undefined;
  readonly missingSlots: number;
}

export class JobStatusBoard {
  private readonly metrics = new Map<string, TaskMetrics>();
  private readonly timestamps = new Map<string, Record<string, number>>();
  private readonly work = new Map<OperatorId, { readonly total: number; readonly unassigned: number }>();

  /** `sourceCount`: sources that must all report their work before there is a progress. */
  constructor(private readonly executions: ExecutionGraph, private readonly sourceCount: number) {}

  /** Wall clock. A new attempt's first state forgets what the ones before it had reported. */
  taskState(attempt: ExecutionAttemptId, state: ExecutionState | TaskState, nowMs: number): void {
    const key = attemptKey(attempt);
    const known = this.timestamps.get(key);
    if (known !== undefined) {
      known[state] ??= nowMs;
      return;
    }
    this.forgetOld();
    this.timestamps.set(key, { [state]: nowMs });
  }

  /** All that are or were current. */
  subtasks(): readonly SubtaskInfo[] {
    return this.executions.vertices.flatMap(({ current }): SubtaskInfo[] => {
      if (current === undefined) return [];
      const { attempt, slot, state } = current;
      const key = attemptKey(attempt);
      const metrics = this.metrics.get(key);
      return [{
        vertexId: attempt.vertexId, subtaskIndex: attempt.subtaskIndex, attempt: attempt.attempt, state, node: nodeOf(slot), stateTimestamps: { ...this.timestamps.get(key) },
        busyMs: metrics?.busyMs ?? 0, idleMs: metrics?.idleMs ?? 0, backpressuredMs: metrics?.backpressuredMs ?? 0, operators: metrics?.operators ?? [], inputWatermark: metrics?.inputWatermark ?? null,
      }];
    });
  }

  private forgetOld(): void {
    const current = new Set(this.executions.vertices.flatMap((vertex) => (vertex.current === undefined ? [] : [attemptKey(vertex.current.attempt)])));
    for (const reports of [this.metrics, this.timestamps]) for (const key of reports.keys()) if (!current.has(key)) reports.delete(key);
  }

  taskMetrics(attempt: ExecutionAttemptId, metrics: TaskMetrics): void {
    this.metrics.set(attemptKey(attempt), metrics);
  }

  sourceWork(operatorId: OperatorId, work: { readonly total: number; readonly unassigned: number }): void {
    this.work.set(operatorId, work);
  }

  status(head: JobStatusHead): JobStatus {
    const { failure, missingSlots, ...rest } = head;
    const progress = head.state === 'finished' ? 1 : this.progress();
    return {
      ...rest,
      vertices: this.executions.graph.vertices.map((vertex) => this.vertex(vertex.id)),
      ...(missingSlots === 0 ? {} : { missingSlots }),
      ...(progress === undefined ? {} : { progress }),
      ...(failure === undefined ? {} : { failure }),
    };
  }

  private vertex(vertexId: VertexStatus['vertexId']): VertexStatus {
    const subtasks = this.executions.subtasks(vertexId);
    const vertex = this.executions.graph.vertices.find(({ id }) => id === vertexId) as JobVertexHead;
    const reports = subtasks.flatMap(({ current }) => (current === undefined ? [] : this.metrics.get(attemptKey(current.attempt)) ?? []));
    const subtaskStates: Record<string, number> = {};
    for (const { current } of subtasks) {
      const state = current?.state ?? 'created';
      subtaskStates[state] = (subtaskStates[state] ?? 0) + 1;
    }
    const sum = (field: 'busyMs' | 'idleMs' | 'backpressuredMs'): number => reports.reduce((total, report) => total + report[field], 0);
    return {
      vertexId,
      name: vertex.name,
      parallelism: vertex.parallelism,
      operators: vertex.operators.map(({ operatorId, name }) =>
        sumOperator(operatorId, name, reports.flatMap((report) => report.operators.filter((operator) => operator.operatorId === operatorId)), subtasks.length)),
      subtaskStates,
      busyMs: sum('busyMs'),
      idleMs: sum('idleMs'),
      backpressuredMs: sum('backpressuredMs'),
    };
  }

  /** Undefined while a source does not know its work. */
  private progress(): number | undefined {
    if (this.sourceCount === 0 || this.work.size < this.sourceCount) return undefined;
    let total = 0;
    let left = 0;
    for (const work of this.work.values()) {
      total += work.total;
      left += work.unassigned;
    }
    for (const { current } of this.executions.vertices) {
      for (const operator of current === undefined ? [] : this.metrics.get(attemptKey(current.attempt))?.operators ?? []) left += operator.remainingWork ?? 0;
    }
    return total === 0 ? undefined : Math.min(1, Math.max(0, 1 - left / total));
  }
}

type JobVertexHead = ExecutionGraph['graph']['vertices'][number];

/** Sums over subtasks; the watermark is the minimum, and null until each subtask has one. */
function sumOperator(operatorId: OperatorId, name: string, reports: readonly OperatorMetrics[], subtaskCount: number): OperatorStatus {
  const sum = (read: (metrics: OperatorMetrics) => number): number => reports.reduce((total, metrics) => total + read(metrics), 0);
  const watermarks = reports.map(({ outputWatermark }) => outputWatermark);
  const known = watermarks.filter((watermark) => watermark !== null);
  return {
    operatorId,
    name,
    recordsIn: sum((m) => m.recordsIn),
    recordsOut: sum((m) => m.recordsOut),
    lateRecordsDropped: sum((m) => m.lateRecordsDropped),
    skippedRecords: sum((m) => m.skippedRecords),
    fallbackRecords: sum((m) => m.fallbackRecords),
    outputWatermark: known.length < subtaskCount || known.length === 0 ? null : Math.min(...known),
    ...(reports.some((m) => m.remainingWork !== undefined) ? { remainingWork: sum((m) => m.remainingWork ?? 0) } : {}),
  };
}
