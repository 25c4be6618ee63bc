/**
 * What an actor is and what it may ask of its system. Handlers are synchronous: work that takes time comes back as a message
 * (`pipe`, timers, `ask`), so an actor's state changes only inside `receive`, `signal`, `run` and `started`, one at a time.
 */
import type { FailureInfo } from '@weir/base';
import type { Cancel, Clock, Logger } from '@weir/ports';
import type { ActorAddress } from './address.js';
import type { AskOptions, ReplyTo } from './ask.js';

/** Names an actor and sends to it. Plain to copy: only `address` crosses the wire; make a ref again with `refFor`. */
export interface ActorRef<M> {
  readonly address: ActorAddress;
  /** Exactly once and FIFO per (sender, receiver) while the link to that node lives; at most once beyond. Never handled within this call. */
  tell(message: M): void;
}

/** News about other actors. They overtake user messages. */
export type Signal =
  /** A watched actor or a child is gone for ever; `failure` when it failed. Told once. */
  | { readonly type: 'terminated'; readonly address: ActorAddress; readonly failure?: FailureInfo }
  /**
   * The node of a watched actor has not answered for the timeout, or messages to or from it may be lost. It may come back; the watch goes
   * on. Told once an episode.
   */
  | { readonly type: 'unreachable'; readonly address: ActorAddress };

/** `requested`: by its parent, itself or a shutdown; `failed`: it threw and was not restarted; `restarting`: a new instance follows. */
export type StopReason = 'requested' | 'failed' | 'restarting';

/** What becomes of a child that threw. `restart`: new instance, same address and mailbox, the message is lost. `escalate`: the parent fails too. */
export type SupervisionDecision = 'restart' | 'stop' | 'escalate';

/** The behaviour behind an address. `M` is its whole protocol: one discriminated union in one file. */
export interface Actor<M> {
  /** First call, in a turn of its own system; also after a restart. */
  started?(context: ActorContext<M>): void;
  /** Handles one message. A throw goes to the parent's `supervise`. */
  receive(message: M, context: ActorContext<M>): void;
  /** News about watched actors and children. Without this method they are ignored. */
  signal?(signal: Signal, context: ActorContext<M>): void;
  /**
   * One batch of work after `wake()`, behind the messages of the turn, so that control overtakes data at batch borders. True asks for
   * another call in a later turn.
   */
  run?(context: ActorContext<M>): boolean;
  /** Last call of this instance: its children are gone, its timers cancelled. A throw is logged. */
  stopped?(reason: StopReason): void;
  /** Decides about a child that threw; `stop` without this method. */
  supervise?(child: ActorAddress, failure: FailureInfo, context: ActorContext<M>): SupervisionDecision;
}

/** Makes an instance; called once, and once more for each restart. A throw counts as a failure of the actor. */
export type ActorFactory<M> = (context: ActorContext<M>) => Actor<M>;

export interface SpawnOptions {
  /** User messages that may wait. At the bound a message becomes a dead letter. Default 10 000. */
  readonly mailboxCapacity?: number;
  /** User messages handled in one turn. Default 64. */
  readonly turnMessages?: number;
  /** A turn ends at the first message border after this. Default 2. */
  readonly turnBudgetMs?: number;
  /** More restarts than this within the window stop the actor. Default 10 within 60 000 ms. */
  readonly restartLimit?: { readonly restarts: number; readonly withinMs: number };
}

/** Timers that become messages to self. Cancelled when the instance stops or restarts; a cancelled one is not delivered, even if it was due. */
export interface ActorTimers<M> {
  /** Sends `message` to self once, not before `delayMs`. */
  after(delayMs: number, message: M): Cancel;
  /** As `after`, replacing the pending timer of the same key. */
  setTimer(key: string, delayMs: number, message: M): void;
  /** Harmless when there is none. */
  cancelTimer(key: string): void;
  isPending(key: string): boolean;
}

/** Given to each handler; stays valid for the actor's life. Calls after its stop do nothing, except `spawn`, which asserts. */
export interface ActorContext<M> {
  readonly self: ActorRef<M>;
  readonly node: string;
  /** Undefined for actors spawned at the root. */
  readonly parent: ActorAddress | undefined;
  readonly clock: Clock;
  /** Adds `actor` = address to each entry. */
  readonly logger: Logger;
  readonly timers: ActorTimers<M>;
  readonly children: readonly ActorAddress[];
  /** False once a stop was asked for, a failure is being decided on, or the actor is gone. */
  readonly isRunning: boolean;

  /** Spawns a child at `<self>/<name>`; `name` may hold several segments. Asserts that this path was never used under this parent. */
  spawn<C>(name: string, actor: Actor<C> | ActorFactory<C>, options?: SpawnOptions): ActorRef<C>;
  /** A reference to any address, on any node. Says nothing about whether somebody is there. */
  refFor<C>(address: ActorAddress): ActorRef<C>;
  /** Stops a child, or self without an argument. Finishes the current handler; waiting messages become dead letters. */
  stop(child?: ActorAddress): void;
  /** Asks for `terminated` and `unreachable` signals of this address; an address where nobody is yields `terminated`. May be called twice. */
  watch(address: ActorAddress): void;
  unwatch(address: ActorAddress): void;

  /** The outcome of `promise` as a message to self; dropped when this instance is gone by then. */
  pipe<T>(promise: Promise<T>, onOk: (value: T) => M, onError: (error: Error) => M): void;
  /** As `ActorSystem.ask`; rejects with `WEIR_ASK_CANCELLED` when this instance goes first. */
  ask<N, Reply>(to: ActorRef<N>, makeMessage: (replyTo: ReplyTo<Reply>) => N, options: AskOptions): Promise<Reply>;
  /** Answers an ask. A second answer, or one after the timeout, is dropped. */
  reply<Reply>(to: ReplyTo<Reply>, value: Reply): void;
  /** Answers an ask with a failure: the asker's promise rejects with the failure's code. */
  replyFailure(to: ReplyTo<never>, failure: unknown): void;

  /** Marks this actor runnable: its `run` is called in a coming turn. Cheap; may be called from any code of this thread, any number of times. */
  wake(): void;
}
