/** The context of an actor: everything it may do, on behalf of the instance that is alive when it is called. */
import { assert, toError } from '@weir/base';
import type { Clock, Logger } from '@weir/ports';
import type { Actor, ActorContext, ActorFactory, ActorRef, ActorTimers, SpawnOptions } from './actor.js';
import type { ActorCell } from './actor-cell.js';
import type { ActorAddress } from './address.js';
import type { AskOptions, ReplyTo } from './ask.js';
import { CellTimers } from './cell-timers.js';
import { AskCancelledError } from './errors.js';

/** The reference of a local actor that is known: no look-up per message. */
export class CellRef implements ActorRef<unknown> {
  constructor(private readonly cell: ActorCell) {}

  get address(): ActorAddress {
    return this.cell.address;
  }

  tell(message: unknown): void {
    this.cell.offer(message, undefined);
  }

  toJSON(): { address: ActorAddress } {
    return { address: this.address };
  }
}

export class CellContext implements ActorContext<unknown> {
  readonly self: ActorRef<unknown>;
  private readonly cellTimers: CellTimers;

  constructor(private readonly cell: ActorCell) {
    this.self = new CellRef(cell);
    this.cellTimers = new CellTimers(cell);
  }

  get node(): string {
    return this.cell.host.node;
  }

  get parent(): ActorAddress | undefined {
    return this.cell.parent?.address;
  }

  get clock(): Clock {
    return this.cell.host.clock;
  }

  get logger(): Logger {
    return this.cell.logger;
  }

  get timers(): ActorTimers<unknown> {
    return this.cellTimers;
  }

  get children(): readonly ActorAddress[] {
    return [...this.cell.children.keys()];
  }

  get isRunning(): boolean {
    return this.cell.isRunning;
  }

  spawn<C>(name: string, actor: Actor<C> | ActorFactory<C>, options: SpawnOptions = {}): ActorRef<C> {
    this.cell.assertAlive('spawn');
    return this.cell.host.spawnCell(this.cell, name, actor as Actor<unknown> | ActorFactory<unknown>, options).context.self;
  }

  refFor<C>(address: ActorAddress): ActorRef<C> {
    return this.cell.host.refFor(address);
  }

  stop(child?: ActorAddress): void {
    if (child === undefined || child === this.cell.address) {
      this.cell.requestStop();
      return;
    }
    assert(child.startsWith(`${this.cell.address}/`), `${this.cell.address} may stop itself and its children, not ${child}`);
    this.cell.children.get(child)?.requestStop();
  }

  watch(address: ActorAddress): void {
    if (!this.cell.isRunning || this.cell.watching.has(address)) return;
    this.cell.watching.add(address);
    this.cell.host.watch(this.cell, address);
  }

  unwatch(address: ActorAddress): void {
    if (this.cell.watching.delete(address)) this.cell.host.unwatch(this.cell, address);
  }

  pipe<T>(promise: Promise<T>, onOk: (value: T) => unknown, onError: (error: Error) => unknown): void {
    const { generation } = this.cell;
    const deliver = (makeMessage: () => unknown): void => {
      if (generation !== this.cell.generation) return;
      try {
        this.cell.offerOwn(generation, makeMessage(), undefined);
      } catch (thrown) {
        this.cell.failLater(generation, toError(thrown));
      }
    };
    promise.then(
      (value) => deliver(() => onOk(value)),
      (thrown: unknown) => deliver(() => onError(toError(thrown))),
    );
  }

  ask<N, Reply>(to: ActorRef<N>, makeMessage: (replyTo: ReplyTo<Reply>) => N, options: AskOptions): Promise<Reply> {
    const { host, asks } = this.cell;
    if (!this.cell.isRunning) return Promise.reject(new AskCancelledError(to.address));
    return host.ask(to as ActorRef<unknown>, makeMessage as (replyTo: ReplyTo<unknown>) => unknown, options, asks) as Promise<Reply>;
  }

  reply<Reply>(to: ReplyTo<Reply>, value: Reply): void {
    this.cell.host.reply(to as ReplyTo<unknown>, value);
  }

  replyFailure(to: ReplyTo<never>, failure: unknown): void {
    this.cell.host.replyFailure(to, failure);
  }

  wake(): void {
    this.cell.wake();
  }

  /** Ends the instance's timers; not part of what actors see. */
  cancelTimers(): void {
    this.cellTimers.cancelAll();
  }
}
