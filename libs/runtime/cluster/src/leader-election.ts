/**
 * Who leads (D4), as one contender sees it. Pure: events in, effects out; time is the contender's own monotonic clock.
 *
 *      +--------------------------- conflict, larger epoch -----------------------------+
 *      v                                                                                |
 *   standby --nobody leads / same record for a lease / leader gone--> claiming --> writing --> checking --> leading
 *      ^                                                                                                       |
 *      +----------------------- lease over, larger epoch in the register or in the files ----------------------+      stop -> clearing -> stopped
 *
 *  L1  an epoch is claimed in the files before it is written to the register, and leads at most once;
 *  L2  the lease counts from before the write that got it was sent; a leader whose lease is over steps down before it looks at anything else;
 *  L3  a record is taken over only by compare-and-set on what was read, after it stood unchanged for a whole lease of this clock, its leader is
 *      certainly gone, or it is this contender's own;
 *  L4  after its first write a contender looks into the files: with a larger epoch there it does not begin to lead;
 *  L5  an unknown outcome is resolved by reading: the own nonce with the count of the last write proves it, anything else does not;
 *  L6  a leader that finds the register empty or older than itself writes itself again, unless the files know a larger epoch.
 */
import { assertNever } from '@weir/base';
import type { LeaderRecord, Versioned } from '@weir/ports';
import { ElectionCalls, type LeaderElectionOptions, type RegisterWrite } from './election-calls.js';
import type { ElectionEffect, ElectionEvent, ElectionTimer } from './leader-election.events.js';
import { LeaderLease } from './leader-lease.js';
import { ObservedLeader } from './observed-leader.js';

type State =
  | { readonly name: 'idle' | 'stopped' | 'standby' }
  /** `over`: what is to be replaced. */
  | { readonly name: 'claiming'; readonly over: Versioned<LeaderRecord> | undefined }
  | { readonly name: 'writing' | 'checking'; readonly epoch: number }
  | { readonly name: 'leading'; readonly epoch: number; readonly lease: LeaderLease }
  | { readonly name: 'clearing'; tries: number };

const CLEAR_TRIES = 3;

export class LeaderElection {
  private state: State = { name: 'idle' };
  private observed: ObservedLeader | undefined;
  private readonly calls: ElectionCalls;
  /** A reason to read again came while a call was under way. */
  private readAgain = false;
  /** Larger-epoch check before the register is written over by a leader: what its compare-and-set expects. */
  private rewriteOver = 0;
  private leader: LeaderRecord | undefined;
  private effects: ElectionEffect[] = [];
  private nowMs = 0;

  constructor(private readonly options: LeaderElectionOptions) {
    this.calls = new ElectionCalls(options, (effect) => this.effects.push(effect));
  }

  /** The epoch that is led, with an unexpired lease, at `nowMs`. */
  leads(nowMs: number): number | undefined {
    return this.state.name === 'leading' && this.state.lease.holds(nowMs) ? this.state.epoch : undefined;
  }

  /** As {@link leads}, and irreversible work may be started. */
  leadsWithoutDoubt(nowMs: number): number | undefined {
    return this.state.name === 'leading' && this.state.lease.holdsWithoutDoubt(nowMs) ? this.state.epoch : undefined;
  }

  handle(event: ElectionEvent, nowMs: number): readonly ElectionEffect[] {
    this.effects = [];
    this.nowMs = nowMs;
    if (this.state.name === 'leading' && this.leads(nowMs) === undefined) { // L2
      this.stepDown('the lease ran out unrenewed');
      this.readAgain = true;
    }
    this.decide(event);
    if (this.readAgain && !this.calls.isAwaiting && this.readsNow()) this.read();
    return this.effects;
  }

