/**
 * The life of one actor: mailbox, turns, failure, restart, stop. The cell owns its instance, its children and its watches; the system
 * (behind {@link CellHost}) owns addresses, the transport and asks. Hot path: `turn`.
 *
 *      starting --> running --fail--> suspended --decision: stop----+
 *                   ^   |                |                          v
 *                   |   +----- stop -----|-------------------> stopping --> stopped (terminal)
 *                   |                    | decision: restart        ^
 *                   +--- children gone --restarting ---- stop ------+
 *
 *  A1  handlers of one instance never overlap and never run within the call that sent to it;
 *  A2  system messages are handled before the next user message, also within a turn;
 *  A3  children are gone before `stopped` is called, and the address is free of them before its end is announced;
 *  A4  timers, pipes and asks of an instance end with it: `generation` tells late ones apart;
 *  A5  an actor whose parent cannot decide (it failed or stops itself) is stopped.
 */
import { assert, assertNever, type FailureInfo, failureInfo, toError } from '@weir/base';
import type { Clock, Logger } from '@weir/ports';
import type { Actor, ActorFactory, ActorRef, Signal, SpawnOptions, StopReason } from './actor.js';
import type { ActorAddress } from './address.js';
import type { AskOptions, ReplyTo } from './ask.js';
import { CellContext } from './cell-context.js';
import { RestartLimitError } from './errors.js';
import { Mail, Mailbox, type TimerToken } from './mailbox.js';
import type { Runnable } from './run-queue.js';
import type { TrackedTimers } from './tracked-timers.js';

type CellState = 'starting' | 'running' | 'suspended' | 'restarting' | 'stopping' | 'stopped';

type CellMessage =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'signal'; readonly signal: Signal }
  /** Something outside of a turn threw on behalf of this instance. */
  | { readonly type: 'failed'; readonly generation: number; readonly error: Error }
  | { readonly type: 'child-failed'; readonly child: ActorCell; readonly failure: FailureInfo }
  | { readonly type: 'child-stopped'; readonly child: ActorCell; readonly failure?: FailureInfo }
  | { readonly type: 'decision'; readonly decision: 'restart' | 'stop'; readonly failure: FailureInfo };

/** What a cell needs from its system. */
export interface CellHost {
  readonly node: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timers: TrackedTimers;
  /** Counters that cells advance. */
  readonly tally: { messages: number; delivered: number; mailboxOverflow: number; restarts: number; failures: number };
  schedule(cell: ActorCell): void;
  spawnCell(parent: ActorCell, name: string, behaviour: Actor<unknown> | ActorFactory<unknown>, options: SpawnOptions): ActorCell;
  refFor(address: ActorAddress): ActorRef<unknown>;
  deadLetter(to: ActorAddress, message: unknown, replyTo: ReplyTo<unknown> | undefined, why: 'stopped' | 'mailbox-full', capacity: number): void;
  watch(watcher: ActorCell, address: ActorAddress): void;
  unwatch(watcher: ActorCell, address: ActorAddress): void;
  ask(to: ActorRef<unknown>, makeMessage: (replyTo: ReplyTo<unknown>) => unknown, options: AskOptions, owner: Set<string>): Promise<unknown>;
  cancelAsk(correlation: string): void;
  reply(to: ReplyTo<unknown>, value: unknown): void;
  replyFailure(to: ReplyTo<never>, failure: unknown): void;
  /** A root actor failed: nobody above decides. */
  rootFailed(cell: ActorCell, failure: FailureInfo): void;
  /** The last step of a stop: free the address and announce the end. */
  cellStopped(cell: ActorCell, failure: FailureInfo | undefined): void;
}

const DEFAULTS = { mailboxCapacity: 10_000, turnMessages: 64, turnBudgetMs: 2, restartLimit: { restarts: 10, withinMs: 60_000 } };

export class ActorCell implements Runnable {
  queued = false;
  readonly context: CellContext;
  readonly logger: Logger;
  readonly children = new Map<ActorAddress, ActorCell>();
  /** Paths below this actor that were ever used; forgotten with the actor, whose own path is never used again either. */
  readonly usedNames = new Set<string>();
  readonly watching = new Set<ActorAddress>();
  readonly asks = new Set<string>();
  /** Rises when an instance ends (A4). */
  generation = 0;
  private state: CellState = 'starting';
  private stopPosted = false;
  private woken = false;
  private instance: Actor<unknown> | undefined;
  private endFailure: FailureInfo | undefined;
  private readonly mailbox: Mailbox<CellMessage>;
  private readonly options: Required<SpawnOptions>;
  private restartTimesMs: number[] = [];

  constructor(
    readonly host: CellHost,
    readonly parent: ActorCell | undefined,
    readonly address: ActorAddress,
    private readonly behaviour: Actor<unknown> | ActorFactory<unknown>,
    options: SpawnOptions,
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.mailbox = new Mailbox(this.options.mailboxCapacity);
    this.logger = host.logger.child({ actor: address });
    this.context = new CellContext(this);
    this.post({ type: 'start' });
  }

