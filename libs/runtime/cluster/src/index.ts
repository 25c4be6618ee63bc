export type { CheckpointSummary, JobEvent, JobResult, JobState, JobStatus, OperatorStatus, VertexStatus } from './job-status.js';
export { canTransition, isTerminal } from './job-state-machine.js';
export { clusterOptions } from './cluster-options.js';

export { JobMasterActor, type JobMasterOptions } from './job-master.actor.js';
export type { JobClientMessage, JobMasterMessage, JobReport } from './job-master.protocol.js';
export { compileJob, planJob } from './job-compiler.js';
export type { JobNote, JobOpeningOptions } from './job-opening.js';

export { ResourceManagerActor, type ResourceManagerOptions } from './resource-manager.actor.js';
export type { ResourceManagerMessage, ResourceManagerReport, SlotHolding } from './resource-manager.protocol.js';
export { LeaderTracker, type LeaderTrackerOptions, resourceManagerAddress, type ResourceManagerFinder } from './leader-tracker.js';

export { TaskExecutorActor, type TaskExecutorOptions, type TaskManagerResources } from './task-executor.actor.js';
export type { SlotMessage, TaskExecutorMessage, TaskManagerReport } from './task-executor.protocol.js';
export { type CreateTask, SlotActor, type SlotOptions } from './slot.actor.js';
export { LocalSlotHost, type LocalSlotHostOptions, type SlotAssignment, type SlotHost } from './slot-host.js';
export type { JobDescriptor } from './job-descriptor.js';
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

export { JobManager, type JobManagerOptions } from './job-manager.js';
export { LEADER_ELECTION_PATH, LeaderElectionActor, type LeaderElectionActorOptions, type LeaderElectionMessage, type LeadershipListener } from './leader-election.actor.js';
export type { LeaderElectionOptions } from './election-calls.js';
export { LeaderElection } from './leader-election.js';
export type { ElectionEffect, ElectionEvent } from './leader-election.events.js';
export { leaderElectionOptions } from './leader-election-options.js';
export { DispatcherActor, type DispatcherOptions } from './dispatcher.actor.js';
export { DispatcherGateway, type DispatcherGatewayOptions, type LeaderAddresses } from './dispatcher-gateway.js';
export { dispatcherOptions } from './dispatcher-options.js';
export type { DispatcherMessage, DispatcherRequest } from './dispatcher.protocol.js';
export {
  ArtifactHashMismatchError, ArtifactInUseError, ArtifactNotFoundError, InvalidIdError, JobAlreadyEndedError, JobMasterLostError, JobNotFoundError,
  JobNotRunningError, JobStoreDamagedError, NotLeaderError, OperationNotFoundError, SubmissionUnknownError,
} from './dispatcher-errors.js';
export { JobStore, type JobStoreOptions, type JobOutcome, parseArtifactHash, parseJobId, type Sha256 } from './job-store.js';
export { type EndedJob, type JobMasterHost, type JobMasterStart, type JobProgramLoader, LocalJobMasterHost, type LocalJobMasterHostOptions } from './job-master-host.js';