  private decide(event: ElectionEvent): void {
    if (this.state.name === 'stopped') return;
    switch (event.type) {
      case 'start':
        if (this.state.name !== 'idle') return;
        this.state = { name: 'standby' };
        this.read();
        return;
      case 'stop':
        this.stop();
        return;
      case 'register-hint':
        this.hinted();
        return;
      case 'leader-gone':
        if (this.observed?.record.nonce !== event.nonce) return;
        this.observed.isGone = true;
        this.hinted();
        return;
      case 'timer':
        this.timer(event.timer);
        return;
      case 'register-read':
        if (this.calls.answered(event.call)) this.wasRead(event.found);
        return;
      case 'register-changed':
        if (this.calls.answered(event.call)) this.wasChanged(event.outcome === 'set');
        return;
      case 'epoch-claimed':
        if (this.calls.answered(event.call)) this.claimed(event.epoch);
        return;
      case 'largest-epoch':
        if (this.calls.answered(event.call)) this.largestWasRead(event.epoch ?? 0);
        return;
      case 'call-failed':
        if (this.calls.answered(event.call)) this.callFailed();
        return;
      default:
        assertNever(event, 'election event');
    }
  }

  private timer(timer: ElectionTimer): void {
    switch (timer) {
      case 'poll':
      case 'retry':
      case 'renew':
        if (!this.calls.isAwaiting) this.read();
        return;
      case 'overdue':
        if (!this.calls.isAwaiting) return;
        this.calls.abandon();
        this.callFailed();
        return;
      case 'doubt':
        if (this.state.name === 'leading' && this.state.lease.doubt(this.nowMs)) this.effects.push({ type: 'in-doubt', epoch: this.state.epoch });
        return;
      case 'expire':
        return; // L2 is looked after at each event
      default:
        assertNever(timer, 'election timer');
    }
  }

  private hinted(): void {
    if (this.readsNow()) this.readAgain = true;
  }

  /** What is read now may change what is done next. */
  private readsNow(): boolean {
    return this.state.name === 'standby' || this.state.name === 'writing' || this.state.name === 'leading';
  }

  private stop(): void {
    if (this.state.name === 'clearing') return;
    const mayBeWritten = this.state.name === 'leading' || this.state.name === 'writing' || this.state.name === 'checking';
    this.lose('it was asked to stop');
    this.calls.abandon();
    if (!mayBeWritten) {
      this.end();
      return;
    }
    this.state = { name: 'clearing', tries: 0 };
    this.read();
  }

  private wasRead(found: Versioned<LeaderRecord> | undefined): void {
    switch (this.state.name) {
      case 'standby':
        this.standbySees(found);
        break;
      case 'writing':
        this.candidateSees(found);
        break;
      case 'leading':
        this.leaderSees(found, this.state);
        break;
      case 'clearing':
        if (found === undefined || found.value.nonce !== this.options.nonce || ++this.state.tries > CLEAR_TRIES) this.end();
        else this.calls.clearRegister(found.version);
        break;
      default:
        break;
    }
  }

  private standbySees(found: Versioned<LeaderRecord> | undefined): void {
    const own = found?.value.nonce === this.options.nonce;
    this.tellLeader(own ? undefined : found?.value);
    if (found === undefined || own) {
      this.observed = undefined;
      this.claim(found);
      return;
    }
    if (this.observed?.stands(found) !== true) {
      const { leader, nonce } = found.value;
      this.observed = new ObservedLeader(found, this.nowMs, this.options.node);
      if (!this.observed.isGone) this.effects.push({ type: 'watch-leader', leader, nonce });
    }
    const leftMs = this.observed.leftMs(this.options.leaseMs, this.nowMs);
    if (leftMs <= 0) this.claim(found); // L3
    else this.after('poll', Math.min(leftMs, this.options.renewMs));
  }

  /** L5: the outcome of the first write was unknown. */
  private candidateSees(found: Versioned<LeaderRecord> | undefined): void {
    if (this.calls.isLastWrite(found)) {
      this.check();
      return;
    }
    this.backToStandby();
    this.standbySees(found);
  }

  private leaderSees(found: Versioned<LeaderRecord> | undefined, leading: Extract<State, { name: 'leading' }>): void {
    if (found !== undefined && found.value.epoch === leading.epoch && found.value.nonce === this.options.nonce) {
      if (this.calls.isLastWrite(found)) this.renewed();
      const dueMs = leading.lease.renewalDueInMs(this.nowMs);
      if (dueMs > 0) this.after('renew', dueMs);
      else this.calls.writeRegister(leading.epoch, found.version, this.nowMs);
      return;
    }
    if (found !== undefined && found.value.epoch >= leading.epoch) {
      this.stepDown(`${found.value.leader} leads with epoch ${found.value.epoch}`);
      this.standbySees(found);
      return;
    }
    this.rewriteOver = found?.version ?? 0; // L6
    this.calls.readLargestEpoch();
  }

