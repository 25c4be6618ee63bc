/** TaskManagers. What a JVM has and we do not (off-heap pools, JMX, direct buffers) is 0 or -1, as Flink reports the unknown. */
import type { JobDetails, TaskManagerInfo } from '@weir/cluster';
import type {
  ResourceProfileInfo, TaskExecutorMemoryConfiguration, TaskManagerDetailsInfo, TaskManagerInfo as TaskManagerView, TaskManagerMetricsInfo,
} from '../generated/schemas.js';
import { sum } from './statistics.js';

const MB = 1024 * 1024;

export function taskManagerView(manager: TaskManagerInfo): TaskManagerView {
  return {
    id: manager.id,
    path: `${manager.host}:${manager.processId}`,
    dataPort: -1,
    jmxPort: -1,
    timeSinceLastHeartbeat: Math.round(manager.lastHeartbeatMs),
    slotsNumber: manager.slots,
    freeSlots: manager.freeSlots,
    assignedTasks: sum(manager.allocatedSlots.map(({ tasks }) => tasks)),
    totalResource: resource(manager, manager.slots),
    freeResource: resource(manager, manager.freeSlots),
    hardware: {
      cpuCores: manager.cpuCores, physicalMemory: Math.round(manager.physicalMemory), freeMemory: Math.round(manager.freeMemory), managedMemory: 0,
    },
    memoryConfiguration: memory(manager),
  };
}

export function taskManagerDetailsView(manager: TaskManagerInfo): TaskManagerDetailsInfo {
  return {
    ...taskManagerView(manager),
    allocatedSlots: manager.allocatedSlots.map(({ jobId, tasks }) => ({ jobId, assignedTasks: tasks, resource: resource(manager, 1) })),
    metrics: metrics(manager),
  };
}

/** The share of some of its slots. Sizes in MB. */
function resource(manager: TaskManagerInfo, slots: number): ResourceProfileInfo {
  const share = manager.slots === 0 ? 0 : slots / manager.slots;
  return {
    cpuCores: manager.cpuCores * share, taskHeapMemory: Math.round((manager.heapLimit / MB) * share), taskOffHeapMemory: 0, managedMemory: 0, networkMemory: 0,
    extendedResources: {},
  };
}

function memory(manager: TaskManagerInfo): TaskExecutorMemoryConfiguration {
  const heap = Math.round(manager.heapLimit);
  return {
    frameworkHeap: 0, taskHeap: heap, frameworkOffHeap: 0, taskOffHeap: 0, networkMemory: 0, managedMemory: 0, jvmMetaspace: 0, jvmOverhead: 0,
    totalFlinkMemory: heap, totalProcessMemory: Math.round(Math.max(manager.residentMemory, heap)),
  };
}

function metrics(manager: TaskManagerInfo): TaskManagerMetricsInfo {
  const offHeap = Math.max(0, Math.round(manager.residentMemory - manager.heapUsed));
  return {
    heapUsed: Math.round(manager.heapUsed), heapCommitted: Math.round(manager.heapLimit), heapMax: Math.round(manager.heapLimit),
    nonHeapUsed: offHeap, nonHeapCommitted: offHeap, nonHeapMax: -1,
    directCount: 0, directUsed: 0, directMax: 0, mappedCount: 0, mappedUsed: 0, mappedMax: 0,
    nettyShuffleMemorySegmentsAvailable: 0, nettyShuffleMemorySegmentsUsed: 0, nettyShuffleMemorySegmentsTotal: 0,
    nettyShuffleMemoryAvailable: 0, nettyShuffleMemoryUsed: 0, nettyShuffleMemoryTotal: 0,
    garbageCollectors: [],
  };
}

export interface JobCounts {
  readonly running: number;
  readonly finished: number;
  readonly canceled: number;
  readonly failed: number;
}

/** Every job that has not ended counts as running, as in Flink. */
export function countJobs(jobs: readonly JobDetails[]): JobCounts {
  const count = (state: string): number => jobs.filter(({ status }) => status.state === state).length;
  const [finished, canceled, failed] = [count('finished'), count('canceled'), count('failed')];
  return { running: jobs.length - finished - canceled - failed, finished, canceled, failed };
}
