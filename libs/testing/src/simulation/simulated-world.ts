/**
 * A whole cluster in one isolate under virtual time: processes, network, disk. The program under test gets a node's ports and cannot tell
 * the difference; the test drives time, injects faults and looks. A failure names its seed: the same seed happens again in the same way.
 *
 * @example
 * const world = new SimulatedWorld({ seed: 7 });
 * const node = world.node('tm-1');
 * const { clock, timers, random, logger, control } = node;
 * const system = new ActorSystem({ node: node.name, clock, timers, random, logger, control });
 * await world.until(() => job.status === 'running', { withinMs: 10_000 });
 */
import { MemoryFileStore, MemoryHighAvailability, SeededRandom } from '@weir/ports';
import { EventLoop, macrotask } from './event-loop.js';
import { ListeningLogger } from './listening-logger.js';
import { SimulatedNode } from './simulated-node.js';
import { type NetworkOptions, SimulatedTransport } from './simulated-transport.js';

export interface SimulatedWorldOptions {
  readonly seed: number | string;
  readonly network?: Partial<NetworkOptions>;
  /** Longest file operation in virtual ms. Default 2. */
  readonly fileMs?: number;
  /** Wall clock at the start. Default 2024-01-01. */
  readonly startMs?: number;
}

export interface UntilOptions {
  /** Virtual milliseconds. Default 60 000. */
  readonly withinMs?: number;
}

/** What a world was doing when something did not come true. */
export class SimulationError extends Error {
  constructor(what: string, world: SimulatedWorld, cause?: unknown) {
    const lines = world.traceLines.slice(-40).map((line) => `    ${line}`);
    super(`seed ${world.seed}: ${what} (virtual ${world.nowMs.toFixed(3)} ms, trace ${world.traceHash})\n  last events:\n${lines.join('\n')}`, { cause });
    this.name = 'SimulationError';
  }
}

export class SimulatedWorld {
  readonly seed: string;
  /** For the test's own choices: what to break, what to send. */
  readonly random: SeededRandom;
  readonly transport: SimulatedTransport;
  /** The disk, seen from outside: no delay, no death. */
  readonly files: MemoryFileStore;
  readonly highAvailability = new MemoryHighAvailability();
  readonly logger = new ListeningLogger();
  private readonly loop: EventLoop;
  private readonly nodes = new Map<string, SimulatedNode>();
  private readonly startMs: number;

  constructor(private readonly options: SimulatedWorldOptions) {
    const root = new SeededRandom(options.seed);
    this.seed = root.seed;
    this.random = root.stream('test');
    this.loop = new EventLoop(root.stream('order'));
    this.transport = new SimulatedTransport(this.loop, root.stream('network'), options.network);
    this.startMs = options.startMs ?? 1_704_067_200_000;
    this.files = new MemoryFileStore({ now: () => Math.floor(this.startMs + this.loop.nowMs) });
  }

  get nowMs(): number {
    return this.loop.nowMs;
  }

  get traceHash(): string {
    return this.loop.traceHash;
  }

  get traceLines(): readonly string[] {
    return this.loop.traceLines;
  }

  /** Events that happened. */
  get steps(): number {
    return this.loop.steps;
  }

  /** The living node of this name, started if there is none. */
  node(name: string): SimulatedNode {
    const current = this.nodes.get(name);
    if (current?.alive === true) return current;
    const life = (current?.life ?? 0) + 1;
    this.loop.trace(`start ${name} ${life}`);
    const node = new SimulatedNode(name, life, {
      loop: this.loop,
      network: this.transport,
      files: this.files,
      highAvailability: this.highAvailability,
      random: new SeededRandom(`${this.seed}/node/${name}/${life}`),
      logger: this.logger,
      startMs: this.startMs,
      fileMs: this.options.fileMs ?? 2,
    });
    this.nodes.set(name, node);
    return node;
  }

  /** kill -9. Harmless when it is dead. The disk keeps everything: the machine lives (see `powerCut`). */
  crash(name: string): void {
    const node = this.nodes.get(name);
    if (node?.alive !== true) return;
    this.loop.trace(`crash ${name}`);
    node.alive = false;
    this.transport.crash(node);
  }

  /** A new life under the same name: crashes the old one if need be. The caller starts the program on it. */
  restart(name: string): SimulatedNode {
    this.crash(name);
    return this.node(name);
  }

  /** SIGSTOP: events of this node wait. */
  pause(name: string): void {
    this.loop.trace(`pause ${name}`);
    this.node(name).paused = true;
  }

  /** SIGCONT: all that waited happens in a burst. */
  resume(name: string): void {
    this.loop.trace(`resume ${name}`);
    this.loop.resume(this.node(name));
  }

  disconnect(name: string): void {
    this.transport.disconnect(name);
  }

  partition(from: string, to: string, direction: 'both' | 'one-way' = 'both'): void {
    this.transport.partition(from, to, direction);
  }

  /** Ends all partitions. */
  heal(): void {
    this.transport.heal();
  }

  /** Ends a partition between these two. */
  join(one: string, other: string): void {
    this.transport.join(one, other);
  }

  /** All processes, but for those on machines of their own, die and the disk loses what was not synced. */
  powerCut(others: ReadonlySet<string> = new Set()): void {
    for (const name of this.nodes.keys()) if (!others.has(name)) this.crash(name);
    this.loop.trace('power cut');
    this.files.powerCut(this.random.stream(`power cut at step ${this.steps}`));
  }

  /** Lets the test itself act later. With a `rank` above 1 it acts behind all else of that time, and does not shift what others draw. */
  after(delayMs: number, label: string, action: () => void, rank?: number): void {
    this.loop.schedule(delayMs, label, action, undefined, rank);
  }

  /** A line of the test's own in the trace. */
  trace(line: string): void {
    this.loop.trace(line);
  }

  /** One event and all that follows from it without time. False when nothing is left. */
  step(): Promise<boolean> {
    return this.loop.step();
  }

  /** Steps until `halt`, which is asked before each one, says so. False when nothing is left to happen. Rejects with what `halt` throws. */
  run(halt: () => boolean): Promise<boolean> {
    return this.loop.run(halt);
  }

  /** Lets this much virtual time pass. */
  async runFor(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await this.loop.run(() => (this.loop.nextMs ?? Infinity) > endMs);
    this.loop.passTo(endMs);
  }

  /** Steps until `condition` holds. Rejects with seed and last events when it does not within the time, or nothing is left to happen. */
  async until(condition: () => boolean, options: UntilOptions = {}): Promise<void> {
    const endMs = this.nowMs + (options.withinMs ?? 60_000);
    const wentOn = await this.loop.run(() => {
      if (condition()) return true;
      if ((this.loop.nextMs ?? 0) > endMs) throw new SimulationError(`gave up waiting for ${condition.toString()}`, this);
      return false;
    });
    if (!wentOn) throw new SimulationError(`nothing is left to happen while waiting for ${condition.toString()}`, this);
  }

  /** A promise's outcome, moving time until it settles. */
  async resolved<T>(promise: Promise<T>, options: UntilOptions = {}): Promise<T> {
    let settled = false;
    promise.then(
      () => (settled = true),
      () => (settled = true),
    );
    await macrotask(); // an already settled promise shows only then
    await this.until(() => settled, options);
    return promise;
  }

  /** An error that carries seed, time, hash and the last events. */
  failure(what: string, cause?: unknown): SimulationError {
    return new SimulationError(what, this, cause);
  }
}
