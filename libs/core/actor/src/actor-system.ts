/**
 * All actors of one node. The system owns addresses, delivery between nodes, asks, watches and the run queue; each cell owns its actor.
 *
 *  S1  local messages go straight to the mailbox, remote ones through the control connection; both are handled in a later turn and are
 *      FIFO per (sender, receiver) while the link lives;
 *  S2  a message to an address where nobody is, is a dead letter: counted, logged at debug, and refused to an asker;
 *  S3  an address is used once in the life of a system: paths are remembered by their parent for as long as the parent lives;
 *  S4  after `shutdown` no actor, timer, subscription or ask is left (I13).
 */
import { assert, assertNever, type FailureInfo, failureInfo } from '@weir/base';
import type { Subscription } from '@weir/ports';
import type { Actor, ActorFactory, ActorRef, SpawnOptions } from './actor.js';
import { ActorCell, type CellHost } from './actor-cell.js';
import type { ActorSystemCounts, ActorSystemOptions, ActorSystemTotals } from './actor-system-options.js';
import { type ActorAddress, actorAddress, nodeOf, subjectOfAddress } from './address.js';
import type { AskOptions, ReplyTo } from './ask.js';
import { isSystemEnvelope, isUserEnvelope, type SystemEnvelope } from './envelope.js';
import { ActorSystemStoppedError, AskNoReceiverError, MailboxFullError } from './errors.js';
import { NodeWatch, type Watcher } from './node-watch.js';
import { PendingAsks } from './pending-asks.js';
import { RunQueue } from './run-queue.js';
import { TrackedTimers } from './tracked-timers.js';

const SYSTEM_PATH = 'system';

/** A reference by address only: looked up for each message when local, published when not. */
class AddressRef implements ActorRef<unknown> {
  constructor(
    readonly address: ActorAddress,
    private readonly send: (to: ActorAddress, message: unknown) => void,
  ) {}

  tell(message: unknown): void {
    this.send(this.address, message);
  }

  toJSON(): { address: ActorAddress } {
    return { address: this.address };
  }
}

export class ActorSystem {
  readonly node: string;
  /** Unique to this life of the node; random. */
  readonly incarnation: string;
  private readonly systemAddress: ActorAddress;
  private readonly cells = new Map<ActorAddress, ActorCell>();
  private readonly subscriptions = new Map<ActorAddress, Subscription>();
  private readonly usedRootNames = new Set<string>();
  private readonly localWatchers = new Map<ActorAddress, Set<Watcher>>();
  /** Nodes to tell when a local actor ends. */
  private readonly remoteWatchers = new Map<ActorAddress, Set<string>>();
  private readonly timers: TrackedTimers;
  private readonly runQueue: RunQueue;
  private readonly asks: PendingAsks;
  private readonly nodeWatch: NodeWatch;
  private readonly tally = { messages: 0, deadLetters: 0, mailboxOverflow: 0, restarts: 0, failures: 0 };
  private readonly host: CellHost;
  private askCount = 0;
  private stopping: Promise<void> | undefined;
  private allStopped: (() => void) | undefined;

  constructor(private readonly options: ActorSystemOptions) {
    this.node = options.node;
    this.systemAddress = actorAddress(options.node, SYSTEM_PATH);
    this.incarnation = options.random.hex(8);
    this.timers = new TrackedTimers(options.timers);
    this.runQueue = new RunQueue(options.clock, options.timers, options.drainBudgetMs ?? 8, options.turnsPerDrain ?? 1024);
    this.asks = new PendingAsks(this.timers);
    this.nodeWatch = new NodeWatch({
      node: options.node,
      incarnation: this.incarnation,
      clock: options.clock,
      timers: this.timers,
      pingIntervalMs: options.pingIntervalMs ?? 1000,
      unreachableAfterMs: options.unreachableAfterMs ?? 5000,
      send: (node, envelope, onNoReceiver) => this.sendToNode(node, envelope, onNoReceiver),
    });
    this.host = this.makeHost();
    this.subscribe(this.systemAddress, (message) => this.receiveSystem(message));
  }

