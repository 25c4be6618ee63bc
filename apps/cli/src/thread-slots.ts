/** Slots of an embedded run in threads of their own: as in a TaskManager, without its process and without NATS. */
import { bundleFolder, toStoredArtifact } from '@weir/artifacts';
import type { Configuration } from '@weir/base';
import { clusterOptions } from '@weir/cluster';
import { SystemTimers } from '@weir/host-node';
import type { SlotPlace } from '@weir/local';
import { silentLogger } from '@weir/ports';
import { processOptions, taskManagerOptions, ThreadPool } from '@weir/process';
import { type SlotThreadSettings, ThreadSlotHost } from '@weir/taskmanager';
import { WorkerHub } from '@weir/transport-worker';
import { basename, resolve } from 'node:path';
import type { CliIo } from './io.js';
import type { LoadedJob } from './module/load-job.js';

/** Threads that still run are ended after this: their tasks have been cancelled. */
const END_GRACE_MS = 500;

export interface ThreadSlotsOptions {
  readonly job: LoadedJob;
  readonly module: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly configuration: Configuration;
}

/** As many threads as the default parallelism are started now; more when the job asks for more. */
export function threadSlots({ job, module, parameters, configuration }: ThreadSlotsOptions, io: CliIo): SlotPlace {
  const timers = new SystemTimers();
  const hub = new WorkerHub({ timers, logger: silentLogger });
  const threads = configuration.get(clusterOptions.parallelism);
  const submittedAtMs = io.clock.now();
  const artifact = toStoredArtifact(job.artifact(), { name: basename(module), entryFolderUrl: job.entryFolderUrl, uploadedAtMs: submittedAtMs });
  const settings: SlotThreadSettings = {
    artifact, storageDirectory: io.workingDirectory, artifactDirectory: resolve(io.workingDirectory, configuration.get(processOptions.artifactDirectory)),
    logLevel: 'error', logFormat: 'text',
    heartbeatIntervalMs: configuration.get(clusterOptions.heartbeatInterval), heartbeatTimeoutMs: configuration.get(clusterOptions.heartbeatTimeout),
  };
  const pool = new ThreadPool({
    namePrefix: 'tm-1-slot', entry: `${bundleFolder()}/slot-thread.js`, hub, timers, logger: silentLogger, settings, spare: threads, most: threads,
    heapBytes: configuration.get(taskManagerOptions.heapSize),
  });
  return {
    transport: hub,
    host: new ThreadSlotHost(pool),
    submission: (jobId) => ({
      jobId, jobName: job.definition.name, artifactHash: artifact.hash, parameters, configuration: configuration.toRecord(), workingDirectory: io.workingDirectory, submittedAtMs,
    }),
    close: async () => {
      await pool.close(END_GRACE_MS);
      hub.close();
    },
  };
}
