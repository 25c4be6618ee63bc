export type { CheckpointSummary, JobEvent, JobResult, JobState, JobStatus, OperatorStatus, VertexStatus } from './job-status.js';
export { canTransition, isTerminal } from './job-state-machine.js';
export { clusterOptions } from './cluster-options.js';

export { JobMasterActor, type JobMasterOptions } from './job-master.actor.js';
export type { JobClientMessage, JobMasterMessage } from './job-master.protocol.js';
export { compileJob } from './job-compiler.js';
export type { JobNote, JobOpeningOptions } from './job-opening.js';

export { TaskExecutorActor, type TaskExecutorOptions } from './task-executor.actor.js';
export type { SlotMessage, TaskExecutorMessage, TaskManagerReport } from './task-executor.protocol.js';
export { type CreateTask, SlotActor, type SlotOptions } from './slot.actor.js';
export { InProcessArtifacts, type JobArtifacts } from './job-artifacts.js';

export {
  JobAlreadyFinishedError, JobAlreadyRunningError, JobHistoryExistsError, ClusterClosedError, NotEnoughSlotsError, RestartsExhaustedError,
  SourceStateVersionError, TaskLostError, TaskSubmissionError,
} from './errors.js';

export type {
  ArtifactInfo, CheckpointInfo, CheckpointsInfo, ClusterGateway, ClusterOverview, ExceptionEntry, JobDetails, OperationStatus, SavepointRequest, SubmitRequest,
  SubtaskInfo, TaskManagerInfo,
} from './cluster-gateway.js';
export type { JobSubmission, StoredArtifact } from './job-submission.js';
