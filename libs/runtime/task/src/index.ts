export * from './task.protocol.js';
export * from './task-deployment.js';
export * from './task-options.js';
export { TaskActor, type TaskDependencies } from './task.actor.js';
export * from './errors.js';
