/** Entry point of a job's thread: its JobMaster, and with it the user's `build`, enumerators and committers. */
import type { ActorAddress } from '@weir/actor';
import { ProgramLoader, sha256 } from '@weir/artifacts';
import { Configuration } from '@weir/base';
import { type JobMasterStart, JobStore, LocalJobMasterHost } from '@weir/cluster';
import { runThread } from '@weir/process';
import { FileHighAvailability, LocalFileStore } from '@weir/storage-fs';
import { withS3 } from '@weir/storage-s3';
import { JobEndActor } from './job-end.actor.js';
import type { JobThreadCommand, JobThreadSettings } from './job-thread-settings.js';

process.setSourceMapsEnabled(true); // stacks show the user's TypeScript

await runThread<JobThreadSettings, JobThreadCommand>((thread) => {
  const { clock, timers, random, logger, settings } = thread;
  const configuration = Configuration.of(settings.configuration, 'file');
  const storage = withS3(new LocalFileStore(), configuration); // all paths in it are absolute
  const store = new JobStore({ files: storage, directory: settings.storageDirectory, sha256 });
  const loader = new ProgramLoader(settings.artifactDirectory);
  const host = new LocalJobMasterHost({
    system: thread.system,
    configuration,
    programs: {
      load: async ({ artifactHash, parameters, configuration: own }) =>
        loader.program(await store.artifact(artifactHash), parameters, configuration.merge(Configuration.of(own, 'command line'))),
    },
    checkpointDirectory: (jobId) => store.checkpointDirectory(jobId),
    highAvailability: (jobId) => new FileHighAvailability(storage, store.highAvailabilityDirectory(jobId)),
    services: (submission, name) => ({
      clock, timers, random: random.stream(name), logger: logger.child({ jobId: submission.jobId }),
      files: withS3(new LocalFileStore({ root: submission.workingDirectory }), configuration), // relative paths mean what they mean where the job was submitted
    }),
  });
  const start = async (job: JobMasterStart): Promise<ActorAddress> => {
    const address = await host.start(job);
    thread.system.spawn('job-end', new JobEndActor(address, () => thread.leave()));
    return address;
  };
  return Promise.resolve({
    perform: (command): Promise<unknown> => (command.type === 'start-job' ? start(command.start) : host.plan(command.submission)),
  });
});
