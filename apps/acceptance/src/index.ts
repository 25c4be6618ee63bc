export { jobModule, type JobModuleName } from './job-module.js';
