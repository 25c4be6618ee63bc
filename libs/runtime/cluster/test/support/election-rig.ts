/**
 * Contenders for the leadership in virtual time: pure machines around one register and one directory of epochs, with calls that take their time, get
 * lost before or after they took effect, contenders that stand still or die, and a register that is lost or goes back in time.
 */
import { EventHeap, type HeapEvent, type LeaderRecord, SeededRandom, type Versioned } from '@weir/ports';
import { LeaderElection } from '../../src/leader-election.js';
import type { ElectionEffect, ElectionEvent, ElectionTimer } from '../../src/leader-election.events.js';

export interface ElectionFaults {
  readonly seed: number;
  readonly contenders: number;
  /** Chance of each call to be lost before it takes effect, and as much after it. */
  readonly lossChance: number;
  readonly slowChance: number;
  /** When which contender stands still, and for how long. */
  readonly pauses: readonly { readonly who: number; readonly atMs: number; readonly forMs: number }[];
  readonly crashes: readonly { readonly who: number; readonly atMs: number; readonly downMs: number }[];
  readonly graceful: readonly { readonly who: number; readonly atMs: number; readonly downMs: number }[];
  readonly losses: readonly number[];
  readonly timeTravels: readonly { readonly atMs: number; readonly changes: number }[];
}

export const LEASE_MS = 15_000;
export const RENEW_MS = 3000;

interface Step extends HeapEvent {
  readonly run: () => void;
}

interface Life {
  readonly who: number;
  readonly node: string;
  readonly machine: LeaderElection;
  readonly offsetMs: number;
  readonly timers: Map<ElectionTimer, Step>;
  readonly claimed: Set<number>;
  queue: ElectionEvent[] | undefined;
  alive: boolean;
}

export interface Grant {
  readonly atMs: number;
  readonly who: number;
  readonly epoch: number;
  readonly claimedByIt: boolean;
}

export class ElectionRig {
  nowMs = 0;
  readonly grants: Grant[] = [];
  readonly ends: { readonly atMs: number; readonly who: number; readonly epoch: number }[] = [];
  /** Times at which more than one lease held. */
  readonly overlaps: string[] = [];
  calm = false;
  largestEpoch = 0;
  private readonly heap = new EventHeap<Step>();
  private rank = 0;
  private history: { readonly version: number; readonly value: LeaderRecord | undefined }[] = [{ version: 0, value: undefined }];
  private readonly lives: Life[] = [];
  private readonly watchers: { readonly life: Life; readonly node: string; readonly nonce: string }[] = [];
  private readonly random: SeededRandom;

  constructor(private readonly faults: ElectionFaults) {
    this.random = new SeededRandom(faults.seed);
    for (let who = 0; who < faults.contenders; who++) this.at(this.random.nextInt(2000), () => this.begin(who));
    for (const { who, atMs, forMs } of faults.pauses) this.at(atMs, () => this.pause(who, forMs));
    for (const { who, atMs, downMs } of faults.crashes) this.at(atMs, () => this.crash(who, downMs));
    for (const { who, atMs, downMs } of faults.graceful) this.at(atMs, () => this.stopGracefully(who, downMs));
    for (const atMs of faults.losses) this.at(atMs, () => { this.history = [{ version: 0, value: undefined }]; });
    for (const { atMs, changes } of faults.timeTravels) this.at(atMs, () => { this.history = this.history.slice(0, Math.max(1, this.history.length - changes)); });
  }

  get record(): Versioned<LeaderRecord> | undefined {
    const { version, value } = this.history[this.history.length - 1];
    return value === undefined ? undefined : { version, value };
  }

  /** Contenders whose lease holds now. */
  leaders(): { readonly who: number; readonly epoch: number }[] {
    return this.lives.flatMap(({ alive, who, machine, offsetMs }) => {
      const epoch = alive ? machine.leads(this.nowMs + offsetMs) : undefined;
      return epoch === undefined ? [] : [{ who, epoch }];
    });
  }

  runUntil(endMs: number): void {
    for (;;) {
      const step = this.heap.peek();
      if (step === undefined || step.timeMs > endMs) break;
      this.heap.pop();
      this.nowMs = step.timeMs;
      step.run();
      const leaders = this.leaders();
      if (leaders.length > 1) this.overlaps.push(`${this.nowMs}: ${JSON.stringify(leaders)}`);
    }
    this.nowMs = endMs;
  }

  private at(timeMs: number, run: () => void): Step {
    const step: Step = { timeMs, rank: this.rank++, cancelled: false, run };
    this.heap.push(step);
    return step;
  }

  private live(who: number): Life | undefined {
    return this.lives.find((life) => life.who === who && life.alive);
  }

  private begin(who: number): void {
    if (this.live(who) !== undefined) return; // a name is used by one life at a time
    const node = `jm-${who}`;
    const machine = new LeaderElection({ node, restUrl: '', nonce: this.random.hex(8), leaseMs: LEASE_MS, renewMs: RENEW_MS });
    const life: Life = { who, node, machine, offsetMs: this.random.nextInt(1_000_000), timers: new Map(), claimed: new Set(), queue: undefined, alive: true };
    this.lives.push(life);
    this.tell(life, { type: 'start' });
  }

