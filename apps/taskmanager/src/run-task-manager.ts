/**
 * A TaskManager process: its main thread does I/O, heartbeats and nothing of users; each slot is a thread of its own, started before it is needed.
 *
 * SIGTERM drains: no slot is offered any more, tasks are closed, and the JobMasters hear at once that their slots are gone. It takes at most
 * `EXIT_LIMIT_MS`, whatever user code does.
 */
import type { Configuration } from '@weir/base';
import { LeaderTracker, TaskExecutorActor } from '@weir/cluster';
import { openProcessNode, ProcessExitCode, processName, type ProcessIo, type ProcessNode, taskManagerOptions, ThreadPool, untilStopped } from '@weir/process';
import { resourcesOf } from './resources.js';
import type { SlotThreadSettings } from './slot-thread-settings.js';
import { ThreadSlotHost } from './thread-slot-host.js';

const THREAD_GRACE_MS = 1500;
const EXIT_LIMIT_MS = 2800;

/** Runs until SIGTERM; resolves with the exit code. Rejects when it could not start. */
export async function runTaskManager(configuration: Configuration, io: ProcessIo): Promise<number> {
  const id = processName(configuration.get(taskManagerOptions.id), 'tm');
  const node = await openProcessNode(id, configuration, io);
  const slots = configuration.get(taskManagerOptions.slots);
  const pool = slotThreads(node, slots, configuration, io);
  const tracker = new LeaderTracker({ register: node.register, timers: node.timers, logger: node.logger });
  tracker.start();
  await pool.warm(); // a slot that is offered can be had at once
  const executor = node.system.spawn('task-executor', new TaskExecutorActor({
    slots, host: new ThreadSlotHost(pool), resourceManagers: tracker, resources: resourcesOf(node.clock.now()),
  }));
  node.logger.log('info', 'task manager started', { slots });

  await untilStopped(io);
  node.logger.log('info', 'task manager drains');
  const exited = (async () => {
    node.system.stop(executor.address); // tells the ResourceManager
    await pool.close(THREAD_GRACE_MS);
    tracker.close();
    await node.close();
  })();
  await Promise.race([exited, new Promise<void>((resolve) => node.timers.after(EXIT_LIMIT_MS, resolve))]);
  node.logger.log('info', 'task manager ended');
  return ProcessExitCode.ok;
}

function slotThreads(node: ProcessNode, slots: number, configuration: Configuration, io: ProcessIo): ThreadPool {
  return new ThreadPool({
    namePrefix: `${node.node}-${node.system.incarnation.slice(0, 4)}-slot`, entry: io.threadEntry('slot-thread'), hub: node.hub, timers: node.timers, logger: node.logger,
    spare: slots, most: slots, heapBytes: configuration.get(taskManagerOptions.heapSize), settings: node.threadSettings satisfies SlotThreadSettings,
  });
}
