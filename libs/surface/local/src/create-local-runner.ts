/** The runner on this machine: the embedded cluster with Node's clock, timers, randomness and files. */
import { EmbeddedCluster } from '@weir/embedded';
import { SystemClock, SystemRandom, SystemTimers } from '@weir/host-node';
import { silentLogger, type Logger, type Meter, type MetricGroup } from '@weir/ports';
import { leveldbStateBackend } from '@weir/state-leveldb';
import { FileHighAvailability, LocalFileStore } from '@weir/storage-fs';
import { InProcessTransport } from '@weir/transport-in-process';
import { LocalRunner, type JobSubmitter } from './local-runner.js';

export interface CreateLocalRunnerOptions {
  /** Default: says nothing; what matters to users comes as events. */
  readonly logger?: Logger;
  /** Default: measures nothing. */
  readonly meter?: Meter;
}

const silentGroup: MetricGroup = { group: () => silentGroup, observe: () => undefined, close: () => undefined };
const silentMeter: Meter = { root: () => silentGroup };

export function createLocalRunner(options: CreateLocalRunnerOptions = {}): LocalRunner {
  const clock = new SystemClock();
  const timers = new SystemTimers();
  const random = new SystemRandom();
  const files = new LocalFileStore();
  const logger = options.logger ?? silentLogger;
  const meter = options.meter ?? silentMeter;
  /** A cluster for each job: it is gone with the job, and nothing of it keeps the process alive. */
  const submit: JobSubmitter['submit'] = async (program, job) => {
    const cluster = new EmbeddedCluster({ clock, timers, random, files, logger, meter, transport: new InProcessTransport(timers), stateBackends: [leveldbStateBackend] });
    await cluster.start();
    try {
      const handle = await cluster.submit(program, job);
      return { ...handle, result: handle.result.finally(() => cluster.close()) };
    } catch (refused) {
      await cluster.close();
      throw refused;
    }
  };
  return new LocalRunner({ cluster: { submit }, files, clock, random, highAvailability: (directory) => new FileHighAvailability(files, directory) });
}
