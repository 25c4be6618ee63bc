// Generated from Flink's OpenAPI document (Apache License 2.0, Copyright The Apache Software Foundation) by openapi/generate.ts: do not edit.

export interface AggregatedMetric {
  readonly id: string;
  readonly min?: number;
  readonly max?: number;
  readonly avg?: number;
  readonly sum?: number;
  readonly skew?: number;
}

export type AggregatedMetricsResponseBody = readonly AggregatedMetric[];

export interface AggregatedTaskDetailsInfo {
  readonly metrics: {
    readonly 'read-bytes': AggregatedValue;
    readonly 'write-bytes': AggregatedValue;
    readonly 'read-records': AggregatedValue;
    readonly 'write-records': AggregatedValue;
    readonly 'accumulated-backpressured-time': AggregatedValue;
    readonly 'accumulated-idle-time': AggregatedValue;
    readonly 'accumulated-busy-time': AggregatedValue;
  };
  readonly 'status-duration': {
    readonly CREATED: AggregatedValue;
    readonly SCHEDULED: AggregatedValue;
    readonly DEPLOYING: AggregatedValue;
    readonly INITIALIZING: AggregatedValue;
    readonly RUNNING: AggregatedValue;
  };
}

export interface AggregatedValue {
  readonly min: number;
  readonly max: number;
  readonly avg: number;
  readonly sum: number;
  readonly median: number;
  readonly p25: number;
  readonly p75: number;
  readonly p95: number;
}

export type AggregationMode = 'MIN' | 'MAX' | 'SUM' | 'AVG' | 'SKEW';

export interface ApplicationDetails {
  readonly duration: number;
  readonly 'end-time': number;
  readonly id: ApplicationID;
  readonly jobs: Readonly<Record<string, number>>;
  readonly name: string;
  readonly 'start-time': number;
  readonly status: string;
}

export interface ApplicationDetailsInfo {
  readonly duration: number;
  readonly 'end-time': number;
  readonly id: ApplicationID;
  readonly jobs: readonly JobDetails[];
  readonly name: string;
  readonly 'start-time': number;
  readonly status: string;
  readonly timestamps: Readonly<Record<string, number>>;
}

export interface ApplicationExceptionHistory {
  readonly entries: readonly ApplicationExceptionInfo[];
}

export interface ApplicationExceptionInfo {
  readonly exceptionName: string;
  readonly jobId: JobID;
  readonly stacktrace: string;
  readonly timestamp: number;
}

export interface ApplicationExceptionsInfoWithHistory {
  readonly exceptionHistory: ApplicationExceptionHistory;
}

export type ApplicationID = string;

export interface AsynchronousOperationInfo {
  readonly 'failure-cause'?: SerializedThrowable;
}

export interface AsynchronousOperationResult {
  readonly operation: AsynchronousOperationInfo | CheckpointInfo | SavepointInfo | null;
  readonly status: QueueStatus;
}

export interface CheckpointAlignment {
  readonly buffered: number;
  readonly duration: number;
  readonly persisted: number;
  readonly processed: number;
}

export interface CheckpointAlignmentSummary {
  readonly buffered: StatsSummaryDto;
  readonly duration: StatsSummaryDto;
  readonly persisted: StatsSummaryDto;
  readonly processed: StatsSummaryDto;
}

export interface CheckpointConfigInfo {
  readonly aligned_checkpoint_timeout: number;
  readonly changelog_periodic_materialization_interval: number;
  readonly changelog_storage: string;
  readonly checkpoint_storage: string;
  readonly checkpoints_after_tasks_finish: boolean;
  readonly externalization: ExternalizedCheckpointInfo;
  readonly interval: number;
  readonly max_concurrent: number;
  readonly min_pause: number;
  readonly mode: ProcessingMode;
  readonly state_backend: string;
  readonly state_changelog_enabled: boolean;
  readonly timeout: number;
  readonly tolerable_failed_checkpoints: number;
  readonly unaligned_checkpoints: boolean;
}

export interface CheckpointDuration {
  readonly async: number;
  readonly sync: number;
}

export interface CheckpointDurationSummary {
  readonly async: StatsSummaryDto;
  readonly sync: StatsSummaryDto;
}

export interface CheckpointInfo {
  readonly checkpointId?: number;
  readonly failureCause?: SerializedThrowable;
}

