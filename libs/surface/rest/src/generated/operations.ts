// Generated from Flink's OpenAPI document (Apache License 2.0, Copyright The Apache Software Foundation) by openapi/generate.ts: do not edit.

import type {
  AggregatedMetricsResponseBody,
  ApplicationDetailsInfo,
  ApplicationExceptionsInfoWithHistory,
  AsynchronousOperationResult,
  CheckpointConfigInfo,
  CheckpointStatistics,
  CheckpointTriggerRequestBody,
  CheckpointingStatistics,
  ClusterDataSetListResponseBody,
  ClusterOverviewWithVersion,
  ConfigurationInfoEntry,
  DashboardConfiguration,
  EnvironmentInfo,
  JarListInfo,
  JarPlanRequestBody,
  JarRunApplicationRequestBody,
  JarRunApplicationResponseBody,
  JarRunRequestBody,
  JarRunResponseBody,
  JarUploadResponseBody,
  JobAccumulatorsInfo,
  JobClientHeartbeatRequestBody,
  JobConfigInfo,
  JobDetailsInfo,
  JobExceptionsInfoWithHistory,
  JobExecutionResultResponseBody,
  JobIdsWithStatusOverview,
  JobPlanInfo,
  JobRescaleConfigInfo,
  JobRescaleDetails,
  JobRescalesOverview,
  JobRescalesSummary,
  JobResourceRequirementsBody,
  JobStatusInfo,
  JobVertexAccumulatorsInfo,
  JobVertexBackPressureInfo,
  JobVertexDetailsInfo,
  JobVertexTaskManagersInfo,
  LogListInfo,
  LogUrlResponse,
  MetricCollectionResponseBody,
  MultipleApplicationsDetails,
  MultipleJobsDetails,
  SavepointDisposalRequest,
  SavepointTriggerRequestBody,
  StopWithSavepointRequestBody,
  SubtaskExecutionAttemptAccumulatorsInfo,
  SubtaskExecutionAttemptDetailsInfo,
  SubtasksAllAccumulatorsInfo,
  SubtasksTimesInfo,
  TaskCheckpointStatisticsWithSubtaskDetails,
  TaskManagerDetailsInfo,
  TaskManagersInfo,
  ThreadDumpInfo,
  TriggerResponse,
  VertexFlameGraph,
} from './schemas.js';

/** An empty JSON object. */
export type Nothing = Readonly<Record<string, never>>;

