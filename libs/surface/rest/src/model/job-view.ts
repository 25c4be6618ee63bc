/** A job as the dashboard's lists and its page show it. */
import type { JobDetails } from '@weir/cluster';
import type { PlanNode } from '@weir/graph';
import type {
  JobConfigInfo, JobDetails as JobOverviewView, JobDetailsInfo, JobDetailsVertexInfo, JobExecutionResultResponseBody,
} from '../generated/schemas.js';
import { throwableView } from './failure-view.js';
import { hexOfName, planView } from './plan-view.js';
import { maskSecrets } from './secrets.js';
import { combinedSpan, countStates, executionState, isTerminalStatus, jobStatus, jobTimestamps, subtaskSpan, taskBadges, vertexState } from './states.js';
import { ioMetrics, subtasksOf } from './subtask-counts.js';

interface JobTimes {
  readonly 'start-time': number;
  readonly 'end-time': number;
  readonly duration: number;
}

function jobTimes(job: JobDetails, now: number): JobTimes {
  const start = Math.round(job.status.startedAtMs);
  const end = job.endedAtMs > 0 ? Math.round(job.endedAtMs) : -1;
  return { 'start-time': start, 'end-time': end, duration: Math.max(0, (end < 0 ? now : end) - start) };
}

/** Operators that wait for slots: vertices without a deployed subtask while the job lacks slots. */
function pendingOperators(job: JobDetails): number {
  return job.missingSlots === 0 ? 0 : job.plan.nodes.filter(({ id }) => subtasksOf(job, id).some(({ state }) => state === 'created')).length;
}

export function jobOverviewView(job: JobDetails, now: number): JobOverviewView {
  const timestamps = jobTimestamps(job);
  return {
    jid: job.status.jobId, name: job.status.jobName, jobType: 'STREAMING', schedulerType: 'Default', ...jobTimes(job, now),
    state: jobStatus(job),
    'last-modification': Math.max(...Object.values(timestamps)),
    tasks: taskBadges(job.subtasks.map(executionState)),
    'pending-operators': pendingOperators(job),
  };
}

export function jobDetailsView(job: JobDetails, now: number): JobDetailsInfo {
  const vertices = job.plan.nodes.map((node) => vertexView(job, node, now));
  return {
    jid: job.status.jobId,
    name: job.status.jobName,
    isStoppable: false, // as Flink: whether the old stop without savepoint is possible
    state: jobStatus(job),
    'job-type': 'STREAMING',
    schedulerType: 'Default',
    'application-id': job.status.jobId,
    ...jobTimes(job, now),
    maxParallelism: job.maxParallelism,
    now,
    timestamps: jobTimestamps(job),
    vertices,
    'status-counts': countStates(vertices.map(({ status }) => status)),
    plan: planView(job.plan, job.status.jobId),
    'pending-operators': pendingOperators(job),
  };
}

function vertexView(job: JobDetails, node: PlanNode, now: number): JobDetailsVertexInfo {
  const subtasks = subtasksOf(job, node.id);
  const states = subtasks.map(executionState);
  const span = combinedSpan(subtasks.map((subtask) => subtaskSpan(subtask, now)), now);
  return {
    id: node.id,
    slotSharingGroupId: hexOfName(node.slotSharingGroup),
    name: node.name,
    maxParallelism: node.maxParallelism,
    parallelism: node.parallelism,
    status: vertexState(states),
    'start-time': span.start,
    'end-time': span.end,
    duration: span.duration,
    tasks: countStates(states),
    metrics: ioMetrics(subtasks, node, job.plan),
  };
}

const RESTART_STRATEGY_KEY = 'restart-strategy.type';
const PARALLELISM_KEY = 'parallelism.default';

export function jobConfigView(job: JobDetails): JobConfigInfo {
  const parallelism = Number(job.configuration[PARALLELISM_KEY]);
  return {
    jid: job.status.jobId,
    name: job.status.jobName,
    'execution-config': {
      'restart-strategy': job.configuration[RESTART_STRATEGY_KEY] ?? 'exponential-delay',
      'job-parallelism': Number.isSafeInteger(parallelism) && parallelism > 0 ? parallelism : Math.max(1, ...job.plan.nodes.map((node) => node.parallelism)),
      'object-reuse-mode': true,
      'user-config': maskSecrets(job.parameters),
    },
  };
}

export function executionResultView(job: JobDetails, now: number): JobExecutionResultResponseBody {
  const status = jobStatus(job);
  if (!isTerminalStatus(status)) return { status: { id: 'IN_PROGRESS' } };
  return {
    status: { id: 'COMPLETED' },
    'job-execution-result': {
      id: job.status.jobId,
      name: job.status.jobName,
      'application-status': status === 'FINISHED' ? 'SUCCEEDED' : status,
      'accumulator-results': {},
      'net-runtime': jobTimes(job, now).duration,
      ...(job.status.failure === undefined ? {} : { 'failure-cause': throwableView(job.status.failure) }),
    },
  };
}
