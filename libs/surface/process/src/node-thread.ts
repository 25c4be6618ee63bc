/**
 * A thread with a node of its own, seen from the thread that started it: takes commands, ends by itself or by force.
 *
 *   starting -> ready -> ended
 *      +-----------------> ended          (whatever the reason, `ended` settles once, and no command is left unanswered)
 */
import { Worker, type ResourceLimits } from 'node:worker_threads';
import { failureInfo, type FailureInfo, RemoteFailureError } from '@weir/base';
import { SystemTimers } from '@weir/host-node';
import type { WorkerHub } from '@weir/transport-worker';
import { ThreadEndedError } from './errors.js';
import { END, LEAVING, READY, type ThreadAnswer, type ThreadData, type ThreadRequest } from './thread-protocol.js';

export interface NodeThreadOptions {
  /** Node name, never used before. */
  readonly node: string;
  /** Absolute path of the module that it runs. */
  readonly entry: string;
  /** What the entry needs to know; plain data. */
  readonly settings: unknown;
  readonly hub: WorkerHub;
  /** Bytes of its heap; 0: Node's default. */
  readonly heapBytes?: number;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class NodeThread {
  readonly node: string;
  /** Resolves when it takes commands; rejects when it ended before. */
  readonly ready: Promise<void>;
  /** Resolves when it is gone; with the failure when it ended neither as it was told nor because it had nothing left to do. */
  readonly ended: Promise<FailureInfo | undefined>;
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private commands = 0;
  private ending = false;
  private gone = false;
  private failure: FailureInfo | undefined;

  constructor(options: NodeThreadOptions) {
    const { node, hub } = options;
    this.node = node;
    const { thread, port } = hub.attach();
    const data: ThreadData = { node, thread, port, settings: options.settings };
    this.worker = new Worker(options.entry, { name: node, workerData: data, transferList: [port], resourceLimits: limitsOf(options.heapBytes ?? 0) });
    this.ready = new Promise((resolve, reject) => this.pending.set(READY, { resolve: () => resolve(), reject }));
    this.ready.catch(() => undefined); // also told by `ended`
    this.ended = new Promise((resolve) => {
      this.worker.on('error', (error) => (this.failure = failureInfo(error, 'WEIR_THREAD_FAILED')));
      this.worker.once('exit', (code) => {
        this.gone = true;
        hub.detach(thread);
        // A thread that died by itself may have been given up before its exit is heard: its port closes first.
        const failure = this.failure ?? (this.ending ? undefined : failureInfo(new ThreadEndedError(node, code)));
        for (const { reject } of this.pending.values()) reject(failure === undefined ? new ThreadEndedError(node, code) : new RemoteFailureError(failure));
        this.pending.clear();
        resolve(failure);
      });
    });
    this.worker.on('message', (answer: ThreadAnswer) => this.answered(answer));
  }

  /** Sends a command and waits for its answer. Rejects with what the thread failed with, or `WEIR_THREAD_ENDED`. */
  call<T>(command: unknown): Promise<T> {
    if (this.gone) return Promise.reject(new ThreadEndedError(this.node, 0));
    const number = ++this.commands;
    return new Promise<T>((resolve, reject) => {
      this.pending.set(number, { resolve: resolve as (value: unknown) => void, reject });
      this.worker.postMessage({ number, command } satisfies ThreadRequest);
    });
  }

  /** Asks it to end and ends it by force after `graceMs`. Resolves when it is gone. */
  async end(graceMs: number): Promise<void> {
    this.ending = true;
    this.worker.postMessage({ number: END, command: undefined } satisfies ThreadRequest);
    const cancel = new SystemTimers().after(graceMs, () => void this.worker.terminate());
    await this.ended;
    cancel();
  }

  private answered(answer: ThreadAnswer): void {
    if (answer.number === LEAVING) this.ending = true;
    const pending = this.pending.get(answer.number);
    if (pending === undefined) return;
    this.pending.delete(answer.number);
    if (answer.failure === undefined) pending.resolve(answer.value);
    else pending.reject(new RemoteFailureError(answer.failure));
  }
}

const MEGABYTE = 1 << 20;
/**
 * Three semi-spaces of 32 MB. Records live shortly and many at once; with Node's 48 MB more of them survive into the old generation. Late departures with
 * two slots, 2 cores: 48 MB 10.3 and 6.8 s, 96 MB 5.7 and 5.2 s, 192 MB 3.9 and 5.2 s but 150 MB more memory at the peak.
 */
const YOUNG_GENERATION_MB = 96;

function limitsOf(heapBytes: number): ResourceLimits {
  if (heapBytes === 0) return { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
  const heapMb = Math.max(1, Math.round(heapBytes / MEGABYTE));
  return { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: Math.min(YOUNG_GENERATION_MB, Math.max(1, Math.round(heapMb / 4))) };
}
