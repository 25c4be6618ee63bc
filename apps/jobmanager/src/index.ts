export { runJobManager } from './run-job-manager.js';
