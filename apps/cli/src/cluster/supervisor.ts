/**
 * Keeps the processes of a local cluster alive: starts them, starts those again that die, ends them all when told. It knows nothing of jobs.
 *
 *  V1  one supervisor a directory: it holds the directory's lock from before the first process until after the last;
 *  V2  a process is in cluster.json as soon as it exists, and all carry the directory in their environment: whatever happens to the supervisor, the
 *      next `up` or `down` finds what is left;
 *  V3  what an earlier supervisor left running is ended before anything is started: nobody would notice its death;
 *  V4  the NATS server goes last, so that the others can say good-bye.
 */
import { readFileSync } from 'node:fs';
import { isWeirError } from '@weir/base';
import { currentProcess } from '@weir/host-node';
import { JobLock } from '@weir/local';
import type { Clock, Logger, Timers } from '@weir/ports';
import { processOptions } from '@weir/process';
import { restOptions } from '@weir/rest';
import { ClusterAlreadyRunningError, ClusterStartError } from '../errors.js';
import { type ClusterDirectory, type ClusterShape, type ClusterState, type ProcessRecord } from './cluster-state.js';
import { clusterReadiness } from './cluster-readiness.js';
import { endProcesses, MARK, markedProcesses } from './end-processes.js';
import { anyFreePort, anyListens, freePortsFrom, requireFree } from './ports.js';
import { clusterSettings, natsProcess, natsUrl, type ProcessPlan, restUrl, weirProcesses } from './process-plan.js';
import { SupervisedProcess } from './supervised-process.js';

export interface SupervisorOptions {
  readonly directory: ClusterDirectory;
  readonly shape: ClusterShape;
  /** Where the files of the bundle lie. */
  readonly bundle: string;
  /** Environment of the processes, without the cluster's own settings. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The name of the variable that sets a key. */
  readonly variableOf: (key: string) => string;
  readonly workingDirectory: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

const LOCALHOST = '127.0.0.1';
const START_LIMIT_MS = 30_000;
const READY_POLL_MS = 15;
/** JobManagers and TaskManagers drain within 3 s. */
const GRACE_MS = 5000;
/** A nats-server that is asked to end first tells its clients, and waits; nobody is left to be told. */
const NATS_GRACE_MS = 1000;

export class Supervisor {
  private processes: SupervisedProcess[] = [];
  private lock: JobLock | undefined;
  private about: Pick<ClusterState, 'rest' | 'nats'> = { rest: '', nats: '' };
  private state: ClusterState['state'] = 'starting';
  private died: { readonly plan: ProcessPlan; readonly how: string } | undefined;
  private stopping: Promise<void> | undefined;
  private exitCode: number | undefined;
  private tellDone: (code: number) => void = () => undefined;

  /** Resolves when the job that the cluster is for has ended, with the exit code of the JobManager that says so. The cluster is to be stopped then. */
  readonly done: Promise<number>;

  constructor(private readonly options: SupervisorOptions) {
    this.done = new Promise((resolve) => (this.tellDone = resolve));
  }

