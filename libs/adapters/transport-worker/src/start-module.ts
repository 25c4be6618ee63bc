/** Starts a module in a worker thread, from the build or from sources. */
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * `data` must be an object; it is the thread's `workerData`, with the module's URL as `entry`. A module whose name ends in `.ts` is loaded by tsx, which
 * the workspace has: sources run as they are, with or without a build.
 */
export function startModule(entry: URL, data: object, options: Omit<WorkerOptions, 'workerData'>): Worker {
  const workerData = { ...data, entry: entry.href };
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry, { ...options, workerData });
  return new Worker(new URL('./source-thread.mjs', import.meta.url), { ...options, workerData, execArgv: ['--conditions=@weir/source'] });
}
