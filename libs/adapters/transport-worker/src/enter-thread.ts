/** The thread's side of {@link WorkerThread}. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '@weir/base';
import type { Logger, Timers } from '@weir/ports';
import { READY, type ThreadData } from './worker-thread.js';
import { WorkerTransport } from './worker-transport.js';

export interface EnteredThread {
  /** What the starter passed. */
  readonly data: unknown;
  readonly transport: WorkerTransport;
  /** Says that the thread can take work. */
  ready(): void;
}

/** Once, first thing in a thread's entry module. */
export function enterThread(host: { readonly timers: Timers; readonly logger: Logger }): EnteredThread {
  const port = parentPort;
  assert(port !== null, 'enterThread is for threads that a WorkerThread started');
  const { thread, port: hubPort, data } = workerData as ThreadData;
  const transport = new WorkerTransport({ thread, port: hubPort, ...host });
  return { data, transport, ready: () => port.postMessage(READY) };
}