export interface CheckpointStatistics {
  readonly alignment_buffered: number;
  readonly checkpoint_type: RestAPICheckpointType;
  readonly checkpointed_size: number;
  readonly className: string;
  readonly end_to_end_duration: number;
  readonly id: number;
  readonly is_savepoint: boolean;
  readonly latest_ack_timestamp: number;
  readonly num_acknowledged_subtasks: number;
  readonly num_subtasks: number;
  readonly persisted_data: number;
  readonly processed_data: number;
  readonly savepointFormat: string | null;
  readonly state_size: number;
  readonly status: CheckpointStatsStatus;
  readonly tasks: Readonly<Record<string, TaskCheckpointStatistics>>;
  readonly trigger_timestamp: number;
}

export interface CheckpointStatisticsSummary {
  readonly alignment_buffered: StatsSummaryDto;
  readonly checkpointed_size: StatsSummaryDto;
  readonly end_to_end_duration: StatsSummaryDto;
  readonly persisted_data: StatsSummaryDto;
  readonly processed_data: StatsSummaryDto;
  readonly state_size: StatsSummaryDto;
}

export type CheckpointStatsStatus = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

export interface CheckpointTriggerRequestBody {
  readonly checkpointType?: CheckpointType;
  readonly triggerId?: TriggerId;
}

export type CheckpointType = 'CONFIGURED' | 'FULL' | 'INCREMENTAL';

export interface CheckpointingStatistics {
  readonly counts: Counts;
  readonly history: readonly (CompletedCheckpointStatistics | FailedCheckpointStatistics | PendingCheckpointStatistics)[];
  readonly latest: LatestCheckpoints;
  readonly summary: CheckpointStatisticsSummary;
}

export interface ClusterDataSetEntry {
  readonly id: string;
  readonly isComplete: boolean;
}

export interface ClusterDataSetListResponseBody {
  readonly dataSets: readonly ClusterDataSetEntry[];
}

export interface ClusterOverviewWithVersion {
  readonly 'flink-commit': string;
  readonly 'flink-version': string;
  readonly 'jobs-cancelled': number;
  readonly 'jobs-failed': number;
  readonly 'jobs-finished': number;
  readonly 'jobs-running': number;
  readonly 'slots-available': number;
  readonly 'slots-free-and-blocked'?: number;
  readonly 'slots-total': number;
  readonly taskmanagers: number;
  readonly 'taskmanagers-blocked'?: number;
}

export type CompletedCheckpointStatistics = CheckpointStatistics & {
  readonly external_path: string | null;
  readonly discarded: boolean;
};

export type CompletedSubtaskCheckpointStatistics = SubtaskCheckpointStatistics & {
  readonly ack_timestamp: number;
  readonly end_to_end_duration: number;
  readonly checkpointed_size: number;
  readonly state_size: number;
  readonly checkpoint: CheckpointDuration;
  readonly alignment: CheckpointAlignment;
  readonly start_delay: number;
  readonly unaligned_checkpoint: boolean;
  readonly aborted: boolean;
};

export type ConfigurationInfo = readonly ConfigurationInfoEntry[];

export interface ConfigurationInfoEntry {
  readonly key: string;
  readonly value: string;
}

export interface Counts {
  readonly completed: number;
  readonly failed: number;
  readonly in_progress: number;
  readonly restored: number;
  readonly total: number;
}

export interface DashboardConfiguration {
  readonly features: Features;
  readonly 'flink-revision': string;
  readonly 'flink-version': string;
  readonly 'refresh-interval': number;
  readonly 'timezone-name': string;
  readonly 'timezone-offset': number;
}

export interface EnvironmentInfo {
  readonly classpath: readonly string[];
  readonly jvm: JVMInfo;
}

export interface ExceptionInfo {
  readonly endpoint?: string;
  readonly exceptionName: string;
  readonly failureLabels: Readonly<Record<string, string>>;
  readonly stacktrace: string;
  readonly taskManagerId?: string;
  readonly taskName?: string;
  readonly timestamp: number;
  readonly location?: string;
}

export interface ExecutionConfigInfo {
  readonly 'job-parallelism': number;
  readonly 'object-reuse-mode': boolean;
  readonly 'restart-strategy': string;
  readonly 'user-config': Readonly<Record<string, string>>;
}

