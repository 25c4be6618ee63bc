/**
 * Where Flink's document differs from what Flink sends, as data: each entry with its reason. What the document leaves open is closed here too: it
 * marks next to no key as required, although Flink sends all but a few; so every key of a response is required unless it is listed in `leftOut`.
 */
import { type Method, type Operation, reference, type Schema } from './schema.js';

const string: Schema = { type: 'string' };
const number: Schema = { type: 'number', format: 'double' };
const int64: Schema = { type: 'integer', format: 'int64' };
const hex: Schema = { type: 'string', pattern: '^[0-9a-f]{32}$' };
const array = (items: Schema): Schema => ({ type: 'array', items });
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties });
const statistics = (keys: readonly string[], of: Schema): Schema => object(Object.fromEntries(keys.map((key) => [key, of])));

const aggregatedMetricKeys = [
  'read-bytes', 'write-bytes', 'read-records', 'write-records', 'accumulated-backpressured-time', 'accumulated-idle-time', 'accumulated-busy-time',
] as const;
const aggregatedStateKeys = ['CREATED', 'SCHEDULED', 'DEPLOYING', 'INITIALIZING', 'RUNNING'] as const;
const executionStates = ['CREATED', 'SCHEDULED', 'DEPLOYING', 'RUNNING', 'FINISHED', 'CANCELING', 'CANCELED', 'FAILED', 'RECONCILING', 'INITIALIZING'];
const jobStates = [
  'INITIALIZING', 'CREATED', 'RUNNING', 'FAILING', 'FAILED', 'CANCELLING', 'CANCELED', 'FINISHED', 'RESTARTING', 'SUSPENDED', 'RECONCILING',
];

interface Reasoned {
  readonly reason: string;
}

/** Schemas that take the place of the document's. */
export const replaced: Readonly<Record<string, Reasoned & { readonly schema: Schema }>> = {
  MetricCollectionResponseBody: { reason: 'a bare array on the wire', schema: array(reference('Metric')) },
  AggregatedMetric: {
    reason: 'the document knows only an object without keys',
    schema: { ...object({ id: string, min: number, max: number, avg: number, sum: number, skew: number }), required: ['id'] },
  },
  AggregatedMetricsResponseBody: { reason: 'a bare array on the wire', schema: array(reference('AggregatedMetric')) },
  JobConfigInfo: {
    reason: 'a serializer of its own renames the keys',
    schema: object({ jid: reference('JobID'), name: string, 'execution-config': reference('ExecutionConfigInfo') }),
  },
  JobResult: {
    reason: 'a serializer of its own renames the keys',
    schema: object({
      id: reference('JobID'), name: string, 'application-status': string, 'accumulator-results': { type: 'object' }, 'net-runtime': int64,
      'failure-cause': reference('SerializedThrowable'),
    }),
  },
  SerializedThrowable: {
    reason: 'the class and its stack trace are sent beside the Java object, which we do not have',
    schema: object({ class: string, 'stack-trace': string, 'serialized-throwable': string }),
  },
  SerializedValueOptionalFailureObject: { reason: 'base64 text on the wire', schema: string },
  ApplicationID: { reason: '32 hexadecimal digits on the wire', schema: hex },
  SlotSharingGroupId: { reason: '32 hexadecimal digits on the wire', schema: hex },
  RescaleUUID: { reason: '32 hexadecimal digits on the wire', schema: hex },
  JobID: { reason: 'the pattern is not anchored', schema: hex },
  JobVertexID: { reason: 'the pattern is not anchored', schema: hex },
  TriggerId: { reason: 'the pattern is not anchored', schema: hex },
  ResourceID: { reason: 'any text, usually host:port-suffix', schema: string },
  ProcessingMode: { reason: 'lower case on the wire', schema: { type: 'string', enum: ['exactly_once', 'at_least_once'] } },
  AggregatedTaskDetailsInfo: {
    reason: "Flink's dashboard breaks when one of these keys is missing",
    schema: object({
      metrics: statistics(aggregatedMetricKeys, reference('AggregatedValue')), 'status-duration': statistics(aggregatedStateKeys, reference('AggregatedValue')),
    }),
  },
  AggregatedValue: { reason: 'named here', schema: statistics(['min', 'max', 'avg', 'sum', 'median', 'p25', 'p75', 'p95'], int64) },
  PerActiveState: { reason: 'every state is present', schema: statistics(aggregatedStateKeys, int64) },
  PerExecutionState: { reason: 'every state is present', schema: statistics(executionStates, int64) },
  PerJobStatus: { reason: 'every state is present', schema: statistics(jobStates, int64) },
  TaskBadges: { reason: 'every state is present, in lower case', schema: statistics(['total', ...executionStates.map((state) => state.toLowerCase())], int64) },
};

