// options and surroundings
export { jobManagerOptions, processOptions, taskManagerOptions } from './process-options.js';
export { ProcessExitCode, type ProcessIo, processName, untilStopped } from './process-io.js';
export { type ClusterThreadSettings, openProcessNode, type ProcessNode } from './process-node.js';
// threads, from outside
export { NodeThread, type NodeThreadOptions } from './node-thread.js';
export { ThreadPool, type ThreadPoolOptions } from './thread-pool.js';
// threads, from inside
export { runThread, type ThreadContext, type ThreadService, type ThreadSettings } from './thread-main.js';
export { guardUserCode } from './guard-user-code.js';
// errors
export { ProcessExitCalledError, ThreadEndedError, UncaughtInJobError } from './errors.js';
