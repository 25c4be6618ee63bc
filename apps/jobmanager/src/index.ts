export type { Application } from './application.js';
export { runJobManager } from './run-job-manager.js';