  /**
   * Starts everything and resolves when the cluster takes jobs. Throws `WEIR_CLUSTER_ALREADY_RUNNING`, `WEIR_PORT_TAKEN`, `WEIR_NATS_SERVER_MISSING`,
   * `WEIR_CLUSTER_START_FAILED`; nothing runs then.
   */
  async start(): Promise<ClusterState> {
    const { directory, shape } = this.options;
    directory.make();
    this.lock = this.acquireLock(); // V1
    try {
      await this.endLeftovers(); // V3
      await requireFree(shape.port, LOCALHOST);
      if (shape.nats !== 'auto' && !(await anyListens(shape.nats.split(',')))) throw new ClusterStartError(`no NATS server answers at ${shape.nats}`, directory.logs, []);
      const natsPort = shape.nats === 'auto' ? await anyFreePort(LOCALHOST) : undefined;
      const natsServers = natsPort === undefined ? shape.nats : natsUrl(natsPort);
      this.about = { rest: restUrl(shape.port), nats: natsServers };
      const environment = this.environmentOf(natsServers);
      const restPorts = await freePortsFrom(shape.port, shape.jobManagers, LOCALHOST);
      const plans = weirProcesses({ shape, directory, restPorts, bundle: this.options.bundle, environment, workingDirectory: this.options.workingDirectory });
      if (natsPort !== undefined) plans.unshift(natsProcess(directory, natsPort, environment));
      this.processes = plans.map((plan) => this.supervise(plan));
      for (const it of this.processes) it.start();
      await this.untilReady();
      this.state = 'running';
      return this.write();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends all processes and forgets them; jobs go on with the next start. May be called twice. */
  stop(): Promise<void> {
    this.stopping ??= this.endAll();
    return this.stopping;
  }

  private async endAll(): Promise<void> {
    const { directory, logger } = this.options;
    logger.log('info', 'the cluster ends');
    this.state = 'stopping';
    if (this.processes.length > 0) this.write();
    const [nats, others] = [this.processes.filter(({ plan }) => plan.role === 'nats'), this.processes.filter(({ plan }) => plan.role !== 'nats')];
    await Promise.all(others.map((it) => it.end(GRACE_MS)));
    await Promise.all(nats.map((it) => it.end(NATS_GRACE_MS))); // V4
    directory.remove();
    this.lock?.release();
  }

  private acquireLock(): JobLock {
    const { directory } = this.options;
    try {
      return JobLock.acquire(directory.lock, 'supervisor');
    } catch (error) {
      if (isWeirError(error) && error.code === 'WEIR_JOB_ALREADY_RUNNING') throw new ClusterAlreadyRunningError(directory.path, Number(error.details.pid), '');
      throw error;
    }
  }

  private async endLeftovers(): Promise<void> {
    const { directory, logger } = this.options;
    const known = directory.read()?.processes ?? [];
    const left = [...known, ...markedProcesses(directory.path)];
    if (left.length > 0) logger.log('info', 'ending processes of an earlier supervisor', { pids: left.map(({ pid }) => pid) });
    await endProcesses(left, GRACE_MS, this.options);
    directory.remove();
  }

  private environmentOf(natsServers: string): Record<string, string | undefined> {
    const { directory, environment, variableOf } = this.options;
    const settings = Object.entries(clusterSettings(directory, natsServers)).map(([key, value]) => [variableOf(key), value]);
    const storage = environment[variableOf(processOptions.storageDirectory.key)]; // shared with others, or in S3: as it was asked for
    return {
      ...environment, ...Object.fromEntries(settings) as Record<string, string>, [MARK]: directory.path,
      ...(storage === undefined ? {} : { [variableOf(processOptions.storageDirectory.key)]: storage }),
    };
  }

  private supervise(plan: ProcessPlan): SupervisedProcess {
    const { clock, timers, logger } = this.options;
    return new SupervisedProcess({
      plan, clock, timers, logger,
      onStarted: () => this.write(), // V2
      onDied: (_, how) => {
        this.died ??= { plan, how };
        this.write();
      },
      onDone: ({ id }, code) => {
        logger.log('info', 'the job of the cluster has ended', { id, code });
        this.exitCode ??= code;
        this.write();
        this.tellDone(code);
      },
    });
  }

  private write(): ClusterState {
    const { directory, shape } = this.options;
    const processes = this.processes.flatMap((it): ProcessRecord[] => (it.record === undefined ? [] : [it.record]));
    const state = { shape, supervisor: currentProcess(), ...this.about, state: this.state, processes };
    directory.write(state);
    return state;
  }

  /** A process that dies before the cluster is ready says that something is wrong with how it was started. */
  private async untilReady(): Promise<void> {
    const { clock, timers, directory, shape, environment, variableOf } = this.options;
    const token = environment[variableOf(restOptions.token.key)];
    const deadline = clock.monotonic() + START_LIMIT_MS;
    for (;;) {
      if (this.exitCode !== undefined) return; // a short job
      if (this.died !== undefined) {
        const { plan, how } = this.died;
        throw new ClusterStartError(`${plan.id} ended ${how} before the cluster was ready`, plan.logFile, lastLines(plan.logFile));
      }
      if (this.stopping !== undefined) throw new ClusterStartError('the cluster was ended before it was ready', directory.logs, []);
      const missing = await clusterReadiness(this.processes.flatMap(({ plan }) => plan.rest ?? []), shape, token);
      if (missing === undefined) return;
      if (clock.monotonic() > deadline) throw new ClusterStartError(`the cluster was not ready within ${START_LIMIT_MS / 1000} s: ${missing}`, directory.logs, []);
      await new Promise<void>((resolve) => timers.after(READY_POLL_MS, resolve));
    }
  }
}

function lastLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