  get isRunning(): boolean {
    return (this.state === 'running' || this.state === 'starting') && !this.stopPosted;
  }

  get isStopped(): boolean {
    return this.state === 'stopped';
  }

  /** From anybody on this node, or from the transport. */
  offer(message: unknown, replyTo: ReplyTo<unknown> | undefined): void {
    if (this.state === 'stopped') {
      this.host.deadLetter(this.address, message, replyTo, 'stopped', this.options.mailboxCapacity);
      return;
    }
    const outcome = this.mailbox.offer(new Mail(message, replyTo, undefined));
    if (outcome === 'accepted') {
      this.host.tally.delivered++;
      if (!this.queued) this.host.schedule(this);
      return;
    }
    this.host.tally.mailboxOverflow++;
    if (outcome === 'full-first') this.logger.log('warn', 'mailbox is full', { code: 'WEIR_MAILBOX_FULL', capacity: this.options.mailboxCapacity });
    this.host.deadLetter(this.address, message, replyTo, 'mailbox-full', this.options.mailboxCapacity);
  }

  /** From this instance to itself, by timer or pipe. */
  offerOwn(generation: number, message: unknown, timer: TimerToken | undefined): void {
    if (generation !== this.generation || this.state === 'stopped') return; // A4
    this.mailbox.offerOwn(new Mail(message, undefined, timer));
    this.host.schedule(this);
  }

  /** A callback outside of a turn threw on behalf of instance `generation`. */
  failLater(generation: number, error: Error): void {
    this.post({ type: 'failed', generation, error });
  }

  wake(): void {
    this.woken = true;
    if (!this.queued && this.state === 'running') this.host.schedule(this);
  }

  requestStop(): void {
    if (this.stopPosted || this.state === 'stopped') return;
    this.stopPosted = true;
    this.post({ type: 'stop' });
  }

  postSignal(signal: Signal): void {
    this.post({ type: 'signal', signal });
  }

  postChildStopped(child: ActorCell, failure: FailureInfo | undefined): void {
    this.post({ type: 'child-stopped', child, ...(failure === undefined ? {} : { failure }) });
  }

  decide(decision: 'restart' | 'stop', failure: FailureInfo): void {
    this.post({ type: 'decision', decision, failure });
  }

  private post(message: CellMessage): void {
    if (this.state === 'stopped') return;
    this.mailbox.postSystem(message);
    this.host.schedule(this);
  }

  turn(): boolean {
    const { clock, tally } = this.host;
    const deadline = clock.monotonic() + this.options.turnBudgetMs;
    let left = this.options.turnMessages;
    for (;;) {
      while (this.mailbox.systemSize > 0) this.handleSystem(this.mailbox.takeSystem() as CellMessage); // A2
      if (this.state !== 'running' || left === 0) break;
      const mail = this.mailbox.takeUser();
      if (mail === undefined) break;
      if (mail.timer !== undefined) {
        if (mail.timer.cancelled) continue;
        mail.timer.onTaken?.();
      }
      left--;
      tally.messages++;
      this.receive(mail);
      if (clock.monotonic() >= deadline) break;
    }
    if (this.woken && this.state === 'running') this.runBatch();
    return this.mailbox.systemSize > 0 || (this.state === 'running' && (this.woken || this.mailbox.userSize > 0));
  }

  private receive(mail: Mail): void {
    try {
      (this.instance as Actor<unknown>).receive(mail.message, this.context);
    } catch (thrown) {
      const failure = this.fail(thrown);
      if (mail.replyTo !== undefined) this.host.replyFailure(mail.replyTo, toError(thrown));
      this.logger.log('debug', 'message lost by a failure', { code: failure.code });
    }
  }

