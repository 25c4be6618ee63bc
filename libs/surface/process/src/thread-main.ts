/**
 * What a thread with a node of its own is made of: its way to the other nodes, its actor system, its log; and the loop that takes commands from the
 * thread that started it.
 */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { ActorSystem } from '@weir/actor';
import { assert, failureInfo } from '@weir/base';
import { ConsoleLogger, SystemClock, SystemRandom, SystemTimers } from '@weir/host-node';
import type { Clock, Logger, LogLevel, Random, Timers, Transport } from '@weir/ports';
import { WorkerTransport } from '@weir/transport-worker';
import { END, LEAVING, READY, type ThreadAnswer, type ThreadData, type ThreadRequest } from './thread-protocol.js';

/** Settings that every thread has. */
export interface ThreadSettings {
  readonly logLevel: LogLevel;
  readonly logFormat: 'text' | 'json';
  readonly heartbeatIntervalMs: number;
  readonly heartbeatTimeoutMs: number;
}

/** A thread's own. */
export interface ThreadContext<S> {
  readonly node: string;
  readonly settings: S;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly transport: Transport;
  readonly system: ActorSystem;
  /** The thread has done what it was there for and ends by itself. */
  leave(): void;
}

export interface ThreadService<C> {
  /** The answer is plain data. */
  perform(command: C): Promise<unknown>;
}

/** Never returns before the thread is told to end. */
export async function runThread<S extends ThreadSettings, C>(make: (context: ThreadContext<S>) => Promise<ThreadService<C>>): Promise<void> {
  assert(parentPort !== null, 'a thread entry was run as a program');
  const { node, thread, port, settings } = workerData as ThreadData & { readonly settings: S };
  const [clock, timers, random] = [new SystemClock(), new SystemTimers(), new SystemRandom()];
  const logger = threadLogger(clock, settings).child({ node });
  const transport = new WorkerTransport({ thread, port, timers, logger });
  const control = await transport.connect(node, 'control');
  const system = new ActorSystem({
    node, clock, timers, random, logger, control, pingIntervalMs: settings.heartbeatIntervalMs, unreachableAfterMs: settings.heartbeatTimeoutMs,
    failureSink: (address, { code, message, stack }) => logger.log('error', 'an actor failed', { address, code, error: message, stack }),
  });
  const parent = parentPort;
  const answer = (it: ThreadAnswer): void => parent.postMessage(it);
  const end = async (): Promise<void> => {
    await system.shutdown();
    await control.flush().catch(() => undefined); // whoever is gone need not be told
    await control.close();
    exit(0);
  };
  const leave = (): void => {
    answer({ number: LEAVING });
    void end();
  };
  const service = await make({ node, settings, clock, timers, random, logger, transport, system, leave });
  parent.on('message', ({ number, command }: ThreadRequest) => {
    if (number === END) {
      void end();
      return;
    }
    service.perform(command as C).then(
      (value) => answer({ number, value }),
      (error: unknown) => answer({ number, failure: failureInfo(error) }),
    );
  });
  answer({ number: READY });
}

/** Taken before anything can replace it. */
const exit = process.exit.bind(process);

/** Written at once and by this thread itself: what a thread says last must not be lost with it. */
function threadLogger(clock: Clock, { logLevel, logFormat }: ThreadSettings): Logger {
  return new ConsoleLogger({ clock, level: logLevel, format: logFormat, write: writeStandardError });
}

function writeStandardError(line: string): void {
  try {
    writeSync(2, line);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error; // a full pipe: the line is lost, the thread is not
  }
}