export type ExecutionState = 'CREATED' | 'SCHEDULED' | 'DEPLOYING' | 'RUNNING' | 'FINISHED' | 'CANCELING' | 'CANCELED' | 'FAILED' | 'RECONCILING' | 'INITIALIZING';

export interface ExternalizedCheckpointInfo {
  readonly delete_on_cancellation: boolean;
  readonly enabled: boolean;
}

export type FailedCheckpointStatistics = CheckpointStatistics & {
  readonly failure_timestamp: number;
  readonly failure_message: string | null;
};

export interface FailureLabel {
  readonly key: string;
  readonly value: string;
}

export interface Features {
  readonly 'web-cancel': boolean;
  readonly 'web-history': boolean;
  readonly 'web-rescale': boolean;
  readonly 'web-submit': boolean;
}

export interface GarbageCollectorInfo {
  readonly count: number;
  readonly name: string;
  readonly time: number;
}

export interface HardwareDescription {
  readonly cpuCores: number;
  readonly freeMemory: number;
  readonly managedMemory: number;
  readonly physicalMemory: number;
}

export interface IOMetricsInfo {
  readonly 'accumulated-backpressured-time': number;
  readonly 'accumulated-busy-time': number;
  readonly 'accumulated-idle-time': number;
  readonly 'read-bytes': number;
  readonly 'read-bytes-complete': boolean;
  readonly 'read-records': number;
  readonly 'read-records-complete': boolean;
  readonly 'write-bytes': number;
  readonly 'write-bytes-complete': boolean;
  readonly 'write-records': number;
  readonly 'write-records-complete': boolean;
}

export type Id = 'IN_PROGRESS' | 'COMPLETED';

export interface Input {
  readonly caching?: string;
  readonly exchange: string;
  readonly id: string;
  readonly local_strategy?: string;
  readonly num: number;
  readonly ship_strategy: string;
}

export type IntermediateDataSetID = string;

export interface JVMInfo {
  readonly arch: string;
  readonly options: readonly string[];
  readonly version: string;
}

export interface JarEntryInfo {
  readonly description: string | null;
  readonly name: string;
}

export interface JarFileInfo {
  readonly entry: readonly JarEntryInfo[];
  readonly id: string;
  readonly name: string;
  readonly uploaded: number;
}

export interface JarListInfo {
  readonly address: string;
  readonly files: readonly JarFileInfo[];
}

export interface JarPlanRequestBody {
  readonly entryClass?: string;
  readonly flinkConfiguration?: Readonly<Record<string, string>>;
  readonly jobId?: JobID;
  readonly parallelism?: number;
  readonly programArgsList?: readonly string[];
}

export interface JarRunApplicationRequestBody {
  readonly allowNonRestoredState?: boolean;
  readonly applicationId?: ApplicationID;
  readonly claimMode?: RecoveryClaimMode;
  readonly entryClass?: string;
  readonly flinkConfiguration?: Readonly<Record<string, string>>;
  readonly jobId?: JobID;
  readonly parallelism?: number;
  readonly programArgsList?: readonly string[];
  readonly savepointPath?: string;
}

export interface JarRunApplicationResponseBody {
  readonly applicationid: ApplicationID;
}

export interface JarRunRequestBody {
  readonly allowNonRestoredState?: boolean;
  readonly claimMode?: RecoveryClaimMode;
  readonly entryClass?: string;
  readonly flinkConfiguration?: Readonly<Record<string, string>>;
  readonly jobId?: JobID;
  readonly parallelism?: number;
  readonly programArgsList?: readonly string[];
  readonly restoreMode?: RecoveryClaimMode;
  readonly savepointPath?: string;
}

export interface JarRunResponseBody {
  readonly applicationId?: ApplicationID;
  readonly jobid: JobID;
}

export interface JarUploadResponseBody {
  readonly filename: string;
  readonly status: UploadStatus;
}

export type JobAccumulator = Readonly<Record<string, unknown>>;

export interface JobAccumulatorsInfo {
  readonly 'job-accumulators': readonly JobAccumulator[];
  readonly 'serialized-user-task-accumulators': Readonly<Record<string, SerializedValueOptionalFailureObject>>;
  readonly 'user-task-accumulators': readonly UserTaskAccumulator[];
}

export interface JobClientHeartbeatRequestBody {
  readonly expiredTimestamp?: number;
}

export interface JobConfigInfo {
  readonly jid: JobID;
  readonly name: string;
  readonly 'execution-config': ExecutionConfigInfo;
}

