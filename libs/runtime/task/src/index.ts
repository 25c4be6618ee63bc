export * from './task.protocol.js';
export * from './task-deployment.js';
export * from './task-options.js';
export { TaskActor } from './task.actor.js';
export type { TaskDependencies } from './task-dependencies.js';
export * from './errors.js';
