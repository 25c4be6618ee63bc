/**
 * Begins and ends the terms of one JobManager, at `<node>/job-manager`. A Dispatcher or ResourceManager that fails within its term is fatal: another
 * JobManager can take over what this one cannot explain.
 */
import type { Actor, ActorAddress, ActorContext, Signal } from '@weir/actor';
import { assertNever, type FailureInfo, failureInfo, type LeaderEpoch } from '@weir/base';
import type { DispatcherMessage } from './dispatcher.protocol.js';
import type { ElectionEvent } from './leader-election.events.js';

export type TermKeeperMessage =
  | { readonly type: 'granted'; readonly epoch: LeaderEpoch }
  | { readonly type: 'lost' }
  /** Ends the term, hands over, ends the election. */
  | { readonly type: 'stop' };

interface Term {
  readonly dispatcher: ActorAddress;
  readonly resourceManager: ActorAddress;
}

export interface TermKeeperOptions {
  readonly election: ActorAddress;
  readonly begin: (epoch: LeaderEpoch) => Term;
  readonly endResourceManager: (address: ActorAddress) => void;
  readonly onFatalError: (failure: FailureInfo) => void;
  readonly onStopped: () => void;
}

type Context = ActorContext<TermKeeperMessage>;

export class TermKeeperActor implements Actor<TermKeeperMessage> {
  private term: Term | undefined;
  /** Terms that are over, by their Dispatcher, while it suspends its jobs. */
  private readonly ending = new Map<ActorAddress, Term>();
  private stopping = false;

  constructor(private readonly options: TermKeeperOptions) {}

  started(context: Context): void {
    context.watch(this.options.election);
  }

  receive(message: TermKeeperMessage, context: Context): void {
    switch (message.type) {
      case 'granted':
        if (this.stopping) return;
        this.endTerm(context);
        this.term = this.options.begin(message.epoch);
        context.watch(this.term.dispatcher);
        context.watch(this.term.resourceManager);
        return;
      case 'lost':
        this.endTerm(context);
        return;
      case 'stop':
        this.stopping = true;
        this.endTerm(context);
        this.stopElectionWhenQuiet(context);
        return;
      default:
        assertNever(message, 'term keeper message');
    }
  }

  signal(signal: Signal, context: Context): void {
    if (signal.type !== 'terminated') return;
    const { address } = signal;
    const ended = this.ending.get(address);
    if (ended !== undefined) {
      this.ending.delete(address);
      context.unwatch(ended.resourceManager);
      this.options.endResourceManager(ended.resourceManager);
      this.stopElectionWhenQuiet(context);
    } else if (address === this.options.election) {
      if (!this.stopping) this.fatal(signal);
      this.options.onStopped();
      context.stop();
    } else if (address === this.term?.dispatcher || address === this.term?.resourceManager) {
      this.fatal(signal);
    }
  }

  private endTerm(context: Context): void {
    if (this.term === undefined) return;
    this.ending.set(this.term.dispatcher, this.term);
    context.refFor<DispatcherMessage>(this.term.dispatcher).tell({ type: 'leadership-ended' });
    this.term = undefined;
  }

  private stopElectionWhenQuiet(context: Context): void {
    if (this.stopping && this.ending.size === 0) context.refFor<ElectionEvent>(this.options.election).tell({ type: 'stop' });
  }

  private fatal({ address, failure }: Extract<Signal, { type: 'terminated' }>): void {
    this.options.onFatalError(failure ?? failureInfo(new Error(`${address} stopped within its term`), 'WEIR_INVARIANT_BROKEN'));
  }
}
