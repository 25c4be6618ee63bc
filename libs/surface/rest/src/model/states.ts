/** Our states in Flink's words. */
import type { JobDetails, JobState, SubtaskInfo } from '@weir/cluster';
import type { ExecutionState, JobStatus, PerExecutionState, PerJobStatus, TaskBadges } from '../generated/schemas.js';

const EXECUTION_STATE: Readonly<Record<SubtaskInfo['state'], ExecutionState>> = {
  created: 'CREATED',
  deploying: 'DEPLOYING',
  deployed: 'INITIALIZING', // waits for the region
  initializing: 'INITIALIZING',
  running: 'RUNNING',
  'end-of-data': 'RUNNING', // all input is processed; it waits for the checkpoint that holds this
  finished: 'FINISHED',
  canceled: 'CANCELED',
  failed: 'FAILED',
};
const JOB_STATUS: Readonly<Record<JobState, JobStatus>> = {
  created: 'CREATED',
  running: 'RUNNING',
  restarting: 'RESTARTING',
  cancelling: 'CANCELLING',
  canceled: 'CANCELED',
  failing: 'FAILING',
  failed: 'FAILED',
  finished: 'FINISHED',
};

export const executionState = (subtask: SubtaskInfo): ExecutionState => EXECUTION_STATE[subtask.state];
export const jobStatus = (job: JobDetails): JobStatus => JOB_STATUS[job.status.state];
export const isTerminalStatus = (status: JobStatus): boolean => status === 'CANCELED' || status === 'FAILED' || status === 'FINISHED';
export const isTerminalExecution = (state: ExecutionState): boolean => state === 'CANCELED' || state === 'FAILED' || state === 'FINISHED';

const noExecutions: PerExecutionState = {
  CREATED: 0, SCHEDULED: 0, DEPLOYING: 0, RUNNING: 0, FINISHED: 0, CANCELING: 0, CANCELED: 0, FAILED: 0, RECONCILING: 0, INITIALIZING: 0,
};

/** How many of the states are which; every state is present. */
export function countStates(states: readonly ExecutionState[]): PerExecutionState {
  const counts: Record<ExecutionState, number> = { ...noExecutions };
  for (const state of states) counts[state] += 1;
  return counts;
}

/** As {@link countStates}, in lower case and with the total. */
export function taskBadges(states: readonly ExecutionState[]): TaskBadges {
  const counts = countStates(states);
  return {
    total: states.length, created: counts.CREATED, scheduled: counts.SCHEDULED, deploying: counts.DEPLOYING, running: counts.RUNNING,
    finished: counts.FINISHED, canceling: counts.CANCELING, canceled: counts.CANCELED, failed: counts.FAILED, reconciling: counts.RECONCILING,
    initializing: counts.INITIALIZING,
  };
}

/** When each state was entered; 0: never. */
export function stateTimestamps(subtask: SubtaskInfo): PerExecutionState {
  const times: Record<ExecutionState, number> = { ...noExecutions };
  for (const [state, time] of Object.entries(subtask.stateTimestamps)) {
    const mapped = EXECUTION_STATE[state as SubtaskInfo['state']] as ExecutionState | undefined;
    if (mapped !== undefined && time > 0) times[mapped] = times[mapped] === 0 ? Math.round(time) : Math.min(times[mapped], Math.round(time));
  }
  return times;
}

/** When the job entered each state first; 0: never. */
export function jobTimestamps(job: JobDetails): PerJobStatus {
  const times: Record<JobStatus, number> = {
    INITIALIZING: Math.round(job.status.startedAtMs), CREATED: 0, RUNNING: 0, FAILING: 0, FAILED: 0, CANCELLING: 0, CANCELED: 0, FINISHED: 0, RESTARTING: 0,
    SUSPENDED: 0, RECONCILING: 0,
  };
  for (const [state, time] of Object.entries(job.stateTimestamps)) times[JOB_STATUS[state as JobState]] = Math.round(time ?? 0);
  return times;
}

/** One state for all subtasks of a vertex, as Flink's ExecutionJobVertex.getAggregateJobVertexState. */
export function vertexState(states: readonly ExecutionState[]): ExecutionState {
  const counts = countStates(states);
  if (counts.FAILED > 0) return 'FAILED';
  if (counts.CANCELING > 0) return 'CANCELING';
  if (counts.CANCELED > 0) return 'CANCELED';
  if (counts.INITIALIZING > 0) return 'INITIALIZING';
  if (counts.RUNNING > 0) return 'RUNNING';
  if (counts.FINISHED > 0) return counts.FINISHED === states.length ? 'FINISHED' : 'RUNNING';
  return counts.DEPLOYING > 0 ? 'DEPLOYING' : 'CREATED';
}

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly duration: number;
}

/** From its deployment to its end; -1 where it is not yet. */
export function subtaskSpan(subtask: SubtaskInfo, now: number): Span {
  const times = stateTimestamps(subtask);
  const start = times.DEPLOYING || times.INITIALIZING || times.RUNNING || -1;
  const end = isTerminalExecution(executionState(subtask)) ? Math.max(times.FINISHED, times.CANCELED, times.FAILED) || -1 : -1;
  return { start, end, duration: start < 0 ? -1 : Math.max(0, (end < 0 ? now : end) - start) };
}

/** Over all subtasks: from the first start to the last end, -1 while one is alive. */
export function combinedSpan(spans: readonly Span[], now: number): Span {
  const starts = spans.map(({ start }) => start).filter((it) => it >= 0);
  const start = starts.length === 0 ? -1 : Math.min(...starts);
  const end = spans.length > 0 && spans.every((it) => it.end >= 0) ? Math.max(...spans.map((it) => it.end)) : -1;
  return { start, end, duration: start < 0 ? -1 : Math.max(0, (end < 0 ? now : end) - start) };
}

/** Milliseconds spent in each state on the way to running; -1: not entered. */
export function statusDurations(subtask: SubtaskInfo, now: number): Record<'CREATED' | 'SCHEDULED' | 'DEPLOYING' | 'INITIALIZING' | 'RUNNING', number> {
  const times = stateTimestamps(subtask);
  const ended = Math.max(times.FINISHED, times.CANCELED, times.FAILED);
  const order = ['CREATED', 'SCHEDULED', 'DEPLOYING', 'INITIALIZING', 'RUNNING'] as const;
  const result = { CREATED: -1, SCHEDULED: -1, DEPLOYING: -1, INITIALIZING: -1, RUNNING: -1 };
  order.forEach((state, index) => {
    if (times[state] === 0) return;
    const next = order.slice(index + 1).map((it) => times[it]).find((it) => it > 0);
    result[state] = Math.max(0, (next ?? (ended > 0 ? ended : now)) - times[state]);
  });
  return result;
}