/** By operation: names of its path and query parameters, its JSON body, what it answers. */
export interface Operations {
  readonly getApplicationsOverview: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: MultipleApplicationsDetails;
  };
  readonly getApplicationDetails: {
    readonly path: 'applicationid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: ApplicationDetailsInfo;
  };
  readonly cancelApplication: {
    readonly path: 'applicationid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: Nothing;
  };
  readonly getApplicationExceptions: {
    readonly path: 'applicationid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: ApplicationExceptionsInfoWithHistory;
  };
  readonly getJobManagerApplicationConfiguration: {
    readonly path: 'applicationid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: readonly ConfigurationInfoEntry[];
  };
  readonly shutdownCluster: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: Nothing;
  };
  readonly getDashboardConfiguration: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: DashboardConfiguration;
  };
  readonly getClusterDataSetList: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: ClusterDataSetListResponseBody;
  };
  readonly getClusterDataSetDeleteStatus: {
    readonly path: 'triggerid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: AsynchronousOperationResult;
  };
  readonly deleteClusterDataSet: {
    readonly path: 'datasetid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: TriggerResponse;
  };
  readonly getJarList: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: JarListInfo;
  };
  readonly uploadJar: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: JarUploadResponseBody;
  };
  readonly deleteJar: {
    readonly path: 'jarid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: Nothing;
  };
  readonly generatePlanFromJar: {
    readonly path: 'jarid';
    readonly query: 'programArg' | 'entry-class' | 'parallelism';
    readonly body: JarPlanRequestBody;
    readonly response: JobPlanInfo;
  };
  readonly generatePlanFromJarByGet: {
    readonly path: 'jarid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobPlanInfo;
  };
  readonly submitJobFromJar: {
    readonly path: 'jarid';
    readonly query: 'allowNonRestoredState' | 'savepointPath' | 'programArg' | 'entry-class' | 'parallelism';
    readonly body: JarRunRequestBody;
    readonly response: JarRunResponseBody;
  };
  readonly submitApplicationFromJar: {
    readonly path: 'jarid';
    readonly query: 'allowNonRestoredState' | 'savepointPath' | 'programArg' | 'entry-class' | 'parallelism';
    readonly body: JarRunApplicationRequestBody;
    readonly response: JarRunApplicationResponseBody;
  };
  readonly getClusterConfigurationInfo: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: readonly ConfigurationInfoEntry[];
  };
  readonly getJobManagerEnvironment: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: EnvironmentInfo;
  };
  readonly getJobManagerLogList: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: LogListInfo;
  };
  readonly getJobManagerMetrics: {
    readonly path: never;
    readonly query: 'get';
    readonly body: Nothing;
    readonly response: MetricCollectionResponseBody;
  };
  readonly getJobManagerThreadDump: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: ThreadDumpInfo;
  };
  readonly getJobIdsWithStatusesOverview: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobIdsWithStatusOverview;
  };
  readonly getAggregatedJobMetrics: {
    readonly path: never;
    readonly query: 'get' | 'agg' | 'jobs';
    readonly body: Nothing;
    readonly response: AggregatedMetricsResponseBody;
  };
  readonly getJobsOverview: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: MultipleJobsDetails;
  };
  readonly getJobDetails: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobDetailsInfo;
  };
  readonly cancelJob: {
    readonly path: 'jobid';
    readonly query: 'mode';
    readonly body: Nothing;
    readonly response: Nothing;
  };
  readonly getJobAccumulators: {
    readonly path: 'jobid';
    readonly query: 'includeSerializedValue';
    readonly body: Nothing;
    readonly response: JobAccumulatorsInfo;
  };
  readonly getCheckpointingStatistics: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: CheckpointingStatistics;
  };
  readonly triggerCheckpoint: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: CheckpointTriggerRequestBody;
    readonly response: TriggerResponse;
  };
  readonly getCheckpointConfig: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: CheckpointConfigInfo;
  };
  readonly getCheckpointStatisticDetails: {
    readonly path: 'jobid' | 'checkpointid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: CheckpointStatistics;
  };
  readonly getTaskCheckpointStatistics: {
    readonly path: 'jobid' | 'checkpointid' | 'vertexid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: TaskCheckpointStatisticsWithSubtaskDetails;
  };
  readonly getCheckpointStatus: {
    readonly path: 'jobid' | 'triggerid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: AsynchronousOperationResult;
  };
  readonly triggerHeartbeat: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: JobClientHeartbeatRequestBody;
    readonly response: Nothing;
  };
  readonly getJobConfig: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobConfigInfo;
  };
  readonly getJobExceptions: {
    readonly path: 'jobid';
    readonly query: 'maxExceptions' | 'failureLabelFilter';
    readonly body: Nothing;
    readonly response: JobExceptionsInfoWithHistory;
  };
  readonly getJobExecutionResult: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobExecutionResultResponseBody;
  };
  readonly getJobManagerJobConfiguration: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: readonly ConfigurationInfoEntry[];
  };
  readonly getJobManagerJobEnvironment: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: EnvironmentInfo;
  };
  readonly getJobManagerLogUrl: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: LogUrlResponse;
  };
  readonly getJobMetrics: {
    readonly path: 'jobid';
    readonly query: 'get';
    readonly body: Nothing;
    readonly response: MetricCollectionResponseBody;
  };
  readonly getJobPlan: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobPlanInfo;
  };
  readonly getJobRescaleConfig: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobRescaleConfigInfo;
  };
  readonly getJobRescaleDetails: {
    readonly path: 'jobid' | 'rescaleuuid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobRescaleDetails;
  };
  readonly getJobRescalesHistory: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: readonly JobRescaleDetails[];
  };
  readonly getJobRescalesOverview: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobRescalesOverview;
  };
  readonly getJobRescalesSummary: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobRescalesSummary;
  };
  readonly rescaleJob: {
    readonly path: 'jobid';
    readonly query: 'parallelism';
    readonly body: Nothing;
    readonly response: TriggerResponse;
  };
  readonly getRescalingStatus: {
    readonly path: 'jobid' | 'triggerid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: AsynchronousOperationResult;
  };
  readonly getJobResourceRequirements: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobResourceRequirementsBody;
  };
  readonly updateJobResourceRequirements: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: JobResourceRequirementsBody;
    readonly response: Nothing;
  };
  readonly triggerSavepoint: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: SavepointTriggerRequestBody;
    readonly response: TriggerResponse;
  };
  readonly getSavepointStatus: {
    readonly path: 'jobid' | 'triggerid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: AsynchronousOperationResult;
  };
  readonly getJobStatusInfo: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobStatusInfo;
  };
  readonly triggerStopWithSavepoint: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: StopWithSavepointRequestBody;
    readonly response: TriggerResponse;
  };
  readonly getTaskManagerLogUrl: {
    readonly path: 'jobid' | 'taskmanagerid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: LogUrlResponse;
  };
  readonly getJobVertexDetails: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobVertexDetailsInfo;
  };
  readonly getJobVertexAccumulators: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobVertexAccumulatorsInfo;
  };
  readonly getJobVertexBackPressure: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobVertexBackPressureInfo;
  };
  readonly getJobVertexFlameGraph: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: 'type' | 'subtaskindex';
    readonly body: Nothing;
    readonly response: VertexFlameGraph;
  };
  readonly getJobManagerOperatorMetrics: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: 'get';
    readonly body: Nothing;
    readonly response: MetricCollectionResponseBody;
  };
  readonly getJobVertexMetrics: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: 'get';
    readonly body: Nothing;
    readonly response: MetricCollectionResponseBody;
  };
  readonly getSubtasksAllAccumulators: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: SubtasksAllAccumulatorsInfo;
  };
  readonly getAggregatedSubtaskMetrics: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: 'get' | 'agg' | 'subtasks';
    readonly body: Nothing;
    readonly response: AggregatedMetricsResponseBody;
  };
  readonly getSubtaskCurrentAttemptDetails: {
    readonly path: 'jobid' | 'vertexid' | 'subtaskindex';
    readonly query: never;
    readonly body: Nothing;
    readonly response: SubtaskExecutionAttemptDetailsInfo;
  };
  readonly getSubtaskExecutionAttemptDetails: {
    readonly path: 'jobid' | 'vertexid' | 'subtaskindex' | 'attempt';
    readonly query: never;
    readonly body: Nothing;
    readonly response: SubtaskExecutionAttemptDetailsInfo;
  };
  readonly getSubtaskExecutionAttemptAccumulators: {
    readonly path: 'jobid' | 'vertexid' | 'subtaskindex' | 'attempt';
    readonly query: never;
    readonly body: Nothing;
    readonly response: SubtaskExecutionAttemptAccumulatorsInfo;
  };
  readonly getSubtaskMetrics: {
    readonly path: 'jobid' | 'vertexid' | 'subtaskindex';
    readonly query: 'get';
    readonly body: Nothing;
    readonly response: MetricCollectionResponseBody;
  };
  readonly getSubtasksTimes: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: SubtasksTimesInfo;
  };
  readonly getJobVertexTaskManagers: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: JobVertexTaskManagersInfo;
  };
  readonly getJobVertexWatermarks: {
    readonly path: 'jobid' | 'vertexid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: MetricCollectionResponseBody;
  };
  readonly cancelJobByGet: {
    readonly path: 'jobid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: Nothing;
  };
  readonly getClusterOverview: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: ClusterOverviewWithVersion;
  };
  readonly triggerSavepointDisposal: {
    readonly path: never;
    readonly query: never;
    readonly body: SavepointDisposalRequest;
    readonly response: TriggerResponse;
  };
  readonly getSavepointDisposalStatus: {
    readonly path: 'triggerid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: AsynchronousOperationResult;
  };
  readonly getTaskManagers: {
    readonly path: never;
    readonly query: never;
    readonly body: Nothing;
    readonly response: TaskManagersInfo;
  };
  readonly getAggregatedTaskManagerMetrics: {
    readonly path: never;
    readonly query: 'get' | 'agg' | 'taskmanagers';
    readonly body: Nothing;
    readonly response: AggregatedMetricsResponseBody;
  };
  readonly getTaskManagerDetails: {
    readonly path: 'taskmanagerid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: TaskManagerDetailsInfo;
  };
  readonly getTaskManagerLogs: {
    readonly path: 'taskmanagerid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: LogListInfo;
  };
  readonly getTaskManagerMetrics: {
    readonly path: 'taskmanagerid';
    readonly query: 'get';
    readonly body: Nothing;
    readonly response: MetricCollectionResponseBody;
  };
  readonly getTaskManagerThreadDump: {
    readonly path: 'taskmanagerid';
    readonly query: never;
    readonly body: Nothing;
    readonly response: ThreadDumpInfo;
  };
}

