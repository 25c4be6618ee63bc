export { default, words } from './job.js';
