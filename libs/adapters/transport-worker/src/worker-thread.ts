/**
 * A worker thread with its place in the hub: start, ready, end. Which threads there are and whether one is replaced is the caller's business.
 *
 *   starting --ready()--> ready --terminate | exit | error--> ended          (starting may end too: `whenReady` rejects)
 */
import type { ResourceLimits, Transferable, Worker } from 'node:worker_threads';
import { toError } from '@weir/base';
import { ThreadStartError } from './errors.js';
import { startModule } from './start-module.js';
import type { WorkerHub } from './worker-hub.js';
import type { ThreadAdmission } from './worker-transport.js';

export interface WorkerThreadOptions {
  /** For messages and the thread's name in tools. */
  readonly name: string;
  /** The module that calls `enterThread`. One whose name ends in `.ts` is loaded by tsx: in the workspace, sources run as they are. */
  readonly entry: URL;
  /** Plain data for the thread. */
  readonly data: unknown;
  /** What of `data` moves instead of being copied. */
  readonly transfer?: readonly Transferable[];
  /** A thread beyond them ends as `out-of-memory`; the process lives. */
  readonly resourceLimits?: ResourceLimits;
}

/** How a thread ended. */
export interface ThreadExit {
  /** `terminated`: by {@link WorkerThread.terminate}. `exited`: its code ended, or called process.exit. */
  readonly reason: 'terminated' | 'exited' | 'failed' | 'out-of-memory';
  readonly exitCode: number;
  /** What nobody caught. */
  readonly error: Error | undefined;
}

/** `workerData` of a thread; read by `enterThread`. */
export interface ThreadData extends ThreadAdmission {
  readonly data: unknown;
}
/** Posted by the thread when it is ready. */
export const READY = 'weir-thread-ready';

export class WorkerThread {
  /** Number in the hub. */
  readonly thread: number;
  private readonly worker: Worker;
  private readonly listeners = new Set<(exit: ThreadExit) => void>();
  private isReady = false;
  private readyListeners: (() => void)[] = [];
  private exit: ThreadExit | undefined;
  private error: Error | undefined;
  private terminating = false;

  constructor(hub: WorkerHub, private readonly options: WorkerThreadOptions) {
    const admission = hub.attach();
    this.thread = admission.thread;
    const data: ThreadData = { ...admission, data: options.data };
    const { name, entry, transfer, resourceLimits } = options;
    this.worker = startModule(entry, data, {
      name, transferList: [data.port, ...(transfer ?? [])], ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    this.worker.on('message', (message: unknown) => {
      if (message !== READY) return;
      this.isReady = true;
      for (const listener of this.readyListeners.splice(0)) listener();
    });
    this.worker.on('error', (error: unknown) => {
      this.error ??= errorOf(error);
    });
    this.worker.on('exit', (exitCode) => {
      hub.detach(this.thread);
      this.ended(exitCode);
    });
  }

  get name(): string {
    return this.options.name;
  }
  get hasEnded(): boolean {
    return this.exit !== undefined;
  }

  /** Resolves when the thread has said so; rejects with `WEIR_THREAD_START_FAILED` when it ends before. */
  whenReady(): Promise<void> {
    if (this.isReady) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.readyListeners.push(resolve);
      this.onExit((exit) => reject(new ThreadStartError(this.name, exit.reason, exit.error)));
    });
  }

  /** Called once, also when the thread has ended already, later than this call. */
  onExit(listener: (exit: ThreadExit) => void): void {
    if (this.exit === undefined) this.listeners.add(listener);
    else {
      const { exit } = this;
      queueMicrotask(() => listener(exit));
    }
  }

  /** Ends the thread wherever it is, also in an endless loop. Resolves when it has ended. */
  async terminate(): Promise<ThreadExit> {
    this.terminating = true;
    const ended = new Promise<ThreadExit>((resolve) => this.onExit(resolve));
    await this.worker.terminate();
    return ended;
  }

  private ended(exitCode: number): void {
    const { error } = this;
    const isOutOfMemory = (error as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const reason = isOutOfMemory ? 'out-of-memory' : error !== undefined ? 'failed' : this.terminating ? 'terminated' : 'exited';
    this.exit = { reason, exitCode, error };
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener(this.exit);
  }
}

/** Errors of a thread arrive as copies, which need not be instances of this realm's Error. */
function errorOf(thrown: unknown): Error {
  const { message, stack, code } = Object(thrown) as { message?: unknown; stack?: unknown; code?: unknown };
  if (thrown instanceof Error || typeof message !== 'string') return toError(thrown);
  return Object.assign(new Error(message), { stack: String(stack), code });
}