  /** Spawns an actor at `<node>/<name>`. Asserts that this path was never used; throws `WEIR_ACTOR_SYSTEM_STOPPED` after a shutdown began. */
  spawn<M>(name: string, actor: Actor<M> | ActorFactory<M>, options: SpawnOptions = {}): ActorRef<M> {
    return this.spawnCell(undefined, name, actor as Actor<unknown> | ActorFactory<unknown>, options).context.self;
  }

  /** A reference to any address, on any node. */
  refFor<M>(address: ActorAddress): ActorRef<M> {
    return this.cells.get(address)?.context.self ?? new AddressRef(address, (to, message) => this.tell(to, message));
  }

  /** Sends without a reference. */
  tell(to: ActorAddress, message: unknown): void {
    if (nodeOf(to) !== this.node) {
      this.options.control.publish(subjectOfAddress(to), { kind: 'tell', message });
      return;
    }
    const cell = this.cells.get(to);
    if (cell === undefined) this.deadLetter(to, message, undefined, new AskNoReceiverError(to));
    else cell.offer(message, undefined);
  }

  /**
   * Sends a request and waits for its answer. Rejects with `WEIR_ASK_TIMEOUT`, `WEIR_ASK_NO_RECEIVER` (certainly not carried out),
   * `WEIR_MAILBOX_FULL` (likewise), `WEIR_ASK_CANCELLED`, or the code of the failure that was answered.
   */
  ask<M, Reply>(to: ActorRef<M>, makeMessage: (replyTo: ReplyTo<Reply>) => M, options: AskOptions): Promise<Reply> {
    return this.askAs(to as ActorRef<unknown>, makeMessage as (replyTo: ReplyTo<unknown>) => unknown, options, undefined) as Promise<Reply>;
  }

  /** Stops an actor of this node; harmless when nobody is there. */
  stop(address: ActorAddress): void {
    this.cells.get(address)?.requestStop();
  }

  /** True while an actor of this node lives at `address`. */
  has(address: ActorAddress): boolean {
    return this.cells.has(address);
  }