  private pause(who: number, forMs: number): void {
    const life = this.live(who);
    if (life === undefined || life.queue !== undefined) return;
    life.queue = [];
    this.at(this.nowMs + forMs, () => {
      const queue = life.queue ?? [];
      life.queue = undefined;
      for (const event of queue) this.tell(life, event);
    });
  }

  private crash(who: number, downMs: number): void {
    const life = this.live(who);
    if (life === undefined) return;
    this.gone(life);
    this.at(this.nowMs + downMs, () => this.begin(who));
  }

  private stopGracefully(who: number, downMs: number): void {
    const life = this.live(who);
    if (life === undefined || life.queue !== undefined) return;
    this.tell(life, { type: 'stop' });
    this.at(this.nowMs + downMs, () => {
      if (life.alive) this.gone(life);
      this.begin(who);
    });
  }

  private gone(life: Life): void {
    life.alive = false;
    for (const watcher of this.watchers.filter(({ node }) => node === life.node)) {
      this.watchers.splice(this.watchers.indexOf(watcher), 1);
      this.tellGone(watcher.life, watcher.nonce);
    }
  }

  private tellGone(life: Life, nonce: string): void {
    this.at(this.nowMs + 1 + this.random.nextInt(500), () => this.tell(life, { type: 'leader-gone', nonce }));
  }

  private tell(life: Life, event: ElectionEvent): void {
    if (!life.alive) return;
    if (life.queue !== undefined) {
      life.queue.push(event);
      return;
    }
    for (const effect of life.machine.handle(event, this.nowMs + life.offsetMs)) this.perform(effect, life);
  }

  private perform(effect: ElectionEffect, life: Life): void {
    switch (effect.type) {
      case 'read-register': {
        const { call } = effect;
        this.calling(life, call, () => ({ type: 'register-read', call, found: this.record }));
        return;
      }
      case 'set-register': {
        const { call } = effect;
        this.calling(life, call, () => ({ type: 'register-changed', call, outcome: this.change(effect.expectedVersion, effect.record) }));
        return;
      }
      case 'clear-register': {
        const { call } = effect;
        this.calling(life, call, () => ({ type: 'register-changed', call, outcome: this.change(effect.expectedVersion, undefined) }));
        return;
      }
      case 'claim-epoch': {
        const { call } = effect;
        this.calling(life, call, () => {
          const epoch = ++this.largestEpoch;
          life.claimed.add(epoch);
          return { type: 'epoch-claimed', call, epoch };
        });
        return;
      }
      case 'read-largest-epoch': {
        const { call } = effect;
        this.calling(life, call, () => ({ type: 'largest-epoch', call, epoch: this.largestEpoch === 0 ? undefined : this.largestEpoch }));
        return;
      }
      case 'timer': {
        const { timer } = effect;
        const pending = life.timers.get(timer);
        if (pending !== undefined) pending.cancelled = true;
        life.timers.set(timer, this.at(this.nowMs + effect.delayMs, () => this.tell(life, { type: 'timer', timer })));
        return;
      }
      case 'watch-leader': {
        const alive = this.lives.some((other) => other.alive && other.node === effect.leader);
        if (alive) this.watchers.push({ life, node: effect.leader, nonce: effect.nonce });
        else this.tellGone(life, effect.nonce);
        return;
      }
      case 'granted':
        this.grants.push({ atMs: this.nowMs, who: life.who, epoch: effect.epoch, claimedByIt: life.claimed.has(effect.epoch) });
        return;
      case 'lost':
        this.ends.push({ atMs: this.nowMs, who: life.who, epoch: effect.epoch });
        return;
      case 'stopped':
        this.gone(life);
        return;
      default:
        return;
    }
  }

  /** A call on its way there and back. */
  private calling(life: Life, call: number, work: () => ElectionEvent): void {
    const { random, faults } = this;
    const delay = (): number => (!this.calm && random.chance(faults.slowChance) ? random.nextInt(8000) : 1 + random.nextInt(20));
    const fate = this.calm ? 1 : random.next();
    const there = this.nowMs + delay();
    const back = there + delay();
    const failed: ElectionEvent = { type: 'call-failed', call, reason: 'injected' };
    if (fate < faults.lossChance) {
      this.at(back, () => this.tell(life, failed));
      return;
    }
    this.at(there, () => {
      const answer = work();
      this.at(back, () => this.tell(life, fate < 2 * faults.lossChance ? failed : answer));
    });
  }

  private change(expectedVersion: number, value: LeaderRecord | undefined): 'set' | 'conflict' {
    const last = this.history[this.history.length - 1];
    if ((last.value === undefined ? 0 : last.version) !== expectedVersion) return 'conflict';
    this.history.push({ version: last.version + 1, value });
    for (const life of this.lives) if (this.random.chance(0.5)) this.at(this.nowMs + 1 + this.random.nextInt(50), () => this.tell(life, { type: 'register-hint' }));
    return 'set';
  }
}