export interface JobDetails {
  readonly duration: number;
  readonly 'end-time': number;
  readonly jid: JobID;
  readonly jobType: JobType;
  readonly 'last-modification': number;
  readonly name: string;
  readonly 'pending-operators': number;
  readonly schedulerType: SchedulerType;
  readonly 'start-time': number;
  readonly state: JobStatus;
  readonly tasks: TaskBadges;
}

export interface JobDetailsInfo {
  readonly 'application-id': ApplicationID;
  readonly duration: number;
  readonly 'end-time': number;
  readonly isStoppable: boolean;
  readonly jid: JobID;
  readonly 'job-type': JobType;
  readonly maxParallelism: number;
  readonly name: string;
  readonly now: number;
  readonly 'pending-operators': number;
  readonly plan: Plan;
  readonly schedulerType: SchedulerType;
  readonly 'start-time': number;
  readonly state: JobStatus;
  readonly 'status-counts': PerExecutionState;
  readonly 'stream-graph'?: RawJson;
  readonly timestamps: PerJobStatus;
  readonly vertices: readonly JobDetailsVertexInfo[];
}

export interface JobDetailsVertexInfo {
  readonly duration: number;
  readonly 'end-time': number;
  readonly id: JobVertexID;
  readonly maxParallelism: number;
  readonly metrics: IOMetricsInfo;
  readonly name: string;
  readonly parallelism: number;
  readonly slotSharingGroupId: SlotSharingGroupId;
  readonly 'start-time': number;
  readonly status: ExecutionState;
  readonly tasks: PerExecutionState;
}

export interface JobExceptionHistory {
  readonly entries: readonly RootExceptionInfo[];
  readonly truncated: boolean;
}

export interface JobExceptionsInfoWithHistory {
  readonly exceptionHistory: JobExceptionHistory;
}

export interface JobExecutionResultResponseBody {
  readonly 'job-execution-result'?: JobResult;
  readonly status: QueueStatus;
}

export type JobID = string;

export interface JobIdWithStatus {
  readonly id: JobID;
  readonly status: JobStatus;
}

export interface JobIdsWithStatusOverview {
  readonly jobs: readonly JobIdWithStatus[];
}

export interface JobPlanInfo {
  readonly plan: Plan;
}

export interface JobRescaleConfigInfo {
  readonly executingCooldownTimeoutInMillis: number;
  readonly executingResourceStabilizationTimeoutInMillis: number;
  readonly maximumDelayForTriggeringRescaleInMillis: number;
  readonly rescaleHistoryMax: number;
  readonly rescaleOnFailedCheckpointCount: number;
  readonly schedulerExecutionMode: SchedulerExecutionMode;
  readonly slotIdleTimeoutInMillis: number;
  readonly submissionResourceStabilizationTimeoutInMillis: number;
  readonly submissionResourceWaitTimeoutInMillis: number;
}

export interface JobRescaleDetails {
  readonly endTimestampInMillis: number;
  readonly rescaleAttemptId: number;
  readonly rescaleUuid: string;
  readonly resourceRequirementsUuid: string;
  readonly schedulerStates: readonly SchedulerStateSpan[];
  readonly slots: Readonly<Record<string, SlotSharingGroupRescaleInfo>>;
  readonly startTimestampInMillis: number;
  readonly terminalState: TerminalState;
  readonly terminatedReason: TerminatedReason;
  readonly triggerCause: TriggerCause;
  readonly vertices: Readonly<Record<string, VertexParallelismRescaleInfo>>;
}

export type JobRescalesHistory = readonly JobRescaleDetails[];

export interface JobRescalesOverview {
  readonly latest: LatestRescales;
  readonly rescalesCounts: RescalesCounts;
}

export interface JobRescalesSummary {
  readonly completedRescalesDurationStatsInMillis: StatsSummaryDto;
  readonly failedRescalesDurationStatsInMillis: StatsSummaryDto;
  readonly ignoredRescalesDurationStatsInMillis: StatsSummaryDto;
  readonly rescalesCounts: RescalesCounts;
  readonly rescalesDurationStatsInMillis: StatsSummaryDto;
}

export type JobResourceRequirementsBody = Readonly<Record<string, JobVertexResourceRequirements>>;

