/** A job with everything that a job can have: three vertices, a side output, checkpoints of every status, failures, secrets, watermarks. */
import { type FailureInfo, jobId, operatorId, vertexId } from '@weir/base';
import type { CheckpointInfo, JobDetails, JobState, SubtaskInfo, TaskManagerInfo } from '@weir/cluster';
import type { JobPlan, PlanNode } from '@weir/graph';

/** Wall-clock milliseconds at which the example is read. */
export const EXAMPLE_NOW = 1_700_000_100_000;
const STARTED = EXAMPLE_NOW - 60_000;

const hex = (digit: string): string => digit.repeat(32);
const [SOURCE, COUNT, SINK, LATE] = ['a', 'b', 'c', 'd'].map(hex);

const failure: FailureInfo = {
  code: 'WEIR_USER_CODE_FAILED', name: 'UserCodeError', message: 'map failed at record 7', hint: 'Mend the function.', stack: 'UserCodeError: x\n    at map (job.ts:3:1)',
  retry: 'restart', details: {}, cause: { code: 'WEIR_USER_CODE_FAILED', name: 'TypeError', message: 'x is undefined', hint: '', stack: '', retry: 'restart', details: {} },
};

function node(id: string, name: string, operators: readonly (readonly [id: string, name: string, kind: string])[], inputs: PlanNode['inputs']): PlanNode {
  return {
    id: vertexId(id), name, parallelism: 2, maxParallelism: 128, slotSharingGroup: 'default', inputs,
    operators: operators.map(([operator, operatorName, kind], index) => ({
      id: operatorId(operator), name: operatorName, kind, stateful: kind === 'keyed-process', feeds: index + 1 < operators.length ? [{ operatorIndex: index + 1 }] : [],
    })),
  };
}

const plan: JobPlan = {
  name: 'word count',
  nodes: [
    node(SOURCE, 'lines -> split', [[SOURCE, 'lines', 'source'], [hex('e'), 'split', 'flat-map']], []),
    node(COUNT, 'count', [[COUNT, 'count', 'keyed-process']], [{ id: vertexId(SOURCE), operatorIndex: 1, inputIndex: 0, shipStrategy: 'HASH' }]),
    node(SINK, 'print', [[SINK, 'print', 'sink']], [{ id: vertexId(COUNT), operatorIndex: 0, inputIndex: 0, shipStrategy: 'FORWARD' }]),
    node(LATE, 'late', [[LATE, 'late', 'sink']], [{ id: vertexId(COUNT), operatorIndex: 0, inputIndex: 0, shipStrategy: 'REBALANCE', sideOutput: 'late' }]),
  ],
};

const END_STATE: Partial<Record<JobState, SubtaskInfo['state']>> = { finished: 'finished', canceled: 'canceled', failed: 'failed', created: 'created' };

function subtasks(state: JobState, endedAtMs: number): SubtaskInfo[] {
  const subtaskState = END_STATE[state] ?? 'running';
  return plan.nodes.flatMap((it) => [0, 1].map((subtaskIndex): SubtaskInfo => ({
    vertexId: it.id, subtaskIndex, attempt: 1, state: subtaskState,
    node: subtaskState === 'created' ? '' : `tm-${subtaskIndex + 1}-0a1b-slot-1`,
    stateTimestamps: subtaskState === 'created' ? {} : {
      created: STARTED, deploying: STARTED + 10, initializing: STARTED + 20, running: STARTED + 50, ...(endedAtMs > 0 ? { [subtaskState]: endedAtMs } : {}),
    },
    busyMs: 1000 * (subtaskIndex + 1), idleMs: 2000, backpressuredMs: 500,
    operators: it.operators.map(({ id, name }) => ({
      operatorId: id, name, recordsIn: 100 * (subtaskIndex + 1), recordsOut: 200, lateRecordsDropped: 1, skippedRecords: 0, fallbackRecords: 0, outputWatermark: 5000,
    })),
    inputWatermark: it.inputs.length === 0 ? null : subtaskIndex === 0 ? 4000 : Number.MAX_VALUE,
  })));
}

function checkpoint(checkpointId: number, status: CheckpointInfo['status'], kind: CheckpointInfo['kind'] = 'checkpoint'): CheckpointInfo {
  return {
    checkpointId, kind, status, triggeredAtMs: STARTED + checkpointId * 1000, lastAckMs: status === 'in-progress' ? 0 : STARTED + checkpointId * 1000 + 40,
    durationMs: 50 + checkpointId, sizeBytes: 1000 * checkpointId, acknowledgedSubtasks: status === 'in-progress' ? 2 : 8, subtasks: 8,
    ...(status === 'completed' ? { path: `/data/chk-${checkpointId}` } : {}), ...(status === 'failed' ? { failure } : {}),
  };
}

export interface ExampleJobOptions {
  /** A hexadecimal digit; the id is 32 of them. */
  readonly digit?: string;
  readonly state?: JobState;
  readonly change?: Partial<JobDetails>;
}

export function exampleJob({ digit = '1', state = 'running', change = {} }: ExampleJobOptions = {}): JobDetails {
  const ended = state === 'finished' || state === 'canceled' || state === 'failed';
  const endedAtMs = ended ? EXAMPLE_NOW - 5000 : 0;
  return {
    status: {
      jobId: jobId(hex(digit)), jobName: 'word count', state, startedAtMs: STARTED, vertices: [], checkpoints: { completed: 2, failed: 1, inProgress: 1 }, restarts: 1,
      ...(state === 'failed' ? { failure } : {}),
    },
    endedAtMs,
    stateTimestamps: { created: STARTED, running: STARTED + 50, ...(ended ? { [state]: endedAtMs } : {}) },
    maxParallelism: 128,
    plan,
    subtasks: subtasks(state, endedAtMs),
    exceptions: [
      { failure, timestampMs: STARTED + 5000, taskName: 'count (1/2)', node: 'tm-1-0a1b-slot-1' },
      { failure, timestampMs: STARTED + 4000, taskName: '', node: '' },
    ],
    checkpoints: {
      counts: { completed: 2, failed: 1, inProgress: 1, restored: 1 },
      history: [checkpoint(4, 'in-progress'), checkpoint(3, 'failed'), checkpoint(2, 'completed', 'savepoint'), checkpoint(1, 'completed')],
      restored: { checkpointId: 1, path: '/data/chk-1', timestampMs: STARTED + 5100 },
    },
    configuration: { 'parallelism.default': '2', 'execution.checkpointing.interval': '1000 ms', 's3.secret-key': 'CANARY', 'nats.url': 'nats://user:CANARY@host:4222' },
    parameters: { input: 'lines.txt', 'db-password': 'CANARY' },
    artifactHash: 'f'.repeat(64),
    jobMaster: 'jm-1-job-1',
    missingSlots: 0,
    sources: [operatorId(SOURCE)],
    ...change,
  };
}

export function exampleTaskManager(id: string): TaskManagerInfo {
  return {
    id, host: 'host-1', processId: 4711, slots: 4, freeSlots: 3, lastHeartbeatMs: EXAMPLE_NOW - 100, startedAtMs: STARTED, cpuCores: 8, physicalMemory: 2 ** 34,
    freeMemory: 2 ** 33, heapUsed: 2 ** 26, heapLimit: 2 ** 30, residentMemory: 2 ** 27,
    allocatedSlots: [{ jobId: jobId(hex('1')), slot: `${id}-0a1b-slot-1`, tasks: 4 }],
  };
}
