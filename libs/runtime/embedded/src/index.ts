export { EmbeddedCluster, type EmbeddedClusterOptions } from './embedded-cluster.js';
export type { EmbeddedJobOptions, JobHandle } from './embedded-job.js';
export { taskFactory, type TaskHost } from './create-task.js';
