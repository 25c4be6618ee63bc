/**
 * A process of a cluster as its main thread sees it: the way to the other processes, its threads' meeting place, and its own node, on which no user code
 * runs.
 */
import { ActorSystem } from '@weir/actor';
import type { Configuration } from '@weir/base';
import { clusterOptions } from '@weir/cluster';
import { ConsoleLogger, SystemClock, SystemRandom, SystemTimers } from '@weir/host-node';
import { type Clock, type Connection, type Logger, type Random, schemeOf, type Timers } from '@weir/ports';
import type { NatsLeaderRegister, NatsOptions } from '@weir/transport-nats';
import { WorkerHub } from '@weir/transport-worker';
import { resolve } from 'node:path';
import { natsOptions } from './nats-options.js';
import type { ProcessIo } from './process-io.js';
import { processOptions } from './process-options.js';
import type { ThreadSettings } from './thread-main.js';

/** What the threads of a cluster's process know of the machine. */
export interface ClusterThreadSettings extends ThreadSettings {
  /** `high-availability.storageDir`, absolute. */
  readonly storageDirectory: string;
  /** Where job modules are kept on this machine, absolute. */
  readonly artifactDirectory: string;
}

export interface ProcessNode {
  readonly node: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly hub: WorkerHub;
  readonly system: ActorSystem;
  readonly register: NatsLeaderRegister;
  readonly threadSettings: ClusterThreadSettings;
  /** Ends the node's actors and the way to the others. Threads must be gone. */
  close(): Promise<void>;
}

/** Rejects with `WEIR_NATS_UNREACHABLE` and its like. */
export async function openProcessNode(node: string, configuration: Configuration, io: ProcessIo): Promise<ProcessNode> {
  const [clock, timers, random] = [new SystemClock(), new SystemTimers(), new SystemRandom()];
  const threadSettings = threadSettingsOf(configuration, io);
  const logger = new ConsoleLogger({ clock, level: threadSettings.logLevel, format: threadSettings.logFormat, write: (line) => io.writeLog(line) }).child({ node });
  const host = { clock, timers, random, logger };
  const options: NatsOptions = natsOptions(configuration, node);
  // The client costs 40 ms and 10 MB: threads, and commands that only want this lib's options, go without it.
  const { NatsCourier, NatsLeaderRegister } = await import('@weir/transport-nats');
  const courier = new NatsCourier(options, host);
  const register = new NatsLeaderRegister({ ...options, replicas: configuration.get(processOptions.natsReplicas) }, host);
  try {
    await Promise.all([courier.open('control'), courier.open('data'), register.open()]);
  } catch (error) {
    await Promise.allSettled([courier.close(), register.close()]);
    throw error;
  }
  const hub = new WorkerHub({ timers, logger, upstream: courier });
  const control: Connection = await hub.connect(node, 'control');
  const system = new ActorSystem({
    node, clock, timers, random, logger, control, pingIntervalMs: threadSettings.heartbeatIntervalMs, unreachableAfterMs: threadSettings.heartbeatTimeoutMs,
    failureSink: (address, { code, message, stack }) => logger.log('error', 'an actor failed', { address, code, error: message, stack }),
  });
  return {
    node, clock, timers, random, logger, hub, system, register, threadSettings,
    close: async () => {
      await system.shutdown();
      await control.flush().catch((error: unknown) => logger.log('debug', 'the last messages may be lost', { error: String(error) }));
      await control.close();
      hub.close();
      await Promise.allSettled([register.close(), courier.close()]);
    },
  };
}

function threadSettingsOf(configuration: Configuration, io: ProcessIo): ClusterThreadSettings {
  return {
    logLevel: configuration.get(processOptions.logLevel),
    logFormat: configuration.get(processOptions.logFormat),
    heartbeatIntervalMs: configuration.get(clusterOptions.heartbeatInterval),
    heartbeatTimeoutMs: configuration.get(clusterOptions.heartbeatTimeout),
    storageDirectory: absolute(io, configuration.get(processOptions.storageDirectory)),
    artifactDirectory: resolve(io.workingDirectory, configuration.get(processOptions.artifactDirectory)),
  };
}

/** Paths of other stores than the file system (`s3://…`) are so already. */
const absolute = (io: ProcessIo, path: string): string => (schemeOf(path) === undefined ? resolve(io.workingDirectory, path) : path);