  private runBatch(): void {
    this.woken = false;
    try {
      if (this.instance?.run?.(this.context) === true) this.woken = true;
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  private handleSystem(message: CellMessage): void {
    switch (message.type) {
      case 'start':
        if (this.state === 'starting') this.createInstance();
        return;
      case 'stop':
        if (this.state !== 'stopping') this.beginEnd('stopping', undefined);
        return;
      case 'signal':
        this.receiveSignal(message.signal);
        return;
      case 'failed':
        if (this.state === 'running' && message.generation === this.generation) this.fail(message.error);
        return;
      case 'child-failed':
        this.superviseChild(message.child, message.failure);
        return;
      case 'child-stopped':
        this.childStopped(message.child, message.failure);
        return;
      case 'decision':
        if (this.state === 'suspended') this.applyDecision(message.decision, message.failure);
        return;
      default:
        assertNever(message, 'cell message');
    }
  }

  private createInstance(): void {
    try {
      this.instance = typeof this.behaviour === 'function' ? this.behaviour(this.context) : this.behaviour;
      this.state = 'running';
      this.instance.started?.(this.context);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** running -> suspended. The parent decides in a turn of its own. */
  private fail(thrown: unknown): FailureInfo {
    const failure = failureInfo(thrown);
    this.host.tally.failures++;
    this.state = 'suspended';
    this.logger.log('warn', 'actor failed', { code: failure.code, error: failure.message, stack: failure.stack });
    if (this.parent === undefined) this.host.rootFailed(this, failure);
    else this.parent.post({ type: 'child-failed', child: this, failure });
    return failure;
  }

  private superviseChild(child: ActorCell, failure: FailureInfo): void {
    if (this.state !== 'running') {
      child.decide('stop', failure); // A5
      return;
    }
    let decision = 'stop';
    try {
      decision = this.instance?.supervise?.(child.address, failure, this.context) ?? 'stop';
    } catch (thrown) {
      child.decide('stop', failure);
      this.fail(thrown);
      return;
    }
    child.decide(decision === 'restart' ? 'restart' : 'stop', failure);
    if (decision === 'escalate') this.failWith(failure);
  }

  /** As `fail`, for a failure that is already data. */
  private failWith(failure: FailureInfo): void {
    this.state = 'suspended';
    if (this.parent === undefined) this.host.rootFailed(this, failure);
    else this.parent.post({ type: 'child-failed', child: this, failure });
  }

  private applyDecision(decision: 'restart' | 'stop', failure: FailureInfo): void {
    if (decision === 'stop') {
      this.beginEnd('stopping', failure);
      return;
    }
    if (typeof this.behaviour !== 'function') {
      this.logger.log('warn', 'cannot restart an actor that was spawned as an instance; spawn it by factory');
      this.beginEnd('stopping', failure);
      return;
    }
    const { restarts, withinMs } = this.options.restartLimit;
    const now = this.host.clock.monotonic();
    this.restartTimesMs = this.restartTimesMs.filter((at) => now - at < withinMs);
    if (this.restartTimesMs.length >= restarts) {
      const cause = Object.assign(new Error(failure.message), { name: failure.name, code: failure.code, stack: failure.stack });
      this.beginEnd('stopping', failureInfo(new RestartLimitError(this.address, restarts, withinMs, cause), failure.code));
      return;
    }
    this.restartTimesMs.push(now);
    this.host.tally.restarts++;
    this.beginEnd('restarting', undefined);
  }

  /** Ends what belongs to the instance, then waits for its children (A3). */
  private beginEnd(next: 'stopping' | 'restarting', failure: FailureInfo | undefined): void {
    this.state = next;
    this.endFailure = failure;
    this.generation++; // A4
    this.context.cancelTimers();
    for (const correlation of [...this.asks]) this.host.cancelAsk(correlation);
    for (const address of [...this.watching]) this.host.unwatch(this, address);
    this.watching.clear();
    for (const child of this.children.values()) child.requestStop();
    if (this.children.size === 0) this.end();
  }

  private childStopped(child: ActorCell, failure: FailureInfo | undefined): void {
    this.children.delete(child.address);
    this.watching.delete(child.address);
    if (this.state === 'stopping' || this.state === 'restarting') {
      if (this.children.size === 0) this.end();
      return;
    }
    this.deliverSignal({ type: 'terminated', address: child.address, ...(failure === undefined ? {} : { failure }) });
  }

  private end(): void {
    const restarting = this.state === 'restarting';
    const reason: StopReason = restarting ? 'restarting' : this.endFailure === undefined ? 'requested' : 'failed';
    const instance = this.instance;
    this.instance = undefined;
    try {
      instance?.stopped?.(reason);
    } catch (thrown) {
      this.logger.log('error', 'stopped() threw', { error: toError(thrown).message, stack: toError(thrown).stack });
    }
    if (restarting) {
      this.state = 'starting';
      this.createInstance();
      return;
    }
    this.state = 'stopped';
    for (let mail = this.mailbox.takeUser(); mail !== undefined; mail = this.mailbox.takeUser()) {
      if (mail.timer === undefined) this.host.deadLetter(this.address, mail.message, mail.replyTo, 'stopped', this.options.mailboxCapacity);
    }
    this.host.cellStopped(this, this.endFailure);
  }

  private receiveSignal(signal: Signal): void {
    if (!this.watching.has(signal.address)) return; // unwatched meanwhile
    if (signal.type === 'terminated') this.watching.delete(signal.address);
    this.deliverSignal(signal);
  }

  private deliverSignal(signal: Signal): void {
    if (this.state !== 'running') return;
    try {
      this.instance?.signal?.(signal, this.context);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Asserts that a call that makes sense only in a live actor comes from one. */
  assertAlive(what: string): void {
    assert(this.state === 'running' || this.state === 'starting', `${this.address} cannot ${what} while ${this.state}`);
  }
}