  private largestWasRead(largest: number): void {
    if (this.state.name === 'leading') {
      if (largest > this.state.epoch) {
        this.stepDown(`epoch ${largest} has been claimed`);
        this.read();
      } else {
        this.calls.writeRegister(this.state.epoch, this.rewriteOver, this.nowMs);
      }
    } else if (this.state.name === 'checking') {
      if (largest > this.state.epoch) { // L4
        this.backToStandby();
        this.read();
      } else {
        this.grant(this.state.epoch);
      }
    }
  }

  private claim(over: Versioned<LeaderRecord> | undefined): void {
    this.state = { name: 'claiming', over };
    this.calls.claimEpoch();
  }

  private claimed(epoch: number): void {
    if (this.state.name !== 'claiming') return;
    const { over } = this.state;
    if (over !== undefined && epoch <= over.value.epoch) {
      this.claim(over); // the files know less than the register: go on until the term is above both
      return;
    }
    this.state = { name: 'writing', epoch };
    this.calls.writeRegister(epoch, over?.version ?? 0, this.nowMs);
  }

  private wasChanged(set: boolean): void {
    switch (this.state.name) {
      case 'writing':
        if (set) {
          this.check();
        } else {
          this.backToStandby();
          this.read();
        }
        return;
      case 'leading':
        if (set) this.renewed();
        else this.read();
        return;
      case 'clearing':
        if (set) this.end();
        else this.read();
        return;
      default:
        return;
    }
  }

  private check(): void {
    if (this.state.name !== 'writing') return;
    this.state = { name: 'checking', epoch: this.state.epoch };
    this.calls.readLargestEpoch();
  }

  private grant(epoch: number): void {
    const { record, sentAtMs } = this.calls.lastWrite as RegisterWrite;
    const lease = new LeaderLease(this.options, sentAtMs);
    if (!lease.holds(this.nowMs)) { // it took too long
      this.backToStandby();
      this.read();
      return;
    }
    this.state = { name: 'leading', epoch, lease };
    this.observed = undefined;
    this.effects.push({ type: 'granted', epoch });
    this.tellLeader(record);
    this.effects.push(...lease.timers(this.nowMs));
  }

  private renewed(): void {
    if (this.state.name !== 'leading') return;
    const { epoch, lease } = this.state;
    const confirmed = lease.renew((this.calls.lastWrite as RegisterWrite).sentAtMs, this.nowMs);
    if (!lease.holds(this.nowMs)) return; // so late that it is over again; the next event steps down
    if (confirmed) this.effects.push({ type: 'confirmed', epoch });
    this.effects.push(...lease.timers(this.nowMs));
  }

  /** A call rejected or was not answered: what it did is unknown, so the register is read, a little later. */
  private callFailed(): void {
    if (this.state.name === 'claiming' || this.state.name === 'checking') this.backToStandby();
    if (this.state.name === 'clearing' && ++this.state.tries > CLEAR_TRIES) {
      this.end();
      return;
    }
    this.after('retry', this.options.renewMs / 4);
  }

  private backToStandby(): void {
    this.state = { name: 'standby' };
  }

  private stepDown(reason: string): void {
    this.lose(reason);
    this.observed = undefined;
    this.backToStandby();
  }

  private lose(reason: string): void {
    if (this.state.name !== 'leading') return;
    this.effects.push({ type: 'lost', epoch: this.state.epoch, reason });
    this.tellLeader(undefined);
  }

  private end(): void {
    this.state = { name: 'stopped' };
    this.calls.abandon();
    this.effects.push({ type: 'stopped' });
  }

  private read(): void {
    this.readAgain = false;
    this.calls.readRegister();
  }

  private after(timer: ElectionTimer, delayMs: number): void {
    this.effects.push({ type: 'timer', timer, delayMs: Math.max(0, delayMs) });
  }

  private tellLeader(record: LeaderRecord | undefined): void {
    if (this.leader?.nonce === record?.nonce && this.leader?.epoch === record?.epoch) return;
    this.leader = record;
    this.effects.push({ type: 'leader', record });
  }
}