export interface JobResult {
  readonly id: JobID;
  readonly name: string;
  readonly 'application-status': string;
  readonly 'accumulator-results': Readonly<Record<string, unknown>>;
  readonly 'net-runtime': number;
  readonly 'failure-cause'?: SerializedThrowable;
}

export type JobStatus = 'INITIALIZING' | 'CREATED' | 'RUNNING' | 'FAILING' | 'FAILED' | 'CANCELLING' | 'CANCELED' | 'FINISHED' | 'RESTARTING' | 'SUSPENDED' | 'RECONCILING';

export interface JobStatusInfo {
  readonly status: JobStatus;
}

export type JobType = 'BATCH' | 'STREAMING';

export interface JobVertexAccumulatorsInfo {
  readonly id: string;
  readonly 'user-accumulators': readonly UserAccumulator[];
}

export interface JobVertexBackPressureInfo {
  readonly backpressureLevel: VertexBackPressureLevel;
  readonly 'end-timestamp': number;
  readonly status: VertexBackPressureStatus;
  readonly subtasks: readonly SubtaskBackPressureInfo[];
  readonly 'backpressure-level': VertexBackPressureLevel;
}

export interface JobVertexDetailsInfo {
  readonly aggregated: AggregatedTaskDetailsInfo | null;
  readonly id: JobVertexID;
  readonly maxParallelism: number;
  readonly name: string;
  readonly now: number;
  readonly parallelism: number;
  readonly subtasks: readonly SubtaskExecutionAttemptDetailsInfo[];
}

export type JobVertexID = string;

export interface JobVertexResourceRequirements {
  readonly parallelism?: Parallelism;
}

export interface JobVertexTaskManagerInfo {
  readonly aggregated: AggregatedTaskDetailsInfo;
  readonly duration: number;
  readonly 'end-time': number;
  readonly endpoint: string;
  readonly metrics: IOMetricsInfo;
  readonly 'start-time': number;
  readonly status: ExecutionState;
  readonly 'status-counts': PerExecutionState;
  readonly 'taskmanager-id': string;
  readonly host: string;
}

export interface JobVertexTaskManagersInfo {
  readonly id: JobVertexID;
  readonly name: string;
  readonly now: number;
  readonly taskmanagers: readonly JobVertexTaskManagerInfo[];
}

export interface LatestCheckpoints {
  readonly completed: CompletedCheckpointStatistics | null;
  readonly failed: FailedCheckpointStatistics | null;
  readonly restored: RestoredCheckpointStatistics | null;
  readonly savepoint: CompletedCheckpointStatistics | null;
}

export interface LatestRescales {
  readonly completed: JobRescaleDetails;
  readonly failed: JobRescaleDetails;
  readonly ignored: JobRescaleDetails;
}

export interface LogInfo {
  readonly mtime: number;
  readonly name: string;
  readonly size: number;
}

export interface LogListInfo {
  readonly logs: readonly LogInfo[];
}

export interface LogUrlResponse {
  readonly url: string;
}

export interface Metric {
  readonly id: string;
  readonly value?: string;
}

export type MetricCollectionResponseBody = readonly Metric[];

export interface MultipleApplicationsDetails {
  readonly applications: readonly ApplicationDetails[];
}

export interface MultipleJobsDetails {
  readonly jobs: readonly JobDetails[];
}

export interface Node {
  readonly children: readonly Node[];
  readonly name: string;
  readonly value: number;
}

export interface Parallelism {
  readonly lowerBound?: number;
  readonly upperBound?: number;
}

export type PendingCheckpointStatistics = CheckpointStatistics;

export type PendingSubtaskCheckpointStatistics = SubtaskCheckpointStatistics;

export interface PerActiveState {
  readonly CREATED: number;
  readonly SCHEDULED: number;
  readonly DEPLOYING: number;
  readonly INITIALIZING: number;
  readonly RUNNING: number;
}

export interface PerExecutionState {
  readonly CREATED: number;
  readonly SCHEDULED: number;
  readonly DEPLOYING: number;
  readonly RUNNING: number;
  readonly FINISHED: number;
  readonly CANCELING: number;
  readonly CANCELED: number;
  readonly FAILED: number;
  readonly RECONCILING: number;
  readonly INITIALIZING: number;
}

export interface PerJobStatus {
  readonly INITIALIZING: number;
  readonly CREATED: number;
  readonly RUNNING: number;
  readonly FAILING: number;
  readonly FAILED: number;
  readonly CANCELLING: number;
  readonly CANCELED: number;
  readonly FINISHED: number;
  readonly RESTARTING: number;
  readonly SUSPENDED: number;
  readonly RECONCILING: number;
}

