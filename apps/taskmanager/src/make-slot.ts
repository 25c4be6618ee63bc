/** A slot with all that its tasks need of this thread and this machine. */
import { ProgramLoader, sha256 } from '@weir/artifacts';
import { Configuration } from '@weir/base';
import { checkpointOptions, FileCheckpointStorage } from '@weir/checkpoint';
import { JobStore, SlotActor, type SlotAssignment, type StoredArtifact } from '@weir/cluster';
import { taskFactory } from '@weir/embedded';
import type { Connection, MetricGroup } from '@weir/ports';
import type { ThreadContext } from '@weir/process';
import { type StateBackendProvider, stateOptions } from '@weir/state';
import { LocalFileStore } from '@weir/storage-fs';
import { withS3 } from '@weir/storage-s3';
import { GuardedSlot } from './guarded-slot.js';
import type { SlotThreadSettings } from './slot-thread-settings.js';
import { StoredArtifacts } from './stored-artifacts.js';

/** Tasks report to their JobMaster, which knows how to sum up; nothing is measured here. */
const noMetrics: MetricGroup = { group: () => noMetrics, observe: () => undefined, close: () => undefined };

export async function makeSlot(assignment: SlotAssignment, thread: ThreadContext<SlotThreadSettings>, data: Connection): Promise<GuardedSlot> {
  const { clock, timers, random, logger, settings } = thread;
  const { job } = assignment;
  const configuration = Configuration.of(job.configuration, 'program');
  const storage = withS3(new LocalFileStore(), configuration); // all paths in it are absolute
  const snapshotStorage = new FileCheckpointStorage({
    files: storage, directory: job.checkpointDirectory, inlineThresholdBytes: configuration.get(checkpointOptions.inlineThreshold),
  });
  const store = new JobStore({ files: storage, directory: settings.storageDirectory, sha256 });
  const { artifact } = settings;
  const artifactOf = (hash: string): Promise<StoredArtifact> => (artifact?.hash === hash ? Promise.resolve(artifact) : store.artifact(hash));
  return new GuardedSlot(new SlotActor({
    ...assignment,
    artifacts: new StoredArtifacts(artifactOf, new ProgramLoader(settings.artifactDirectory)),
    createTask: taskFactory({
      clock, timers, random, logger, data, dataByReference: thread.transport.byReference, metrics: noMetrics, storageOf: () => snapshotStorage, stateBackends: await stateBackends(configuration),
      files: withS3(new LocalFileStore(job.submission === undefined ? {} : { root: job.submission.workingDirectory }), configuration), // as in the process that submitted it
    }),
  }));
}

/** Besides the heap; native code is loaded for the jobs that want it. */
async function stateBackends(configuration: Configuration): Promise<StateBackendProvider[]> {
  return configuration.get(stateOptions.backendType) === 'leveldb' ? [(await import('@weir/state-leveldb')).leveldbStateBackend] : [];
}
