/** What a TaskManager tells of its process and its machine. */
import { availableParallelism, freemem, hostname, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { TaskManagerResources } from '@weir/cluster';

/** Measured at each call. `startedAtMs`: wall clock. */
export function resourcesOf(startedAtMs: number): () => TaskManagerResources {
  const host = hostname();
  const cpuCores = availableParallelism();
  return () => {
    const { heapUsed, rss } = process.memoryUsage();
    const limit = process.constrainedMemory?.() ?? 0; // of a container; 0 or more than there is: none
    const physicalMemory = limit > 0 && limit < totalmem() ? limit : totalmem();
    return {
      host, startedAtMs, cpuCores, physicalMemory, heapUsed,
      processId: process.pid, freeMemory: Math.min(freemem(), physicalMemory), heapLimit: getHeapStatistics().heap_size_limit, residentMemory: rss,
    };
  };
}
