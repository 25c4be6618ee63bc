/**
 * Threads that are started before they are needed. A thread serves once: what user code left in it goes with it.
 *
 *  T1  a node's name is used once: names are numbered, and their prefix tells the lives of a process apart;
 *  T2  `spare` threads wait, unless `most` are in use or waiting;
 *  T3  threads that die before they are ready are started again with a pause, not in a loop.
 */
import type { FailureInfo } from '@weir/base';
import type { Cancel, Logger, Timers } from '@weir/ports';
import { NodeThread, type NodeThreadOptions } from './node-thread.js';

export interface ThreadPoolOptions extends Omit<NodeThreadOptions, 'node'> {
  /** Nodes are called `<namePrefix>-<n>`. */
  readonly namePrefix: string;
  readonly spare: number;
  /** Default: no bound. */
  readonly most?: number;
  readonly timers: Timers;
  readonly logger: Logger;
}

const PAUSE_AFTER_BAD_START_MS = 1000;

export class ThreadPool {
  private readonly waiting: NodeThread[] = [];
  private readonly serving = new Set<NodeThread>();
  private started = 0;
  private cancelPause: Cancel | undefined;
  private closed = false;

  constructor(private readonly options: ThreadPoolOptions) {
    this.fill();
  }

  /** A thread that takes commands. Rejects when it could not be started. It is the caller's to end, with {@link give}. */
  async take(): Promise<NodeThread> {
    const thread = this.waiting.shift() ?? this.start();
    this.serving.add(thread);
    void thread.ended.then((failure) => {
      this.serving.delete(thread);
      if (failure !== undefined) this.logDeath(thread, failure);
      this.fill();
    });
    this.fill();
    await thread.ready;
    return thread;
  }

  /** Ends a thread that was taken; resolves when it is gone. */
  give(thread: NodeThread, graceMs: number): Promise<void> {
    return thread.end(graceMs);
  }

  /** Settles when the first spare threads take commands, or cannot. */
  async warm(): Promise<void> {
    await Promise.allSettled(this.waiting.map((thread) => thread.ready));
  }

  /** Ends all threads. */
  async close(graceMs: number): Promise<void> {
    this.closed = true;
    this.cancelPause?.();
    await Promise.all([...this.waiting, ...this.serving].map((thread) => thread.end(graceMs)));
  }

  /** T2. */
  private fill(): void {
    const { spare, most = Infinity } = this.options;
    while (!this.closed && this.cancelPause === undefined && this.waiting.length < spare && this.waiting.length + this.serving.size < most) {
      const thread = this.start();
      this.waiting.push(thread);
      void thread.ended.then((failure) => this.diedWaiting(thread, failure));
    }
  }

  private diedWaiting(thread: NodeThread, failure: FailureInfo | undefined): void {
    const at = this.waiting.indexOf(thread);
    if (at < 0) return;
    this.waiting.splice(at, 1);
    if (this.closed) return;
    if (failure !== undefined) this.logDeath(thread, failure);
    this.cancelPause?.();
    this.cancelPause = this.options.timers.after(PAUSE_AFTER_BAD_START_MS, () => { // T3
      this.cancelPause = undefined;
      this.fill();
    });
  }

  private logDeath({ node }: NodeThread, { code, message, stack }: FailureInfo): void {
    this.options.logger.log('error', 'a thread died', { thread: node, code, error: message, stack });
  }

  private start(): NodeThread {
    return new NodeThread({ ...this.options, node: `${this.options.namePrefix}-${++this.started}` }); // T1
  }
}
