/** `weir cluster up`: starts a cluster of processes on this machine. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { bundleFolder } from '@weir/artifacts';
import { RemoteFailureError } from '@weir/base';
import { ConsoleLogger, isAlive } from '@weir/host-node';
import { ProcessExitCode } from '@weir/process';
import { restOptions } from '@weir/rest';
import { ClusterDirectory, type ClusterShape, type ClusterState } from '../../cluster/cluster-state.js';
import { MARK } from '../../cluster/end-processes.js';
import { followLogs } from '../../cluster/follow-logs.js';
import { Supervisor } from '../../cluster/supervisor.js';
import type { SupervisorOrder, SupervisorReport } from '../../cluster/supervisor-process.js';
import { configurationOf, knownOptions } from '../../configuration.js';
import { environmentOf, environmentVariable } from '../../configuration-environment.js';
import { ClusterAlreadyRunningError, ClusterStartError, UsageError } from '../../errors.js';
import type { ApplicationArguments, ClusterUpInvocation } from '../../grammar/processes.js';
import { ExitCode, type CliIo } from '../../io.js';
import { absolutePath } from '../../paths.js';
import { duration, styleFor } from '../../render/text.js';
import { describeCluster, describeShape } from './describe.js';

export async function up(invocation: ClusterUpInvocation, io: CliIo): Promise<number> {
  const startedMs = io.clock.monotonic();
  const directory = new ClusterDirectory(resolve(io.workingDirectory, invocation.data));
  const configuration = await configurationOf(invocation, io);
  const { jobManagers, taskManagers, slots, nats } = invocation;
  const shape = {
    jobManagers, taskManagers, slots, nats, port: invocation.port ?? configuration.get(restOptions.port), application: applicationArguments(invocation.application, io),
  };
  if (shape.port === 0) throw new UsageError('a local cluster needs a REST port of its own, not 0', 'Give one with --port, so that you find the cluster again.');
  const running = runningCluster(directory, shape);
  if (running !== undefined) {
    if (!invocation.json) io.err.write('the cluster runs already\n');
    tell(running, invocation, io);
    return ExitCode.ok;
  }
  const environment = environmentOf(configuration, io.environment, knownOptions());
  if (invocation.foreground) return foreground(directory, shape, environment, invocation, io);
  const state = await startSupervisor({ directory: directory.path, shape, bundle: bundleFolder() }, directory, environment);
  if (!invocation.json) io.err.write(`the cluster is ready after ${duration(io.clock.monotonic() - startedMs)}\n`);
  tell(state, invocation, io);
  return ExitCode.ok;
}

/** The one that runs here, if it is what was asked for. Throws `WEIR_CLUSTER_ALREADY_RUNNING` when it is another. */
function runningCluster(directory: ClusterDirectory, shape: ClusterShape): ClusterState | undefined {
  const state = directory.read();
  if (state === undefined || !isAlive(state.supervisor)) return undefined;
  const same = (Object.keys(shape) as (keyof ClusterShape)[]).every((key) => JSON.stringify(state.shape[key]) === JSON.stringify(shape[key]));
  if (!same || state.state !== 'running') throw new ClusterAlreadyRunningError(directory.path, state.supervisor.pid, describeShape(state.shape));
  return state;
}

async function startSupervisor(order: SupervisorOrder, directory: ClusterDirectory, environment: Readonly<Record<string, string | undefined>>): Promise<ClusterState> {
  directory.make();
  const logFile = directory.logOf('supervisor');
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [`${order.bundle}/supervisor.js`, order.directory], {
    detached: true, stdio: ['ignore', log, log, 'ipc'], env: { ...environment, [MARK]: order.directory } as NodeJS.ProcessEnv,
  });
  closeSync(log);
  try {
    child.send(order);
    const report = await new Promise<SupervisorReport>((settle, reject) => {
      child.once('message', (message) => settle(message as SupervisorReport));
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new ClusterStartError(`the supervisor ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`, logFile, [])));
    });
    if (report.type === 'failed') throw new RemoteFailureError(report.failure);
    return report.state;
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** The supervisor in this process: Ctrl-C ends the cluster. */
async function foreground(
  directory: ClusterDirectory, shape: ClusterShape, environment: Readonly<Record<string, string | undefined>>, invocation: ClusterUpInvocation, io: CliIo,
): Promise<number> {
  const { clock, timers } = io;
  const supervisor = new Supervisor({
    directory, shape, bundle: bundleFolder(), environment, variableOf: environmentVariable, workingDirectory: io.workingDirectory, clock, timers,
    logger: new ConsoleLogger({ clock, level: 'warn' }),
  });
  const interrupted = new Promise<void>((settle) => void io.onInterrupt(settle));
  const stopFollowing = followLogs(directory, styleFor(io.err, io.environment), (text) => io.err.write(text), timers);
  try {
    const started = supervisor.start().then((state) => tell(state, invocation, io));
    return await Promise.race([started.then(() => supervisor.done).then(exitCodeOf), interrupted.then(() => ExitCode.canceled)]);
  } finally {
    await supervisor.stop();
    stopFollowing();
  }
}

/** What the end of the job means for whoever waited for it. */
function exitCodeOf(code: number): number {
  return code === ProcessExitCode.applicationFailed ? ExitCode.jobFailed : code;
}

/** For the JobManagers, which run elsewhere than this command: paths are absolute. */
function applicationArguments(application: ApplicationArguments | undefined, io: CliIo): string[] {
  if (application === undefined) return [];
  const { module, jobArguments, fromSavepoint, allowNonRestoredState } = application;
  return [
    '--job', absolutePath(module, io), ...(fromSavepoint === undefined ? [] : ['--from-savepoint', absolutePath(fromSavepoint, io)]),
    ...(allowNonRestoredState ? ['--allow-non-restored-state'] : []), '--', ...jobArguments,
  ];
}

function tell(state: ClusterState, { json, data }: ClusterUpInvocation, io: CliIo): void {
  io.out.write(json ? `${JSON.stringify(describeCluster(state))}\n` : [
    `REST        ${state.rest}`,
    `NATS        ${state.nats}`,
    `processes   ${describeShape(state.shape)}`,
    `logs        ${data}/logs`,
    state.shape.application.length === 0 ? `run a job   weir run --target ${state.rest} job.ts` : `job         ${state.shape.application[1]}, the cluster ends with it`,
    '',
  ].join('\n'));
}