export const operations = {
  getApplicationsOverview: { method: 'GET', path: '/applications/overview', status: 200 },
  getApplicationDetails: { method: 'GET', path: '/applications/{applicationid}', status: 200 },
  cancelApplication: { method: 'POST', path: '/applications/{applicationid}/cancel', status: 202 },
  getApplicationExceptions: { method: 'GET', path: '/applications/{applicationid}/exceptions', status: 200 },
  getJobManagerApplicationConfiguration: { method: 'GET', path: '/applications/{applicationid}/jobmanager/config', status: 200 },
  shutdownCluster: { method: 'DELETE', path: '/cluster', status: 200 },
  getDashboardConfiguration: { method: 'GET', path: '/config', status: 200 },
  getClusterDataSetList: { method: 'GET', path: '/datasets', status: 200 },
  getClusterDataSetDeleteStatus: { method: 'GET', path: '/datasets/delete/{triggerid}', status: 200 },
  deleteClusterDataSet: { method: 'DELETE', path: '/datasets/{datasetid}', status: 202 },
  getJarList: { method: 'GET', path: '/jars', status: 200 },
  uploadJar: { method: 'POST', path: '/jars/upload', status: 200 },
  deleteJar: { method: 'DELETE', path: '/jars/{jarid}', status: 200 },
  generatePlanFromJar: { method: 'POST', path: '/jars/{jarid}/plan', status: 200 },
  generatePlanFromJarByGet: { method: 'GET', path: '/jars/{jarid}/plan', status: 200 },
  submitJobFromJar: { method: 'POST', path: '/jars/{jarid}/run', status: 200 },
  submitApplicationFromJar: { method: 'POST', path: '/jars/{jarid}/run-application', status: 202 },
  getClusterConfigurationInfo: { method: 'GET', path: '/jobmanager/config', status: 200 },
  getJobManagerEnvironment: { method: 'GET', path: '/jobmanager/environment', status: 200 },
  getJobManagerLogList: { method: 'GET', path: '/jobmanager/logs', status: 200 },
  getJobManagerMetrics: { method: 'GET', path: '/jobmanager/metrics', status: 200 },
  getJobManagerThreadDump: { method: 'GET', path: '/jobmanager/thread-dump', status: 200 },
  getJobIdsWithStatusesOverview: { method: 'GET', path: '/jobs', status: 200 },
  getAggregatedJobMetrics: { method: 'GET', path: '/jobs/metrics', status: 200 },
  getJobsOverview: { method: 'GET', path: '/jobs/overview', status: 200 },
  getJobDetails: { method: 'GET', path: '/jobs/{jobid}', status: 200 },
  cancelJob: { method: 'PATCH', path: '/jobs/{jobid}', status: 202 },
  getJobAccumulators: { method: 'GET', path: '/jobs/{jobid}/accumulators', status: 200 },
  getCheckpointingStatistics: { method: 'GET', path: '/jobs/{jobid}/checkpoints', status: 200 },
  triggerCheckpoint: { method: 'POST', path: '/jobs/{jobid}/checkpoints', status: 202 },
  getCheckpointConfig: { method: 'GET', path: '/jobs/{jobid}/checkpoints/config', status: 200 },
  getCheckpointStatisticDetails: { method: 'GET', path: '/jobs/{jobid}/checkpoints/details/{checkpointid}', status: 200 },
  getTaskCheckpointStatistics: { method: 'GET', path: '/jobs/{jobid}/checkpoints/details/{checkpointid}/subtasks/{vertexid}', status: 200 },
  getCheckpointStatus: { method: 'GET', path: '/jobs/{jobid}/checkpoints/{triggerid}', status: 200 },
  triggerHeartbeat: { method: 'PATCH', path: '/jobs/{jobid}/clientHeartbeat', status: 202 },
  getJobConfig: { method: 'GET', path: '/jobs/{jobid}/config', status: 200 },
  getJobExceptions: { method: 'GET', path: '/jobs/{jobid}/exceptions', status: 200 },
  getJobExecutionResult: { method: 'GET', path: '/jobs/{jobid}/execution-result', status: 200 },
  getJobManagerJobConfiguration: { method: 'GET', path: '/jobs/{jobid}/jobmanager/config', status: 200 },
  getJobManagerJobEnvironment: { method: 'GET', path: '/jobs/{jobid}/jobmanager/environment', status: 200 },
  getJobManagerLogUrl: { method: 'GET', path: '/jobs/{jobid}/jobmanager/log-url', status: 200 },
  getJobMetrics: { method: 'GET', path: '/jobs/{jobid}/metrics', status: 200 },
  getJobPlan: { method: 'GET', path: '/jobs/{jobid}/plan', status: 200 },
  getJobRescaleConfig: { method: 'GET', path: '/jobs/{jobid}/rescales/config', status: 200 },
  getJobRescaleDetails: { method: 'GET', path: '/jobs/{jobid}/rescales/details/{rescaleuuid}', status: 200 },
  getJobRescalesHistory: { method: 'GET', path: '/jobs/{jobid}/rescales/history', status: 200 },
  getJobRescalesOverview: { method: 'GET', path: '/jobs/{jobid}/rescales/overview', status: 200 },
  getJobRescalesSummary: { method: 'GET', path: '/jobs/{jobid}/rescales/summary', status: 200 },
  rescaleJob: { method: 'PATCH', path: '/jobs/{jobid}/rescaling', status: 200 },
  getRescalingStatus: { method: 'GET', path: '/jobs/{jobid}/rescaling/{triggerid}', status: 200 },
  getJobResourceRequirements: { method: 'GET', path: '/jobs/{jobid}/resource-requirements', status: 200 },
  updateJobResourceRequirements: { method: 'PUT', path: '/jobs/{jobid}/resource-requirements', status: 200 },
  triggerSavepoint: { method: 'POST', path: '/jobs/{jobid}/savepoints', status: 202 },
  getSavepointStatus: { method: 'GET', path: '/jobs/{jobid}/savepoints/{triggerid}', status: 200 },
  getJobStatusInfo: { method: 'GET', path: '/jobs/{jobid}/status', status: 200 },
  triggerStopWithSavepoint: { method: 'POST', path: '/jobs/{jobid}/stop', status: 202 },
  getTaskManagerLogUrl: { method: 'GET', path: '/jobs/{jobid}/taskmanagers/{taskmanagerid}/log-url', status: 200 },
  getJobVertexDetails: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}', status: 200 },
  getJobVertexAccumulators: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/accumulators', status: 200 },
  getJobVertexBackPressure: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/backpressure', status: 200 },
  getJobVertexFlameGraph: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/flamegraph', status: 200 },
  getJobManagerOperatorMetrics: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/jm-operator-metrics', status: 200 },
  getJobVertexMetrics: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/metrics', status: 200 },
  getSubtasksAllAccumulators: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/subtasks/accumulators', status: 200 },
  getAggregatedSubtaskMetrics: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/subtasks/metrics', status: 200 },
  getSubtaskCurrentAttemptDetails: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/subtasks/{subtaskindex}', status: 200 },
  getSubtaskExecutionAttemptDetails: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/subtasks/{subtaskindex}/attempts/{attempt}', status: 200 },
  getSubtaskExecutionAttemptAccumulators: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/subtasks/{subtaskindex}/attempts/{attempt}/accumulators', status: 200 },
  getSubtaskMetrics: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/subtasks/{subtaskindex}/metrics', status: 200 },
  getSubtasksTimes: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/subtasktimes', status: 200 },
  getJobVertexTaskManagers: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/taskmanagers', status: 200 },
  getJobVertexWatermarks: { method: 'GET', path: '/jobs/{jobid}/vertices/{vertexid}/watermarks', status: 200 },
  cancelJobByGet: { method: 'GET', path: '/jobs/{jobid}/yarn-cancel', status: 202 },
  getClusterOverview: { method: 'GET', path: '/overview', status: 200 },
  triggerSavepointDisposal: { method: 'POST', path: '/savepoint-disposal', status: 200 },
  getSavepointDisposalStatus: { method: 'GET', path: '/savepoint-disposal/{triggerid}', status: 200 },
  getTaskManagers: { method: 'GET', path: '/taskmanagers', status: 200 },
  getAggregatedTaskManagerMetrics: { method: 'GET', path: '/taskmanagers/metrics', status: 200 },
  getTaskManagerDetails: { method: 'GET', path: '/taskmanagers/{taskmanagerid}', status: 200 },
  getTaskManagerLogs: { method: 'GET', path: '/taskmanagers/{taskmanagerid}/logs', status: 200 },
  getTaskManagerMetrics: { method: 'GET', path: '/taskmanagers/{taskmanagerid}/metrics', status: 200 },
  getTaskManagerThreadDump: { method: 'GET', path: '/taskmanagers/{taskmanagerid}/thread-dump', status: 200 },
} as const;