export interface Plan {
  readonly jid: string;
  readonly name: string;
  readonly nodes: readonly PlanNode[];
  readonly type: string;
}

export interface PlanNode {
  readonly description: string;
  readonly id: string;
  readonly inputs?: readonly Input[];
  readonly operator: string;
  readonly operator_strategy: string;
  readonly optimizer_properties: RawJson;
  readonly parallelism: number;
}

export type ProcessingMode = 'exactly_once' | 'at_least_once';

export interface QueueStatus {
  readonly id: Id;
}

export type RawJson = Readonly<Record<string, unknown>>;

export type RecoveryClaimMode = 'CLAIM' | 'NO_CLAIM' | 'LEGACY';

export type RescaleUUID = string;

export interface RescalesCounts {
  readonly completed: number;
  readonly failed: number;
  readonly ignored: number;
  readonly inProgress: number;
}

export type ResourceID = string;

export interface ResourceProfileInfo {
  readonly cpuCores: number;
  readonly extendedResources: Readonly<Record<string, number>>;
  readonly managedMemory: number;
  readonly networkMemory: number;
  readonly taskHeapMemory: number;
  readonly taskOffHeapMemory: number;
}

export type RestAPICheckpointType = 'CHECKPOINT' | 'UNALIGNED_CHECKPOINT' | 'SAVEPOINT' | 'SYNC_SAVEPOINT';

export interface RestoredCheckpointStatistics {
  readonly external_path: string;
  readonly id: number;
  readonly is_savepoint: boolean;
  readonly restore_timestamp: number;
}

export interface RootExceptionInfo {
  readonly concurrentExceptions: readonly ExceptionInfo[];
  readonly endpoint?: string;
  readonly exceptionName: string;
  readonly failureLabels: Readonly<Record<string, string>>;
  readonly stacktrace: string;
  readonly taskManagerId?: string;
  readonly taskName?: string;
  readonly timestamp: number;
  readonly location?: string;
}

export interface SavepointDisposalRequest {
  readonly 'savepoint-path'?: string;
}

export type SavepointFormatType = 'CANONICAL' | 'NATIVE';

export interface SavepointInfo {
  readonly 'failure-cause'?: SerializedThrowable;
  readonly location?: string;
}

export interface SavepointTriggerRequestBody {
  readonly 'cancel-job'?: boolean;
  readonly formatType?: SavepointFormatType;
  readonly 'target-directory'?: string;
  readonly triggerId?: TriggerId;
}

export type SchedulerExecutionMode = 'REACTIVE';

export interface SchedulerStateSpan {
  readonly durationInMillis: number;
  readonly enterTimestampInMillis: number;
  readonly leaveTimestampInMillis: number;
  readonly state: string;
  readonly stringifiedException: string;
}

export type SchedulerType = 'Default' | 'Adaptive' | 'AdaptiveBatch';

export interface SerializedThrowable {
  readonly class: string;
  readonly 'stack-trace': string;
  readonly 'serialized-throwable'?: string;
}

export type SerializedValueOptionalFailureObject = string;

export interface SlotInfo {
  readonly assignedTasks: number;
  readonly jobId: JobID;
  readonly resource: ResourceProfileInfo;
}

export type SlotSharingGroupId = string;

export interface SlotSharingGroupRescaleInfo {
  readonly acquiredResourceProfile: ResourceProfileInfo;
  readonly desiredSlots: number;
  readonly minimalRequiredSlots: number;
  readonly postRescaleSlots: number;
  readonly preRescaleSlots: number;
  readonly requestResourceProfile: ResourceProfileInfo;
  readonly slotSharingGroupId: SlotSharingGroupId;
  readonly slotSharingGroupName: string;
}

export interface StatsSummaryDto {
  readonly avg: number;
  readonly max: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
}

export interface StopWithSavepointRequestBody {
  readonly drain?: boolean;
  readonly formatType?: SavepointFormatType;
  readonly targetDirectory?: string;
  readonly triggerId?: TriggerId;
}

export interface SubtaskAccumulatorsInfo {
  readonly attempt: number;
  readonly endpoint: string;
  readonly subtask: number;
  readonly 'user-accumulators': readonly UserAccumulator[];
}

