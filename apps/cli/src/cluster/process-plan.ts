/** Which processes a cluster consists of and how each is started. */
import { join } from 'node:path';
import { ProcessExitCode } from '@weir/process';
import { findNatsServer, startNatsServer } from '@weir/transport-nats/server';
import type { ClusterDirectory, ClusterShape, ProcessRole } from './cluster-state.js';
import { launchNode, type LaunchedProcess, type NodeProcessOptions } from './launched-process.js';

export interface ProcessPlan {
  readonly role: ProcessRole;
  readonly id: string;
  readonly logFile: string;
  /** Of a JobManager. */
  readonly rest?: string;
  /** Exit codes that say that all is done: it is not started again, and the cluster ends. */
  readonly final?: readonly number[];
  readonly launch: () => Promise<LaunchedProcess>;
}

export interface WeirProcesses extends Omit<NodeProcessOptions, 'args' | 'logFile'> {
  readonly shape: ClusterShape;
  readonly directory: ClusterDirectory;
  /** Of the JobManagers. */
  readonly restPorts: readonly number[];
  /** Folder of the bundle. */
  readonly bundle: string;
}

const APPLICATION_ENDED = [ProcessExitCode.ok, ProcessExitCode.applicationFailed];

/** JobManagers and TaskManagers. Everything they have in common comes to them by the environment; their arguments show who is who in a list of processes. */
export function weirProcesses(options: WeirProcesses): ProcessPlan[] {
  const { shape, directory, restPorts, bundle } = options;
  const weir = (role: 'jobmanager' | 'taskmanager', id: string, settings: Readonly<Record<string, string>>, more: readonly string[] = []): ProcessPlan => {
    const definitions = Object.entries({ [`${role}.id`]: id, ...settings }).flatMap(([key, value]) => ['-D', `${key}=${value}`]);
    const logFile = directory.logOf(id);
    return { role, id, logFile, launch: () => launchNode({ ...options, logFile, args: [join(bundle, 'weir.js'), role, ...definitions, ...more] }) };
  };
  return [
    ...restPorts.map((port, i) => ({
      ...weir('jobmanager', `jm-${i + 1}`, { 'rest.port': String(port) }, shape.application), rest: restUrl(port),
      ...(shape.application.length === 0 ? {} : { final: APPLICATION_ENDED }),
    })),
    ...Array.from({ length: shape.taskManagers }, (_, i) => weir('taskmanager', `tm-${i + 1}`, { 'taskmanager.numberOfTaskSlots': String(shape.slots) })),
  ];
}

/** A nats-server of the cluster's own: always on the same port, so that the others find it again. Throws `WEIR_NATS_SERVER_MISSING`. */
export function natsProcess(directory: ClusterDirectory, port: number, environment: Readonly<Record<string, string | undefined>>): ProcessPlan {
  const binary = findNatsServer({ environment });
  return {
    role: 'nats', id: 'nats', logFile: join(directory.nats, 'nats-server.log'),
    launch: async () => {
      const server = await startNatsServer({ binary, storeDirectory: directory.nats, port, detached: true });
      return { pid: server.pid, ended: server.ended.then((how) => ({ how })), end: () => server.stop() };
    },
  };
}

export function natsUrl(port: number): string {
  return `nats://127.0.0.1:${port}`;
}

export function restUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** The cluster's part of the configuration of its processes, text by key. */
export function clusterSettings(directory: ClusterDirectory, natsServers: string): Record<string, string> {
  return {
    'nats.servers': natsServers,
    'high-availability.storageDir': directory.storage,
    'job.artifact.dir': directory.artifacts,
    'log.dir': directory.logs,
    'rest.address': '127.0.0.1',
  };
}
