export { createLocalRunner, type CreateLocalRunnerOptions, type SlotPlace } from './create-local-runner.js';
export { createLocalExecutor, type LocalExecutionResult, type LocalExecutor, type LocalExecutorOptions } from './local-executor.js';
export { LocalRunner, type JobSubmitter, type LocalRun, type LocalRunnerServices, type LocalRunOptions, type StartedRun } from './local-runner.js';
export { JobHistories, type JobHistory } from './job-histories.js';
export { jobFolderName, type JobParameters } from './job-key.js';
export { JobLock } from './job-lock.js';
export { JobAlreadyRunningError, JobCanceledError, JobFolderDamagedError } from './errors.js';