  /** Stops all actors, children first; resolves when nothing is left. May be called twice. */
  shutdown(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  counts(): ActorSystemCounts {
    return { actors: this.cells.size, timers: this.timers.count, subscriptions: this.subscriptions.size, pendingAsks: this.asks.count };
  }

  totals(): ActorSystemTotals {
    return { ...this.tally };
  }

  private async stopAll(): Promise<void> {
    if (this.cells.size > 0) {
      await new Promise<void>((resolve) => {
        this.allStopped = resolve;
        for (const cell of [...this.cells.values()]) if (cell.parent === undefined) cell.requestStop();
      });
    }
    this.asks.cancelAll();
    this.nodeWatch.close();
    for (const subscription of this.subscriptions.values()) subscription.unsubscribe();
    this.subscriptions.clear();
    this.localWatchers.clear();
    this.remoteWatchers.clear();
  }

  private makeHost(): CellHost {
    return {
      node: this.node,
      clock: this.options.clock,
      logger: this.options.logger,
      timers: this.timers,
      tally: this.tally,
      schedule: (cell) => this.runQueue.schedule(cell),
      spawnCell: (parent, name, behaviour, options) => this.spawnCell(parent, name, behaviour, options),
      refFor: (address) => this.refFor(address),
      deadLetter: (to, message, replyTo, why, capacity) =>
        this.deadLetter(to, message, replyTo, why === 'stopped' ? new AskNoReceiverError(to) : new MailboxFullError(to, capacity)),
      watch: (watcher, address) => this.watch(watcher, address),
      unwatch: (watcher, address) => this.unwatch(watcher, address),
      ask: (to, makeMessage, options, owner) => this.askAs(to, makeMessage, options, owner),
      cancelAsk: (correlation) => this.asks.cancel(correlation),
      reply: (to, value) => this.sendToAsker(to, { kind: 'reply', correlation: to.correlation, value }),
      replyFailure: (to, failure) => this.sendToAsker(to, { kind: 'failure', correlation: to.correlation, failure: failureInfo(failure) }),
      rootFailed: (cell, failure) => this.rootFailed(cell, failure),
      cellStopped: (cell, failure) => this.cellStopped(cell, failure),
    };
  }

  private spawnCell(parent: ActorCell | undefined, name: string, behaviour: Actor<unknown> | ActorFactory<unknown>, options: SpawnOptions): ActorCell {
    if (this.stopping !== undefined) throw new ActorSystemStoppedError(this.node);
    const address = parent === undefined ? actorAddress(this.node, name) : actorAddress(this.node, `${parent.address.slice(this.node.length + 1)}/${name}`);
    const usedNames = parent?.usedNames ?? this.usedRootNames;
    assert(address !== this.systemAddress && !usedNames.has(name) && !this.cells.has(address), `the address ${address} was used before`); // S3
    usedNames.add(name);
    const cell = new ActorCell(this.host, parent, address, behaviour, options);
    this.cells.set(address, cell);
    parent?.children.set(address, cell);
    this.subscribe(address, (message) => this.receiveUser(cell, message));
    return cell;
  }

  private subscribe(address: ActorAddress, handler: (message: unknown) => void): void {
    this.subscriptions.set(address, this.options.control.subscribe(subjectOfAddress(address), handler));
  }

  private receiveUser(cell: ActorCell, envelope: unknown): void {
    if (!isUserEnvelope(envelope)) {
      this.deadLetter(cell.address, envelope, undefined, undefined);
      return;
    }
    cell.offer(envelope.message, envelope.kind === 'ask' ? envelope.replyTo : undefined);
  }

  private receiveSystem(envelope: unknown): void {
    if (!isSystemEnvelope(envelope)) {
      this.deadLetter(this.systemAddress, envelope, undefined, undefined);
      return;
    }
    switch (envelope.kind) {
      case 'reply':
        this.asks.resolve(envelope.correlation, envelope.value);
        return;
      case 'failure':
        this.asks.fail(envelope.correlation, envelope.failure);
        return;
      case 'ping':
        this.answerPing(envelope);
        return;
      case 'pong':
        this.nodeWatch.pong(envelope);
        return;
      case 'unwatch':
        this.forgetRemoteWatcher(envelope.address, envelope.from);
        return;
      case 'terminated':
        if ((this.nodeWatch.incarnationOf(envelope.address) ?? envelope.incarnation) !== envelope.incarnation) return;
        this.nodeWatch.terminated(envelope.address, envelope.failure);
        return;
      default:
        assertNever(envelope, 'system envelope');
    }
  }

  private answerPing(ping: Extract<SystemEnvelope, { kind: 'ping' }>): void {
    const gone: ActorAddress[] = [];
    for (const address of ping.watched) {
      if (!this.cells.has(address)) {
        gone.push(address);
        continue;
      }
      const nodes = this.remoteWatchers.get(address);
      if (nodes === undefined) this.remoteWatchers.set(address, new Set([ping.from]));
      else nodes.add(ping.from);
    }
    this.sendToNode(ping.from, { kind: 'pong', from: this.node, asker: ping.asker, sequence: ping.sequence, incarnation: this.incarnation, gone }, undefined);
  }

  private sendToNode(node: string, envelope: SystemEnvelope, onNoReceiver: (() => void) | undefined): void {
    const subject = subjectOfAddress(actorAddress(node, SYSTEM_PATH));
    if (onNoReceiver === undefined) this.options.control.publish(subject, envelope);
    else this.options.control.publishExpectingReceiver(subject, envelope, onNoReceiver);
  }

  private sendToAsker(to: ReplyTo<never>, envelope: SystemEnvelope): void {
    if (nodeOf(to.address) === this.node) this.receiveSystem(envelope);
    else this.options.control.publish(subjectOfAddress(to.address), envelope);
  }

  private askAs(
    to: ActorRef<unknown>,
    makeMessage: (replyTo: ReplyTo<unknown>) => unknown,
    options: AskOptions,
    owner: Set<string> | undefined,
  ): Promise<unknown> {
    if (this.stopping !== undefined && this.cells.size === 0) return Promise.reject(new ActorSystemStoppedError(this.node));
    const replyTo: ReplyTo<unknown> = { address: this.systemAddress, correlation: `${this.incarnation}.${++this.askCount}` };
    const { correlation } = replyTo;
    const message = makeMessage(replyTo);
    owner?.add(correlation);
    const answer = this.asks.open(correlation, to.address, options, () => owner?.delete(correlation));
    if (options.signal?.aborted === true) return answer;
    if (nodeOf(to.address) !== this.node) {
      const envelope = { kind: 'ask', message, replyTo };
      try {
        this.options.control.publishExpectingReceiver(subjectOfAddress(to.address), envelope, () => this.asks.noReceiver(correlation));
      } catch (thrown) {
        this.asks.fail(correlation, failureInfo(thrown)); // the connection was closed
      }
      return answer;
    }
    const cell = this.cells.get(to.address);
    if (cell === undefined) this.deadLetter(to.address, message, replyTo, new AskNoReceiverError(to.address));
    else cell.offer(message, replyTo);
    return answer;
  }

  private deadLetter(to: ActorAddress, message: unknown, replyTo: ReplyTo<unknown> | undefined, refusal: Error | undefined): void {
    this.tally.deadLetters++;
    const type = typeof message === 'object' && message !== null ? (message as { type?: unknown }).type : undefined;
    this.options.logger.log('debug', 'dead letter', { to, type: typeof type === 'string' ? type : typeof message });
    if (replyTo === undefined || refusal === undefined) return;
    this.sendToAsker(replyTo as ReplyTo<never>, { kind: 'failure', correlation: replyTo.correlation, failure: failureInfo(refusal) });
  }

  private watch(watcher: ActorCell, address: ActorAddress): void {
    if (nodeOf(address) !== this.node) {
      this.nodeWatch.watch(watcher, address);
      return;
    }
    if (!this.cells.has(address)) {
      watcher.postSignal({ type: 'terminated', address });
      return;
    }
    const watchers = this.localWatchers.get(address);
    if (watchers === undefined) this.localWatchers.set(address, new Set([watcher]));
    else watchers.add(watcher);
  }

  private unwatch(watcher: ActorCell, address: ActorAddress): void {
    if (nodeOf(address) !== this.node) {
      this.nodeWatch.unwatch(watcher, address);
      return;
    }
    const watchers = this.localWatchers.get(address);
    if (watchers?.delete(watcher) === true && watchers.size === 0) this.localWatchers.delete(address);
  }

  private forgetRemoteWatcher(address: ActorAddress, node: string): void {
    const nodes = this.remoteWatchers.get(address);
    if (nodes?.delete(node) === true && nodes.size === 0) this.remoteWatchers.delete(address);
  }

  private rootFailed(cell: ActorCell, failure: FailureInfo): void {
    this.options.failureSink?.(cell.address, failure);
    cell.decide('stop', failure);
  }

  private cellStopped(cell: ActorCell, failure: FailureInfo | undefined): void {
    const { address, parent } = cell;
    this.cells.delete(address);
    this.subscriptions.get(address)?.unsubscribe();
    this.subscriptions.delete(address);
    parent?.postChildStopped(cell, failure);
    for (const watcher of this.localWatchers.get(address) ?? []) {
      if (watcher !== parent) watcher.postSignal({ type: 'terminated', address, ...(failure === undefined ? {} : { failure }) });
    }
    this.localWatchers.delete(address);
    for (const node of this.remoteWatchers.get(address) ?? []) {
      this.sendToNode(node, { kind: 'terminated', address, incarnation: this.incarnation, ...(failure === undefined ? {} : { failure }) }, undefined);
    }
    this.remoteWatchers.delete(address);
    if (this.cells.size === 0) this.allStopped?.();
  }
}
