/**
 * All actors of one node. The system owns addresses, delivery between nodes, asks, watches and the run queue; each cell owns its actor.
 *
 *  S1  local messages go straight to the mailbox, remote ones through the link to their node (`node-link.ts`); both are handled in a later
 *      turn, exactly once and FIFO per (sender, receiver) while the link lives, and a link that ends is told to watchers;
 *  S2  a message to an address where nobody is, is a dead letter: counted, logged at debug, and refused to an asker;
 *  S3  an address is used once in the life of a system: paths are remembered by their parent for as long as the parent lives;
 *  S4  after `shutdown` no actor, timer, subscription or ask is left (I13).
 */
import { assert, assertNever, type FailureInfo, failureInfo, toError } from '@weir/base';
import type { Subscription } from '@weir/ports';
import type { Actor, ActorFactory, ActorRef, SpawnOptions } from './actor.js';
import { ActorCell, type CellHost } from './actor-cell.js';
import type { ActorSystemCounts, ActorSystemOptions, ActorSystemTotals } from './actor-system-options.js';
import { type ActorAddress, actorAddress, nodeOf, subjectOfAddress } from './address.js';
import type { AskOptions, ReplyTo } from './ask.js';
import { isLooseEnvelope, type LinkedEnvelope, type LooseEnvelope } from './envelope.js';
import { ActorSystemStoppedError, AskNoReceiverError, MailboxFullError } from './errors.js';
import { isLinkAckFrame, isLinkFrame } from './link-frame.js';
import { NodeLinks } from './node-links.js';
import { NodeWatch, type Watcher } from './node-watch.js';
import { PendingAsks } from './pending-asks.js';
import { RunQueue } from './run-queue.js';
import { TrackedTimers } from './tracked-timers.js';

const SYSTEM_PATH = 'system';
const UNREACHABLE_AFTER_MS = 5000;
const LINK_CAPACITY = 10_000;
const SUBJECTS_MAX = 1000;