export interface SubtaskBackPressureInfo {
  readonly 'attempt-number'?: number;
  readonly backpressureLevel: VertexBackPressureLevel;
  readonly busyRatio: number;
  readonly idleRatio: number;
  readonly 'other-concurrent-attempts'?: readonly SubtaskBackPressureInfo[];
  readonly ratio: number;
  readonly subtask: number;
  readonly 'backpressure-level': VertexBackPressureLevel;
}

export interface SubtaskCheckpointStatistics {
  readonly className: string;
  readonly index: number;
  readonly status: string;
}

export interface SubtaskExecutionAttemptAccumulatorsInfo {
  readonly attempt: number;
  readonly id: string;
  readonly subtask: number;
  readonly 'user-accumulators': readonly UserAccumulator[];
}

export interface SubtaskExecutionAttemptDetailsInfo {
  readonly attempt: number;
  readonly duration: number;
  readonly 'end-time': number;
  readonly endpoint: string;
  readonly metrics: IOMetricsInfo;
  readonly 'other-concurrent-attempts'?: readonly SubtaskExecutionAttemptDetailsInfo[];
  readonly 'start-time': number;
  readonly status: ExecutionState;
  readonly 'status-duration': PerActiveState;
  readonly subtask: number;
  readonly 'taskmanager-id': string;
  readonly start_time: number;
  readonly host: string;
}

export interface SubtaskTimeInfo {
  readonly duration: number;
  readonly endpoint: string;
  readonly subtask: number;
  readonly timestamps: PerExecutionState;
  readonly host: string;
}

export interface SubtasksAllAccumulatorsInfo {
  readonly id: JobVertexID;
  readonly parallelism: number;
  readonly subtasks: readonly SubtaskAccumulatorsInfo[];
}

export interface SubtasksTimesInfo {
  readonly id: string;
  readonly name: string;
  readonly now: number;
  readonly subtasks: readonly SubtaskTimeInfo[];
}

export interface TaskBadges {
  readonly total: number;
  readonly created: number;
  readonly scheduled: number;
  readonly deploying: number;
  readonly running: number;
  readonly finished: number;
  readonly canceling: number;
  readonly canceled: number;
  readonly failed: number;
  readonly reconciling: number;
  readonly initializing: number;
}

export interface TaskCheckpointStatistics {
  readonly alignment_buffered: number;
  readonly checkpointed_size: number;
  readonly end_to_end_duration: number;
  readonly id: number;
  readonly latest_ack_timestamp: number;
  readonly num_acknowledged_subtasks: number;
  readonly num_subtasks: number;
  readonly persisted_data: number;
  readonly processed_data: number;
  readonly state_size: number;
  readonly status: CheckpointStatsStatus;
}

export interface TaskCheckpointStatisticsWithSubtaskDetails {
  readonly alignment_buffered: number;
  readonly checkpointed_size: number;
  readonly end_to_end_duration: number;
  readonly id: number;
  readonly latest_ack_timestamp: number;
  readonly num_acknowledged_subtasks: number;
  readonly num_subtasks: number;
  readonly persisted_data: number;
  readonly processed_data: number;
  readonly state_size: number;
  readonly status: CheckpointStatsStatus;
  readonly subtasks: readonly (CompletedSubtaskCheckpointStatistics | PendingSubtaskCheckpointStatistics)[];
  readonly summary: TaskCheckpointStatisticsWithSubtaskDetailsSummary;
}

export interface TaskCheckpointStatisticsWithSubtaskDetailsSummary {
  readonly alignment: CheckpointAlignmentSummary;
  readonly checkpoint_duration: CheckpointDurationSummary;
  readonly checkpointed_size: StatsSummaryDto;
  readonly end_to_end_duration: StatsSummaryDto;
  readonly start_delay: StatsSummaryDto;
  readonly state_size: StatsSummaryDto;
}

export interface TaskExecutorMemoryConfiguration {
  readonly frameworkHeap: number;
  readonly frameworkOffHeap: number;
  readonly jvmMetaspace: number;
  readonly jvmOverhead: number;
  readonly managedMemory: number;
  readonly networkMemory: number;
  readonly taskHeap: number;
  readonly taskOffHeap: number;
  readonly totalFlinkMemory: number;
  readonly totalProcessMemory: number;
}

