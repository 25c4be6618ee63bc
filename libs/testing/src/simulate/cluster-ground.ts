/** What all processes of a simulated cluster stand on: one disk, one leader register, one configuration, the job's program. */
import { createHash } from 'node:crypto';
import type { Configuration, JobId } from '@weir/base';
import { JobStore, type StoredArtifact } from '@weir/cluster';
import type { JobProgram } from '@weir/graph';
import { type FileStore, type HighAvailability, joinPath } from '@weir/ports';
import { FileHighAvailability } from '@weir/storage-fs';
import type { SimulatedNode } from '../simulation/simulated-node.js';
import type { SimulatedWorld } from '../simulation/simulated-world.js';
import type { SimulatedLeaderRegister } from './leader-register.js';
import { slowFiles } from './slow-files.js';

export const STORAGE = '/cluster';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface ClusterGround {
  readonly world: SimulatedWorld;
  readonly register: SimulatedLeaderRegister;
  readonly configuration: Configuration;
  readonly program: JobProgram;
  /** What a file operation takes now beside the usual. */
  readonly diskDelayMs: () => number;
  /** A job's register has a new last completed checkpoint. */
  readonly checkpointCompleted: () => void;
  /** Something happened that is to happen sometimes. */
  readonly seen: (what: string) => void;
  /** A part of a process failed that nobody restarts. */
  readonly fatal: (what: string) => void;
}

/** The program lives in this thread; its artifact only stands for it. */
export function artifactOf(program: JobProgram): StoredArtifact {
  const code = `// ${program.jobName}`;
  return { hash: sha256(new TextEncoder().encode(code)), name: program.jobName, code, map: '{}', openImports: [], entryFolderUrl: 'file:///', uploadedAtMs: 0 };
}

/** The shared disk as one life of a process sees it. */
export function diskOf({ diskDelayMs }: ClusterGround, node: SimulatedNode): FileStore {
  return slowFiles(node.files, node.timers, diskDelayMs);
}

export function jobStoreOn(files: FileStore): JobStore {
  return new JobStore({ files, directory: STORAGE, sha256 });
}

export function clusterHighAvailability(files: FileStore): HighAvailability {
  return new FileHighAvailability(files, joinPath(STORAGE, 'ha'));
}

/** Epochs and register of one job, as production keeps them. */
export function jobHighAvailability(files: FileStore, jobId: JobId): HighAvailability {
  return new FileHighAvailability(files, jobStoreOn(files).highAvailabilityDirectory(jobId));
}

/** The same, with an eye on completed checkpoints. */
export function observedHighAvailability(inner: HighAvailability, completed: () => void, seen: (what: string) => void): HighAvailability {
  return {
    claimEpoch: () => inner.claimEpoch(),
    largestEpoch: () => inner.largestEpoch(),
    readRegister: (job) => inner.readRegister(job),
    compareAndSetRegister: async (job, version, value) => {
      const outcome = await inner.compareAndSetRegister(job, version, value).catch((error: unknown) => {
        seen('job register: a write with an unknown outcome');
        throw error;
      });
      if (outcome === 'conflict') seen('job register: conflict');
      if (outcome === 'set' && value.status === 'running' && value.lastCompletedCheckpoint !== undefined) completed();
      return outcome;
    },
  };
}
