/**
 * The actor around {@link LeaderElection}, at `<node>/leader-election` on each JobManager. It performs the effects and tells its listener, in turns
 * of its own; it decides nothing. Others watch its address: where it is certainly gone, so is the leader.
 */
import type { Actor, ActorAddress, ActorContext, Signal } from '@weir/actor';
import { actorAddress } from '@weir/actor';
import { assertNever, leaderEpoch, type LeaderEpoch, toError } from '@weir/base';
import type { HighAvailability, LeaderRecord, LeaderRegister, Subscription } from '@weir/ports';
import type { LeaderElectionOptions } from './election-calls.js';
import { LeaderElection } from './leader-election.js';
import type { ElectionEffect, ElectionEvent, ElectionTimer } from './leader-election.events.js';

export const LEADER_ELECTION_PATH = 'leader-election';

/** Called within a turn of the election: must not throw. */
export interface LeadershipListener {
  granted(epoch: LeaderEpoch): void;
  /** Half of the lease has passed unrenewed: start nothing irreversible until `confirmed`. */
  inDoubt(epoch: LeaderEpoch): void;
  confirmed(epoch: LeaderEpoch): void;
  lost(epoch: LeaderEpoch, reason: string): void;
  /** Who leads, as far as is known here. */
  leaderChanged(leader: LeaderRecord | undefined): void;
}

export interface LeaderElectionActorOptions extends LeaderElectionOptions {
  readonly register: LeaderRegister;
  /** Where epochs are claimed. */
  readonly highAvailability: HighAvailability;
  readonly listener: LeadershipListener;
}

/** `stop` hands over: clears the own record, then ends the actor. */
export type LeaderElectionMessage = Extract<ElectionEvent, { type: 'stop' }>;

type Context = ActorContext<ElectionEvent>;

export class LeaderElectionActor implements Actor<ElectionEvent> {
  private readonly election: LeaderElection;
  private watching: Subscription | undefined;
  private watched: { readonly address: ActorAddress; readonly nonce: string } | undefined;

  constructor(private readonly options: LeaderElectionActorOptions) {
    this.election = new LeaderElection(options);
  }

  /** The machine, to ask whether the lease still holds at this very moment. */
  get lease(): Pick<LeaderElection, 'leads' | 'leadsWithoutDoubt'> {
    return this.election;
  }

  started(context: Context): void {
    this.watching = this.options.register.watch(() => context.self.tell({ type: 'register-hint' }));
    context.self.tell({ type: 'start' });
  }

  receive(event: ElectionEvent, context: Context): void {
    for (const effect of this.election.handle(event, context.clock.monotonic())) this.perform(effect, context);
  }

  signal(signal: Signal, context: Context): void {
    if (signal.type !== 'terminated' || signal.address !== this.watched?.address) return;
    const { nonce } = this.watched;
    this.watched = undefined;
    this.receive({ type: 'leader-gone', nonce }, context);
  }

  stopped(): void {
    this.watching?.unsubscribe();
  }

  private perform(effect: ElectionEffect, context: Context): void {
    const { register, highAvailability, listener } = this.options;
    switch (effect.type) {
      case 'read-register':
        this.pipe(effect.call, () => register.read(), (found) => ({ type: 'register-read', call: effect.call, found }), context);
        return;
      case 'set-register':
        this.pipe(effect.call, () => register.compareAndSet(effect.expectedVersion, effect.record), (outcome) => ({ type: 'register-changed', call: effect.call, outcome }), context);
        return;
      case 'clear-register':
        this.pipe(effect.call, () => register.clear(effect.expectedVersion), (outcome) => ({ type: 'register-changed', call: effect.call, outcome }), context);
        return;
      case 'claim-epoch':
        this.pipe(effect.call, () => highAvailability.claimEpoch(), (epoch) => ({ type: 'epoch-claimed', call: effect.call, epoch }), context);
        return;
      case 'read-largest-epoch':
        this.pipe(effect.call, () => highAvailability.largestEpoch(), (epoch) => ({ type: 'largest-epoch', call: effect.call, epoch }), context);
        return;
      case 'timer':
        this.timer(effect.timer, effect.delayMs, context);
        return;
      case 'watch-leader':
        this.watchLeader(effect.leader, effect.nonce, context);
        return;
      case 'granted':
        context.logger.log('info', 'leadership granted', { epoch: effect.epoch });
        listener.granted(leaderEpoch(effect.epoch));
        return;
      case 'in-doubt':
        context.logger.log('warn', 'leadership in doubt: the lease could not be renewed for half of its time', { epoch: effect.epoch });
        listener.inDoubt(leaderEpoch(effect.epoch));
        return;
      case 'confirmed':
        context.logger.log('info', 'leadership confirmed', { epoch: effect.epoch });
        listener.confirmed(leaderEpoch(effect.epoch));
        return;
      case 'lost':
        context.logger.log('warn', 'leadership lost', { epoch: effect.epoch, reason: effect.reason });
        listener.lost(leaderEpoch(effect.epoch), effect.reason);
        return;
      case 'leader':
        listener.leaderChanged(effect.record);
        return;
      case 'stopped':
        context.stop();
        return;
      default:
        assertNever(effect, 'election effect');
    }
  }

  private timer(timer: ElectionTimer, delayMs: number, context: Context): void {
    context.timers.setTimer(timer, delayMs, { type: 'timer', timer });
  }

  private watchLeader(leader: string, nonce: string, context: Context): void {
    const address = actorAddress(leader, LEADER_ELECTION_PATH);
    if (this.watched !== undefined) context.unwatch(this.watched.address); // also for another life behind the same address
    context.watch(address);
    this.watched = { address, nonce };
  }

  private pipe<T>(call: number, work: () => Promise<T>, answer: (value: T) => ElectionEvent, context: Context): void {
    context.pipe<T>(Promise.resolve().then(work), answer, (error) => {
      context.logger.log('warn', 'a call of the leader election failed', { error: error.message });
      return { type: 'call-failed', call, reason: toError(error).message };
    });
  }
}
