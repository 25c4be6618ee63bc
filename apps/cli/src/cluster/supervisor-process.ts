/**
 * The supervisor as a process of its own. `weir cluster up` starts it, gives it its orders over the process channel, hears whether the cluster
 * became ready, and goes; the supervisor stays until SIGTERM.
 */
import { failureInfo, type FailureInfo } from '@weir/base';
import { ConsoleLogger, SystemClock, SystemTimers } from '@weir/host-node';
import { ClusterDirectory, type ClusterShape, type ClusterState } from './cluster-state.js';
import { environmentVariable } from '../configuration-environment.js';
import { Supervisor } from './supervisor.js';

/** From `up`. */
export interface SupervisorOrder {
  readonly directory: string;
  readonly shape: ClusterShape;
  readonly bundle: string;
}

/** To `up`. */
export type SupervisorReport =
  | { readonly type: 'ready'; readonly state: ClusterState }
  | { readonly type: 'failed'; readonly failure: FailureInfo };

export function runSupervisor(): void {
  process.once('message', (order) => void supervise(order as SupervisorOrder));
}

async function supervise({ directory, shape, bundle }: SupervisorOrder): Promise<void> {
  const clock = new SystemClock();
  const logger = new ConsoleLogger({ clock });
  const supervisor = new Supervisor({
    directory: new ClusterDirectory(directory), shape, bundle, environment: process.env, variableOf: environmentVariable, workingDirectory: process.cwd(), clock,
    timers: new SystemTimers(), logger,
  });
  // By force: the channel to `up` may be open, and a pipe that a member handed on. Without a code: that of a failed start stays.
  const stop = (): void => void supervisor.stop().then(() => process.exit());
  process.on('SIGTERM', stop).on('SIGINT', stop);
  process.on('SIGHUP', () => undefined); // the terminal that it was started from may go
  process.once('disconnect', stop); // whoever ordered it went before it was ready
  void supervisor.done.then(stop);
  try {
    const state = await supervisor.start();
    process.off('disconnect', stop);
    report({ type: 'ready', state });
  } catch (error) {
    const failure = failureInfo(error, 'WEIR_INTERNAL');
    logger.log('error', failure.message, { code: failure.code, stack: failure.stack });
    report({ type: 'failed', failure });
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

function report(message: SupervisorReport): void {
  if (process.connected) process.send?.(message);
}
