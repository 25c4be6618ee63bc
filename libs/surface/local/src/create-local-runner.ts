/** The runner on this machine: the embedded cluster with Node's clock, timers, randomness and files. */
import { Configuration, type JobId } from '@weir/base';
import type { JobSubmission, SlotHost } from '@weir/cluster';
import { EmbeddedCluster } from '@weir/embedded';
import { SystemClock, SystemRandom, SystemTimers } from '@weir/host-node';
import { silentLogger, type Logger, type Meter, type MetricGroup, type Transport } from '@weir/ports';
import { leveldbStateBackend } from '@weir/state-leveldb';
import { FileHighAvailability, LocalFileStore } from '@weir/storage-fs';
import { withS3 } from '@weir/storage-s3';
import { InProcessTransport } from '@weir/transport-in-process';
import { LocalRunner, type JobSubmitter } from './local-runner.js';

export interface CreateLocalRunnerOptions {
  /** Where `s3://` paths lead. Default: to AWS, with the credentials of the environment. */
  readonly configuration?: Configuration;
  /** Default: says nothing; what matters to users comes as events. */
  readonly logger?: Logger;
  /** Default: measures nothing. */
  readonly meter?: Meter;
  /** Default: all slots in this thread. */
  readonly slots?: SlotPlace;
}

/** Slots elsewhere than in the thread of the cluster. It is closed with the first job's end: a runner with one runs one job. */
export interface SlotPlace {
  /** Between the cluster's thread and the slots. */
  readonly transport: Transport;
  readonly host: SlotHost;
  /** What slots load the program by. */
  readonly submission: (jobId: JobId) => JobSubmission;
  close(): Promise<void>;
}

const silentGroup: MetricGroup = { group: () => silentGroup, observe: () => undefined, close: () => undefined };
const silentMeter: Meter = { root: () => silentGroup };

export function createLocalRunner(options: CreateLocalRunnerOptions = {}): LocalRunner {
  const clock = new SystemClock();
  const timers = new SystemTimers();
  const random = new SystemRandom();
  const files = withS3(new LocalFileStore(), options.configuration ?? Configuration.empty);
  const logger = options.logger ?? silentLogger;
  const meter = options.meter ?? silentMeter;
  /** A cluster for each job: it is gone with the job, and nothing of it keeps the process alive. */
  const submit: JobSubmitter['submit'] = async (program, job) => {
    const { slots } = options;
    const cluster = new EmbeddedCluster({
      clock, timers, random, files, logger, meter, transport: slots?.transport ?? new InProcessTransport(timers), stateBackends: [leveldbStateBackend],
      ...(slots === undefined ? {} : { slotHost: slots.host }),
    });
    const close = async (): Promise<void> => {
      await cluster.close();
      await slots?.close();
    };
    await cluster.start();
    try {
      const handle = await cluster.submit(program, slots === undefined ? job : { ...job, submission: slots.submission(job.jobId) });
      return { ...handle, result: handle.result.finally(close) };
    } catch (refused) {
      await close();
      throw refused;
    }
  };
  return new LocalRunner({ cluster: { submit }, files, clock, random, highAvailability: (directory) => new FileHighAvailability(files, directory) });
}
