/**
 * A JobManager process: its main thread runs the leader election, while it leads the Dispatcher and the ResourceManager, and the REST API; each job's
 * JobMaster is in a thread of its own, one of which waits already.
 *
 * SIGTERM: jobs are suspended, the leadership is handed over, and what is left is ended after `EXIT_LIMIT_MS`: nothing is lost by that.
 */
import { sha256 } from '@weir/artifacts';
import { type Configuration, type FailureInfo, toError } from '@weir/base';
import { JobManager, JobStore } from '@weir/cluster';
import { jobManagerOptions, openProcessNode, ProcessExitCode, processName, type ProcessIo, type ProcessNode, processOptions, taskManagerOptions, ThreadPool, untilStopped } from '@weir/process';
import { LogFolder, restOptions, RestServer } from '@weir/rest';
import { FileHighAvailability, LocalFileStore } from '@weir/storage-fs';
import { withS3 } from '@weir/storage-s3';
import { type Application, applicationJobId, runApplication } from './application.js';
import type { JobThreadSettings } from './job-thread-settings.js';
import { metricsText } from './metrics-text.js';
import { restUrlOf } from './rest-url.js';
import { ThreadJobMasterHost } from './thread-job-master-host.js';

const THREAD_GRACE_MS = 500;
const EXIT_LIMIT_MS = 4500;

/**
 * Runs until SIGTERM, until a part of it fails that only a new process mends, or until its application has ended; resolves with the exit code. Rejects when
 * it could not start, and with what is wrong with the application when its job was not taken.
 */
export async function runJobManager(configuration: Configuration, io: ProcessIo, application?: Application): Promise<number> {
  const restUrl = restUrlOf(configuration);
  const id = processName(configuration.get(jobManagerOptions.id), 'jm');
  const node = await openProcessNode(id, configuration, io);
  const pool = jobThreads(node, configuration, io);
  let fail: (failure: FailureInfo) => void = () => undefined;
  const failed = new Promise<FailureInfo>((resolve) => (fail = resolve));
  const jobManager = makeJobManager({ node, pool, configuration, restUrl, onFatalError: fail });
  let rest: RestServer;
  try {
    rest = restServer(jobManager, node, configuration);
    await rest.start();
  } catch (error) {
    await pool.close(0);
    await node.close();
    throw error;
  }
  jobManager.start();
  node.logger.log('info', 'job manager started', { rest: restUrl, storage: node.threadSettings.storageDirectory });

  const end = await Promise.race([
    untilStopped(io).then((): End => ({ code: ProcessExitCode.ok })),
    failed.then((failure): End => ({ code: ProcessExitCode.failed, failure })),
    ...(application === undefined ? [] : [untilApplicationEnded(application, jobManager, node, configuration)]),
  ]);
  if (end.failure === undefined) node.logger.log('info', 'job manager hands over and ends');
  else node.logger.log('error', 'job manager failed', { code: end.failure.code, error: end.failure.message, stack: end.failure.stack });
  const ended = (async () => {
    await jobManager.stop();
    await Promise.all([pool.close(THREAD_GRACE_MS), rest.close()]);
    await node.close();
  })();
  ended.catch((error: unknown) => node.logger.log('warn', 'job manager did not end cleanly', { error: String(error) }));
  await Promise.race([ended, new Promise<void>((resolve) => node.timers.after(EXIT_LIMIT_MS, resolve))]);
  if (end.rejection !== undefined) throw end.rejection;
  return end.code;
}

interface End {
  readonly code: number;
  /** Of the JobManager itself. */
  readonly failure?: FailureInfo;
  /** Of an application that was not taken. */
  readonly rejection?: Error;
}

async function untilApplicationEnded(application: Application, jobManager: JobManager, node: ProcessNode, configuration: Configuration): Promise<End> {
  const id = applicationJobId(configuration.get(processOptions.clusterId));
  try {
    const { status } = await runApplication(application, id, jobManager.gateway(), node.timers);
    const { state, failure } = status;
    node.logger.log(state === 'failed' ? 'error' : 'info', 'the application has ended', { jobId: id, state, ...(failure === undefined ? {} : { code: failure.code, error: failure.message }) });
    return { code: state === 'failed' ? ProcessExitCode.applicationFailed : ProcessExitCode.ok };
  } catch (error) {
    return { code: ProcessExitCode.applicationFailed, rejection: toError(error) };
  }
}

interface JobManagerParts {
  readonly node: ProcessNode;
  readonly pool: ThreadPool;
  readonly configuration: Configuration;
  readonly restUrl: string;
  readonly onFatalError: (failure: FailureInfo) => void;
}

function makeJobManager({ node, pool, configuration, restUrl, onFatalError }: JobManagerParts): JobManager {
  const files = withS3(new LocalFileStore(), configuration); // all paths in the storage are absolute
  const directory = node.threadSettings.storageDirectory;
  const store = new JobStore({ files, directory, sha256 });
  return new JobManager({
    node: node.node, restUrl, system: node.system, clock: node.clock, random: node.random, register: node.register, store, configuration, onFatalError,
    highAvailability: new FileHighAvailability(files, `${directory}/ha`),
    jobHighAvailability: (jobId) => new FileHighAvailability(files, store.highAvailabilityDirectory(jobId)),
    host: new ThreadJobMasterHost(pool),
  });
}

function jobThreads(node: ProcessNode, configuration: Configuration, io: ProcessIo): ThreadPool {
  return new ThreadPool({
    namePrefix: `${node.node}-${node.system.incarnation.slice(0, 4)}-job`, entry: io.threadEntry('job-thread'), hub: node.hub, timers: node.timers, logger: node.logger, spare: 1,
    settings: { ...node.threadSettings, configuration: jobDefaults(configuration) } satisfies JobThreadSettings,
  });
}

/** What the cluster's configuration says to its jobs: all but the settings of processes. */
function jobDefaults(configuration: Configuration): Record<string, string> {
  const own = new Set([processOptions, jobManagerOptions, taskManagerOptions, restOptions].flatMap((group) => Object.values(group).map(({ key }) => key)));
  return Object.fromEntries(Object.entries(configuration.toRecord()).filter(([key]) => !own.has(key)));
}

function restServer(jobManager: JobManager, node: ProcessNode, configuration: Configuration): RestServer {
  const logs = configuration.get(processOptions.logDirectory);
  const gateway = jobManager.gateway();
  return new RestServer({
    gateway, metricsText: metricsText(gateway, node.clock), logger: node.logger, clock: node.clock,
    host: configuration.get(restOptions.bindAddress), port: configuration.get(restOptions.port), token: configuration.get(restOptions.token),
    maxHeaderSize: configuration.get(restOptions.maxHeaderSize), maxUploadBytes: configuration.get(restOptions.maxUploadSize),
    requestTimeoutMs: configuration.get(restOptions.requestTimeout),
    features: { submit: configuration.get(restOptions.submitEnabled), cancel: configuration.get(restOptions.cancelEnabled) },
    ...(logs === '' ? {} : {
      logs: new LogFolder(logs, `${node.node}.log`),
      taskManagerLogs: (taskManager: string) => new LogFolder(logs, `${taskManager}.log`),
    }),
  });
}
