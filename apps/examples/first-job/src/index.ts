export { default } from './job.js';
