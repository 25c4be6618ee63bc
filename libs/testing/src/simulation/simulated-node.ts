/**
 * One life of a simulated process: its ports. All of them end with `crash`: timers do not fire, messages are neither sent nor received,
 * and promises of file and register operations that were under way never settle, whether the operation took effect or not.
 */
import { assert } from '@weir/base';
import type {
  Cancel,
  Clock,
  Connection,
  ConnectionPurpose,
  FileStore,
  FileWriter,
  HighAvailability,
  Logger,
  Random,
  SeededRandom,
  Timers,
  Transport,
} from '@weir/ports';
import type { EventLoop, EventOwner } from './event-loop.js';
import type { SimulatedTransport } from './simulated-transport.js';

export interface NodeParts {
  readonly loop: EventLoop;
  readonly network: SimulatedTransport;
  readonly files: FileStore;
  readonly highAvailability: HighAvailability;
  readonly random: SeededRandom;
  readonly logger: Logger;
  /** Wall-clock milliseconds at virtual time zero. */
  readonly startMs: number;
  /** Longest file operation. */
  readonly fileMs: number;
}

export class SimulatedNode implements EventOwner {
  alive = true;
  paused = false;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  /** The world's disk, seen from this life. */
  readonly files: FileStore;
  readonly highAvailability: HighAvailability;
  /** Connects this life, whatever node id is asked for. */
  readonly transport: Transport;
  private readonly opened = new Map<ConnectionPurpose, Connection>();
  private readonly deferred: (() => void)[] = [];
  private readonly fileRandom: SeededRandom;
  private readonly timerLabel: string;
  private readonly turnLabel: string;
  private readonly nextDeferred = (): void => this.deferred.shift()?.();
  private wallStepMs = 0;

  constructor(
    readonly name: string,
    /** From 1; rises with each restart. */
    readonly life: number,
    private readonly parts: NodeParts,
  ) {
    const { loop, network } = parts;
    this.timerLabel = `timer ${name}`;
    this.turnLabel = `turn ${name}`;
    this.clock = { now: () => Math.floor(parts.startMs + loop.nowMs + this.wallStepMs), monotonic: () => loop.nowMs };
    this.timers = { after: (delayMs, callback) => this.after(delayMs, callback), defer: (callback) => this.defer(callback) };
    this.random = parts.random.stream('program');
    this.fileRandom = parts.random.stream('files');
    this.logger = parts.logger.child({ node: name });
    this.files = this.guardedFiles(parts.files);
    this.highAvailability = this.guardedHighAvailability(parts.highAvailability);
    this.transport = { kind: network.kind, byReference: network.byReference, connect: (_nodeId, purpose) => Promise.resolve(this.connection(purpose)) };
  }

  /** This life's control connection. */
  get control(): Connection {
    return this.connection('control');
  }

  get data(): Connection {
    return this.connection('data');
  }

  /** Steps this node's wall clock, either way (F23). */
  stepWallClock(ms: number): void {
    this.wallStepMs += ms;
  }

  private connection(purpose: ConnectionPurpose): Connection {
    let connection = this.opened.get(purpose);
    if (connection === undefined) this.opened.set(purpose, (connection = this.parts.network.open(this, purpose)));
    return connection;
  }

  private after(delayMs: number, callback: () => void): Cancel {
    assert(delayMs >= 0, `a delay is not negative, but was ${delayMs} ms`);
    return this.parts.loop.schedule(delayMs, this.timerLabel, callback, this);
  }

  /** Takes a little time, so that a loop of deferred work cannot stop the world's clock; FIFO by the queue. */
  private defer(callback: () => void): void {
    this.deferred.push(callback);
    this.parts.loop.schedule(0.001 + this.fileRandom.next() * 0.02, this.turnLabel, this.nextDeferred, this);
  }

  /** An operation outside of the process: takes time before and after its effect, and settles only while this life lasts. */
  outside<T>(label: string, operation: () => Promise<T>): Promise<T> {
    const { loop } = this.parts;
    const half = (): number => (this.fileRandom.next() * this.parts.fileMs) / 2;
    return new Promise<T>((resolve, reject) => {
      const settle = (done: () => void): void => void loop.schedule(half(), `done ${this.name} ${label}`, done, this);
      const act = (): void => {
        operation().then(
          (value) => settle(() => resolve(value)),
          (thrown: unknown) => settle(() => reject(thrown)),
        );
      };
      loop.schedule(half(), `${this.name} ${label}`, act, this);
    });
  }

  private guardedFiles(files: FileStore): FileStore {
    return {
      read: (path, offset, length) => this.outside(`read ${path}`, () => files.read(path, offset, length)),
      stat: (path) => this.outside(`stat ${path}`, () => files.stat(path)),
      list: (directory) => this.outside(`list ${directory}`, () => files.list(directory)),
      makeDirectory: (directory) => this.outside(`makeDirectory ${directory}`, () => files.makeDirectory(directory)),
      create: async (path) => this.guardedWriter(path, await this.outside(`create ${path}`, () => files.create(path))),
      createExclusive: (path, bytes) => this.outside(`createExclusive ${path}`, () => files.createExclusive(path, bytes)),
      rename: (from, to) => this.outside(`rename ${from} ${to}`, () => files.rename(from, to)),
      remove: (path) => this.outside(`remove ${path}`, () => files.remove(path)),
      removeTree: (directory) => this.outside(`removeTree ${directory}`, () => files.removeTree(directory)),
      syncDirectory: (directory) => this.outside(`syncDirectory ${directory}`, () => files.syncDirectory(directory)),
    };
  }

  private guardedWriter(path: string, writer: FileWriter): FileWriter {
    return {
      get sizeBytes() {
        return writer.sizeBytes;
      },
      write: (bytes) => this.outside(`write ${path}`, () => writer.write(bytes)),
      sync: () => this.outside(`sync ${path}`, () => writer.sync()),
      close: () => this.outside(`close ${path}`, () => writer.close()),
    };
  }

  private guardedHighAvailability(inner: HighAvailability): HighAvailability {
    return {
      claimEpoch: () => this.outside('claimEpoch', () => inner.claimEpoch()),
      largestEpoch: () => this.outside('largestEpoch', () => inner.largestEpoch()),
      readRegister: (job) => this.outside(`readRegister ${job}`, () => inner.readRegister(job)),
      compareAndSetRegister: (job, version, value) => this.outside(`compareAndSet ${job}`, () => inner.compareAndSetRegister(job, version, value)),
    };
  }
}