export interface TaskManagerDetailsInfo {
  readonly allocatedSlots: readonly SlotInfo[];
  readonly assignedTasks: number;
  readonly blocked?: boolean;
  readonly dataPort: number;
  readonly freeResource: ResourceProfileInfo;
  readonly freeSlots: number;
  readonly hardware: HardwareDescription;
  readonly id: ResourceID;
  readonly jmxPort: number;
  readonly memoryConfiguration: TaskExecutorMemoryConfiguration;
  readonly metrics: TaskManagerMetricsInfo;
  readonly path: string;
  readonly slotsNumber: number;
  readonly timeSinceLastHeartbeat: number;
  readonly totalResource: ResourceProfileInfo;
}

export interface TaskManagerInfo {
  readonly assignedTasks: number;
  readonly blocked?: boolean;
  readonly dataPort: number;
  readonly freeResource: ResourceProfileInfo;
  readonly freeSlots: number;
  readonly hardware: HardwareDescription;
  readonly id: ResourceID;
  readonly jmxPort: number;
  readonly memoryConfiguration: TaskExecutorMemoryConfiguration;
  readonly path: string;
  readonly slotsNumber: number;
  readonly timeSinceLastHeartbeat: number;
  readonly totalResource: ResourceProfileInfo;
}

export interface TaskManagerMetricsInfo {
  readonly directCount: number;
  readonly directMax: number;
  readonly directUsed: number;
  readonly garbageCollectors: readonly GarbageCollectorInfo[];
  readonly heapCommitted: number;
  readonly heapMax: number;
  readonly heapUsed: number;
  readonly mappedCount: number;
  readonly mappedMax: number;
  readonly mappedUsed: number;
  readonly nettyShuffleMemoryAvailable: number;
  readonly nettyShuffleMemorySegmentsAvailable: number;
  readonly nettyShuffleMemorySegmentsTotal: number;
  readonly nettyShuffleMemorySegmentsUsed: number;
  readonly nettyShuffleMemoryTotal: number;
  readonly nettyShuffleMemoryUsed: number;
  readonly nonHeapCommitted: number;
  readonly nonHeapMax: number;
  readonly nonHeapUsed: number;
}

export interface TaskManagersInfo {
  readonly taskmanagers: readonly TaskManagerInfo[];
}

export type TerminalState = 'COMPLETED' | 'FAILED' | 'IGNORED';

export type TerminatedReason = 'SUCCEEDED' | 'EXCEPTION_OCCURRED' | 'RESOURCE_REQUIREMENTS_UPDATED' | 'NO_RESOURCES_OR_PARALLELISMS_CHANGE' | 'JOB_FINISHED' | 'JOB_FAILED' | 'JOB_CANCELED' | 'JOB_FAILOVER_RESTARTING';

export type TerminationMode = 'CANCEL' | 'STOP';

export interface ThreadDumpInfo {
  readonly threadInfos: readonly ThreadInfo[];
}

export interface ThreadInfo {
  readonly stringifiedThreadInfo: string;
  readonly threadName: string;
}

export type ThreadStates = 'FULL' | 'ON_CPU' | 'OFF_CPU';

export type TriggerCause = 'INITIAL_SCHEDULE' | 'UPDATE_REQUIREMENT' | 'NEW_RESOURCE_AVAILABLE' | 'RECOVERABLE_FAILOVER';

export type TriggerId = string;

export interface TriggerResponse {
  readonly 'request-id': TriggerId;
}

export type UploadStatus = 'success';

export interface UserAccumulator {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export interface UserTaskAccumulator {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export type VertexBackPressureLevel = 'ok' | 'low' | 'high';

export type VertexBackPressureStatus = 'deprecated' | 'ok';

export interface VertexFlameGraph {
  readonly data: Node | null;
  readonly endTimestamp: number;
}

export interface VertexParallelismInformation {
  readonly maxParallelism: number;
  readonly minParallelism: number;
  readonly parallelism: number;
}

export interface VertexParallelismRescaleInfo {
  readonly desiredParallelism: number;
  readonly jobVertexId: JobVertexID;
  readonly jobVertexName: string;
  readonly postRescaleParallelism: number;
  readonly preRescaleParallelism: number;
  readonly requiredParallelisms: VertexParallelismInformation;
  readonly slotSharingGroupId: SlotSharingGroupId;
  readonly slotSharingGroupName: string;
  readonly sufficientParallelism: number;
}