/** Keys that Flink sends, or the dashboard reads, and the document does not know; or knows with another type. */
export const added: Readonly<Record<string, Reasoned & { readonly properties: Readonly<Record<string, Schema>> }>> = {
  SubtaskExecutionAttemptDetailsInfo: {
    reason: 'start_time repeats start-time, and the dashboard reads it; host is what Flink 1.x called endpoint',
    properties: { start_time: int64, host: string, 'status-duration': reference('PerActiveState') },
  },
  SubtaskTimeInfo: { reason: "the dashboard's timeline still reads host; every state is present", properties: { host: string, timestamps: reference('PerExecutionState') } },
  JobVertexTaskManagerInfo: { reason: 'host as in Flink 1.x; every state is present', properties: { host: string, 'status-counts': reference('PerExecutionState') } },
  JobVertexBackPressureInfo: { reason: 'the dashboard reads this spelling', properties: { 'backpressure-level': reference('VertexBackPressureLevel') } },
  SubtaskBackPressureInfo: { reason: 'the dashboard reads this spelling', properties: { 'backpressure-level': reference('VertexBackPressureLevel') } },
  JobDetails: { reason: 'every state is present', properties: { tasks: reference('TaskBadges') } },
  JobDetailsInfo: { reason: 'every state is present', properties: { timestamps: reference('PerJobStatus'), 'status-counts': reference('PerExecutionState') } },
  JobDetailsVertexInfo: { reason: 'every state is present', properties: { tasks: reference('PerExecutionState') } },
  ExceptionInfo: { reason: 'location as in Flink 1.x', properties: { location: string } },
  RootExceptionInfo: { reason: 'location as in Flink 1.x', properties: { location: string } },
  CheckpointingStatistics: {
    reason: 'the subclasses are what is sent',
    properties: { history: array({ anyOf: ['CompletedCheckpointStatistics', 'FailedCheckpointStatistics', 'PendingCheckpointStatistics'].map(reference) }) },
  },
  AsynchronousOperationResult: {
    reason: 'which one it is depends on the path',
    properties: { operation: { anyOf: ['AsynchronousOperationInfo', 'CheckpointInfo', 'SavepointInfo'].map(reference) } },
  },
  TaskCheckpointStatisticsWithSubtaskDetails: {
    reason: 'the subclasses are what is sent',
    properties: { subtasks: array({ anyOf: ['CompletedSubtaskCheckpointStatistics', 'PendingSubtaskCheckpointStatistics'].map(reference) }) },
  },
};

/** Keys of responses that may be absent. */
export const leftOut: Readonly<Record<string, Reasoned & { readonly keys: readonly string[] }>> = {
  Metric: { reason: 'absent when only names were asked for', keys: ['value'] },
  PlanNode: { reason: 'sources have no inputs', keys: ['inputs'] },
  Input: { reason: 'optimizer facts of batch plans', keys: ['local_strategy', 'caching'] },
  SubtaskExecutionAttemptDetailsInfo: { reason: 'speculative execution only', keys: ['other-concurrent-attempts'] },
  SubtaskBackPressureInfo: { reason: 'speculative execution only', keys: ['other-concurrent-attempts', 'attempt-number'] },
  JobExecutionResultResponseBody: { reason: 'absent while the job runs', keys: ['job-execution-result'] },
  JobResult: { reason: 'absent when the job did not fail', keys: ['failure-cause'] },
  ExceptionInfo: { reason: 'a failure of the whole job has no task', keys: ['taskName', 'endpoint', 'location', 'taskManagerId'] },
  RootExceptionInfo: { reason: 'a failure of the whole job has no task', keys: ['taskName', 'endpoint', 'location', 'taskManagerId'] },
  ClusterOverviewWithVersion: { reason: 'absent when 0', keys: ['taskmanagers-blocked', 'slots-free-and-blocked'] },
  TaskManagerInfo: { reason: 'absent when false', keys: ['blocked'] },
  TaskManagerDetailsInfo: { reason: 'absent when false', keys: ['blocked'] },
  JobDetailsInfo: { reason: 'only where the stream graph is kept', keys: ['stream-graph'] },
  AggregatedMetric: { reason: 'agg= narrows', keys: ['min', 'max', 'avg', 'sum', 'skew'] },
  SavepointInfo: { reason: 'the one or the other', keys: ['location', 'failure-cause'] },
  CheckpointInfo: { reason: 'the one or the other', keys: ['checkpointId', 'failureCause'] },
  AsynchronousOperationInfo: { reason: 'absent on success', keys: ['failure-cause'] },
  SerializedThrowable: { reason: 'there is no Java object', keys: ['serialized-throwable'] },
  JarRunResponseBody: { reason: 'new in 2.3', keys: ['applicationId'] },
};

/** Keys of responses that may be null. */
export const nullable: Readonly<Record<string, Reasoned & { readonly keys: readonly string[] }>> = {
  AsynchronousOperationResult: { reason: 'null while in progress', keys: ['operation'] },
  LatestCheckpoints: { reason: 'null when there is none', keys: ['completed', 'failed', 'restored', 'savepoint'] },
  CheckpointStatistics: { reason: 'null for checkpoints', keys: ['savepointFormat'] },
  CompletedCheckpointStatistics: { reason: 'null when it is not external', keys: ['external_path'] },
  FailedCheckpointStatistics: { reason: 'null when the reason is not known', keys: ['failure_message'] },
  JobVertexDetailsInfo: { reason: 'null when the vertex has no subtask', keys: ['aggregated'] },
  VertexFlameGraph: { reason: 'null while waiting', keys: ['data'] },
  JarEntryInfo: { reason: 'null when the manifest has none', keys: ['description'] },
};

export interface AddedOperation extends Reasoned {
  readonly path: string;
  readonly method: Method;
  readonly operation: Operation;
}

function added2xx(path: string, method: Method, status: string, operationId: string, schema: Schema | undefined, reason: string): AddedOperation {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return {
    path, method, reason,
    operation: {
      operationId,
      parameters: names.map((name) => ({ name, in: 'path' })),
      responses: { [status]: { description: reason, ...(schema === undefined ? {} : { content: { 'application/json': { schema } } }) } },
    },
  };
}

/** Requests that Flink answers and its document leaves out. */
export const addedOperations: readonly AddedOperation[] = [
  added2xx('/jobs/{jobid}/yarn-cancel', 'get', '202', 'cancelJobByGet', undefined, "the dashboard's Cancel Job and Dinky call it"),
  added2xx('/jars/{jarid}/plan', 'get', '200', 'generatePlanFromJarByGet', reference('JobPlanInfo'), "the dashboard's Show Plan calls it"),
];