/** A reference by address only: looked up for each message when local, sent over a link when not. */
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
  /** Of other nodes' systems; a cache. */
  private readonly subjects = new Map<string, string>();
  private subscription: Subscription | undefined;
  private readonly usedRootNames = new Set<string>();
  private readonly localWatchers = new Map<ActorAddress, Set<Watcher>>();
  /** Nodes to tell when a local actor ends. */
  private readonly remoteWatchers = new Map<ActorAddress, Set<string>>();
  private readonly timers: TrackedTimers;
  private readonly runQueue: RunQueue;
  private readonly asks: PendingAsks;
  private readonly nodeWatch: NodeWatch;
  private readonly links: NodeLinks;
  private readonly tally = { messages: 0, delivered: 0, deadLetters: 0, voided: 0, mailboxOverflow: 0, restarts: 0, failures: 0 };
  private readonly host: CellHost;
  private askCount = 0;
  private stopping: Promise<void> | undefined;
  private allStopped: (() => void) | undefined;

  constructor(private readonly options: ActorSystemOptions) {
    this.node = options.node;
    this.systemAddress = actorAddress(options.node, SYSTEM_PATH);
    this.incarnation = options.random.hex(8);
    this.timers = new TrackedTimers(options.timers);
    this.runQueue = new RunQueue(options.clock, options.timers, options.drainBudgetMs ?? 1, options.turnsPerDrain ?? 1024);
    this.asks = new PendingAsks(this.timers);
    this.nodeWatch = new NodeWatch({
      node: options.node,
      incarnation: this.incarnation,
      clock: options.clock,
      timers: this.timers,
      pingIntervalMs: options.pingIntervalMs ?? 250,
      unreachableAfterMs: options.unreachableAfterMs ?? UNREACHABLE_AFTER_MS,
      send: (node, envelope, onNoReceiver) => this.publish(node, envelope, onNoReceiver),
    });
    this.links = this.makeLinks();
    this.host = this.makeHost();
    this.subscription = options.control.subscribe(subjectOfAddress(this.systemAddress), (message) => this.receive(message));
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
      this.links.send(nodeOf(to), { kind: 'tell', to, message });
      return;
    }
    this.deliver(to, message, undefined);
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
    const subscriptions = this.subscription === undefined ? 0 : 1;
    return { actors: this.cells.size, timers: this.timers.count, subscriptions, pendingAsks: this.asks.count, unacknowledged: this.links.waiting };
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
    this.links.close();
    this.subscription?.unsubscribe();
    this.subscription = undefined;
    this.localWatchers.clear();
    this.remoteWatchers.clear();
  }

  private makeLinks(): NodeLinks {
    let sessions = 0;
    return new NodeLinks({
      node: this.node,
      incarnation: this.incarnation,
      clock: this.options.clock,
      timers: this.timers,
      unreachableAfterMs: this.options.unreachableAfterMs ?? UNREACHABLE_AFTER_MS,
      linkCapacity: this.options.linkCapacity ?? LINK_CAPACITY,
      nextSession: () => ++sessions,
      publish: (node, frame, onNoReceiver) => this.publish(node, frame, onNoReceiver),
      probe: (node) => this.nodeWatch.probe(node),
      deliver: (_from, envelope) => this.receiveLinked(envelope),
      voided: (envelope, certain) => this.voided(envelope, certain),
      ended: (node, why, life, lost) => {
        this.options.logger.log(lost ? 'warn' : 'debug', 'link ended', { to: node, why, lost });
        if (why === 'silent' || why === 'overflow') this.nodeWatch.linkBroken(node);
        else this.nodeWatch.lifeEnded(node, life, lost);
      },
      resetByPeer: (node) => this.nodeWatch.linkBroken(node),
    });
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
    return cell;
  }

  /** Everything from other nodes. */
  private receive(message: unknown): void {
    if (isLinkFrame(message) || isLinkAckFrame(message)) this.links.receive(message);
    else if (isLooseEnvelope(message)) this.receiveLoose(message);
    else this.deadLetter(this.systemAddress, message, undefined, undefined);
  }

  private receiveLoose(envelope: LooseEnvelope): void {
    switch (envelope.kind) {
      case 'ping':
        this.links.heard(envelope.from, envelope.asker);
        this.answerPing(envelope);
        return;
      case 'pong':
        if (envelope.asker !== this.incarnation) return;
        this.links.answered(envelope.from, envelope.incarnation, envelope.sequence);
        this.nodeWatch.pong(envelope);
        return;
      case 'unwatch':
        this.forgetRemoteWatcher(envelope.address, envelope.from);
        return;
      default:
        assertNever(envelope, 'loose envelope');
    }
  }

  private receiveLinked(envelope: LinkedEnvelope): void {
    switch (envelope.kind) {
      case 'tell':
        this.deliver(envelope.to, envelope.message, undefined);
        return;
      case 'ask':
        this.deliver(envelope.to, envelope.message, envelope.replyTo);
        return;
      case 'reply':
        this.asks.resolve(envelope.correlation, envelope.value);
        return;
      case 'failure':
        this.asks.fail(envelope.correlation, envelope.failure);
        return;
      case 'terminated':
        if ((this.nodeWatch.incarnationOf(envelope.address) ?? envelope.incarnation) !== envelope.incarnation) return;
        this.nodeWatch.terminated(envelope.address, envelope.failure);
        return;
      default:
        assertNever(envelope, 'linked envelope');
    }
  }

  private deliver(to: ActorAddress, message: unknown, replyTo: ReplyTo<unknown> | undefined): void {
    const cell = this.cells.get(to);
    if (cell === undefined) this.deadLetter(to, message, replyTo, new AskNoReceiverError(to));
    else cell.offer(message, replyTo);
  }

  /** The link ended before this was acknowledged. An asker hears at once what is certain; for the rest its timeout decides. */
  private voided(envelope: LinkedEnvelope, certain: boolean): void {
    this.tally.voided++;
    if (certain && envelope.kind === 'ask') this.asks.noReceiver(envelope.replyTo.correlation);
  }

  private answerPing(ping: Extract<LooseEnvelope, { kind: 'ping' }>): void {
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
    this.publish(ping.from, { kind: 'pong', from: this.node, asker: ping.asker, sequence: ping.sequence, incarnation: this.incarnation, gone }, undefined);
  }

  private publish(node: string, message: unknown, onNoReceiver: (() => void) | undefined): void {
    const subject = this.subjectOf(node);
    try {
      if (onNoReceiver === undefined) this.options.control.publish(subject, message);
      else this.options.control.publishExpectingReceiver(subject, message, onNoReceiver);
    } catch (thrown) {
      // The owner closed the connection: nobody can be reached by it any more.
      this.options.logger.log('debug', 'not sent', { to: node, error: toError(thrown).message });
      onNoReceiver?.();
    }
  }

  private subjectOf(node: string): string {
    let subject = this.subjects.get(node);
    if (subject === undefined) {
      if (this.subjects.size >= SUBJECTS_MAX) this.subjects.clear();
      this.subjects.set(node, (subject = subjectOfAddress(`${node}/${SYSTEM_PATH}`)));
    }
    return subject;
  }

  private sendToAsker(to: ReplyTo<never>, envelope: LinkedEnvelope): void {
    if (nodeOf(to.address) === this.node) this.receiveLinked(envelope);
    else this.links.send(nodeOf(to.address), envelope);
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
    if (nodeOf(to.address) === this.node) this.deliver(to.address, message, replyTo);
    else this.links.send(nodeOf(to.address), { kind: 'ask', to: to.address, message, replyTo });
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
    parent?.postChildStopped(cell, failure);
    for (const watcher of this.localWatchers.get(address) ?? []) {
      if (watcher !== parent) watcher.postSignal({ type: 'terminated', address, ...(failure === undefined ? {} : { failure }) });
    }
    this.localWatchers.delete(address);
    for (const node of this.remoteWatchers.get(address) ?? []) {
      this.links.send(node, { kind: 'terminated', address, incarnation: this.incarnation, ...(failure === undefined ? {} : { failure }) });
    }
    this.remoteWatchers.delete(address);
    if (this.cells.size === 0) this.allStopped?.();
  }
}
