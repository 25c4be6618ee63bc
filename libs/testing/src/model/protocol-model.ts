/**
 * Leaders, checkpoints, register, files and transactions as one transition system: every step a leader, a task or the world can take in a state.
 *
 * A leader that is paused simply takes no step; it may wake at any later moment. Steps are as small as the operations between which a process
 * can be stopped: one read, one compare-and-set, one file operation. Merged, because nobody can see between: creating a file exclusively with
 * all its bytes and making it durable, except for `_metadata`, whose name is visible before its directory is synced.
 *
 *  M1  Files that are durable are never lost, those that are only visible are lost in a power cut, which also ends all processes.
 *  M2  The register may lose everything or its last write; afterwards versions are counted again, so a stale one may fit by chance.
 *  M3  Tasks outlive their leader: what it notified them of is committed at any later time, or not at all.
 *  M4  A transaction is prepared before its checkpoint's `_metadata` is written, and may still be prepared by tasks of a deposed leader.
 */
import { type ModelOptions, type Rule } from './guards.js';
import { choose, isVoid, lineage, recordsThere } from './history-rules.js';
import { Head, Metadata, NO_RECORD, Pc, StateLayout, Transaction } from './state-layout.js';
import type { StepName } from './step-names.js';

const { clz32, max } = Math;

/** `next` is valid during the call only. `violation`: what this step broke. */
export type OnStep = (name: StepName, epoch: number, reference: number, next: Uint8Array, violation: string | undefined) => void;

export class ProtocolModel {
  readonly layout: StateLayout;
  private readonly leaders: number;
  private readonly registerFaults: number;
  private readonly powerCuts: number;
  private readonly without: ReadonlySet<Rule>;
  private readonly next: Uint8Array;
  private violation: string | undefined;
  private from: Uint8Array = new Uint8Array(0);
  private onStep: OnStep = () => undefined;

  constructor({ epochs = 3, leaders = 2, checkpoints = 2, registerFaults = 1, powerCuts = 1, without = [] }: ModelOptions = {}) {
    this.layout = new StateLayout(epochs, checkpoints);
    this.leaders = leaders;
    this.registerFaults = registerFaults;
    this.powerCuts = powerCuts;
    this.without = new Set(without);
    this.next = new Uint8Array(this.layout.size);
  }

  keeps(rule: Rule): boolean {
    return !this.without.has(rule);
  }

  /** Calls `onStep` for every step that can be taken in `state`, always in the same order. */
  expand(state: Uint8Array, onStep: OnStep): void {
    this.from = state;
    this.onStep = onStep;
    this.claims();
    for (let epoch = 1; epoch <= this.layout.epochs; epoch++) {
      if (this.layout.isAlive(state, epoch)) this.leader(epoch);
      this.tasks(epoch);
    }
    this.world();
  }

  // --- D4: the claim -------------------------------------------------------------------------------------------------

  private claims(): void {
    const { layout, from } = this;
    let alive = from[Head.claimer] === 0 ? 0 : 1;
    for (let epoch = 1; epoch <= layout.epochs; epoch++) if (layout.isAlive(from, epoch)) alive++;
    const epoch = from[Head.largestEpoch] + 1;
    if (alive < this.leaders && epoch <= layout.epochs) {
      const claimed = this.begin();
      claimed[Head.largestEpoch] = epoch;
      claimed[layout.pc(epoch)] = Pc.claimed;
      this.end('claim-epoch', epoch);
      if (!this.keeps('exclusive-epoch-claim') && from[Head.claimer] === 0) {
        this.begin()[Head.claimer] = epoch;
        this.end('look-at-epochs', epoch);
      }
    }
    const looked = from[Head.claimer];
    if (looked === 0) return;
    const taken = this.begin();
    taken[Head.claimer] = 0;
    if (from[Head.largestEpoch] >= looked) this.violation = `two leaders act in epoch ${looked}`;
    taken[Head.largestEpoch] = max(looked, from[Head.largestEpoch]);
    taken[layout.pc(looked)] = Pc.claimed;
    this.end('take-epoch', looked);
  }

  // --- D5: recovery, then checkpoints --------------------------------------------------------------------------------

  private leader(epoch: number): void {
    const { layout, from } = this;
    const pcAt = layout.pc(epoch);
    const firstAt = layout.first(epoch);
    const secondAt = layout.second(epoch);
    const pc = from[pcAt];
    const second = from[secondAt];
    const own = layout.reference(second, epoch);
    switch (pc) {
      case Pc.claimed: {
        if (from[Head.registerEpoch] > epoch) return this.deposed('see-newer-register', epoch, 0);
        const next = this.begin();
        next[pcAt] = Pc.registerRead;
        next[firstAt] = from[Head.registerEpoch] === 0 ? NO_RECORD : from[Head.registerPointer];
        this.end('read-register', epoch, from[Head.registerPointer]);
        break;
      }
      case Pc.registerRead: {
        const next = this.begin();
        next[pcAt] = Pc.recordsRead;
        next[secondAt] = this.keeps('restored-record') ? recordsThere(layout, from) : 0;
        this.end('read-records', epoch);
        break;
      }
      case Pc.recordsRead:
        return this.list(epoch, from[firstAt], second);
      case Pc.chosen: {
        const next = this.begin();
        const base = from[firstAt];
        if (base !== 0 && this.keeps('adopted-metadata-is-synced') && next[layout.metadata(base)] === Metadata.visible) next[layout.metadata(base)] = Metadata.durable;
        next[layout.record(epoch)] = base;
        next[firstAt] = 0;
        next[pcAt] = Pc.recorded;
        this.end(this.keeps('restored-record') ? 'write-record' : 'remember-choice', epoch, base);
        break;
      }
      case Pc.recorded:
        return this.readForSet(epoch, from[layout.record(epoch)], Pc.adoptCas, Pc.adoptCheck);
      case Pc.adoptCas:
      case Pc.adoptCasStale:
        return this.compareAndSet(epoch, from[layout.record(epoch)], pc === Pc.adoptCas, Pc.recorded, Pc.adoptCheck);
      case Pc.adoptCheck:
        if (from[Head.largestEpoch] > epoch) return this.deposed('see-larger-epoch', epoch, 0);
        this.begin()[pcAt] = from[layout.record(epoch)] === 0 ? Pc.abortOthers : Pc.commitRestored;
        this.end('find-no-larger-epoch', epoch);
        break;
      case Pc.commitRestored: {
        const next = this.begin();
        if (this.keeps('recovery-settles-transactions')) this.commit(lineage(layout, from, from[layout.record(epoch)]), epoch);
        next[pcAt] = Pc.abortOthers;
        this.end('commit-restored', epoch, from[layout.record(epoch)]);
        break;
      }
      case Pc.abortOthers:
        return this.abortOthers(epoch);
      case Pc.leading:
        return this.lead(epoch);
      case Pc.staged: {
        const next = this.begin();
        next[layout.metadata(own)] = Metadata.visible;
        next[pcAt] = Pc.linked;
        this.end('link-metadata', epoch, own);
        this.begin();
        this.giveUpCheckpoint(epoch);
        this.end('fail-metadata', epoch, own);
        break;
      }
      case Pc.linked:
        if (!this.keeps('metadata-before-pointer')) return this.readForSet(epoch, own, Pc.completeCas, Pc.completeCheck);
        this.syncMetadata('sync-metadata', epoch, own);
        if (this.keeps('ambiguous-metadata-is-settled')) break; // syncing again is the same step
        this.begin();
        this.giveUpCheckpoint(epoch);
        this.end('give-up-ambiguous', epoch, own);
        break;
      case Pc.durable:
        return this.readForSet(epoch, own, Pc.completeCas, Pc.completeCheck);
      case Pc.completeCas:
      case Pc.completeCasStale:
        return this.compareAndSet(epoch, own, pc === Pc.completeCas, this.keeps('metadata-before-pointer') ? Pc.durable : Pc.linked, Pc.completeCheck);
      case Pc.completeCheck: {
        if (from[Head.largestEpoch] > epoch && this.keeps('epoch-check-before-notify')) return this.deposed('see-larger-epoch', epoch, own);
        const next = this.begin();
        if (from[Head.settledEpoch] > epoch) this.violation = `leader ${epoch} completes checkpoint ${second} after leader ${from[Head.settledEpoch]} has taken over`;
        next[layout.notified(epoch)] |= 1 << (second - 1);
        next[firstAt] = second;
        next[secondAt] = second + 1;
        next[pcAt] = Pc.leading;
        this.end('notify', epoch, own);
        break;
      }
      case Pc.discarding:
        this.discard(epoch);
        break;
    }
    if (from[pcAt] !== Pc.gone) this.gone('crash', epoch);
  }

  private list(epoch: number, seen: number, records: number): void {
    const { layout, from } = this;
    const registerThere = seen !== NO_RECORD;
    const pointer = registerThere ? seen : 0;
    const choice = choose(layout, from, { records, registerThere, pointer, recordNamesEpoch: this.keeps('record-names-epoch') });
    if ('lost' in choice) {
      // A register that was rolled back, or files that came and went: a later try decides again. That the job is lost for good, the check of states tells.
      return this.gone('refuse-to-start', epoch);
    }
    let largestId = layout.idOf(pointer);
    for (let reference = 1; reference <= layout.references; reference++) {
      if (from[layout.metadata(reference)] !== Metadata.absent) largestId = max(largestId, layout.idOf(reference));
    }
    for (let other = 1; other <= layout.epochs; other++) {
      if ((records & (1 << (other - 1))) !== 0) largestId = max(largestId, layout.idOf(from[layout.record(other)]));
    }
    const next = this.begin();
    next[layout.pc(epoch)] = Pc.chosen;
    next[layout.first(epoch)] = choice.reference;
    next[layout.second(epoch)] = largestId + 1;
    this.end('choose', epoch, choice.reference);
    if (from[layout.pc(epoch)] !== Pc.gone) this.gone('crash', epoch);
  }

  private readForSet(epoch: number, pointer: number, cas: number, known: number): void {
    const { layout, from } = this;
    const current = from[Head.registerEpoch];
    if (current > epoch) return this.deposed('see-newer-register', epoch, pointer);
    const there = current === epoch && from[Head.registerPointer] === pointer;
    this.begin()[layout.pc(epoch)] = there ? known : cas;
    this.end(there ? 'find-register-set' : 'read-register', epoch, there ? pointer : from[Head.registerPointer]);
    this.deposed('stay-unsure', epoch, pointer);
    this.gone('crash', epoch);
  }

  private compareAndSet(epoch: number, pointer: number, fresh: boolean, read: number, known: number): void {
    const { layout, from } = this;
    const pcAt = layout.pc(epoch);
    const mayFit = fresh || !this.keeps('pointer-names-version') || from[Head.registerFaults] > 0; // M2
    const unknown = (): void => {
      if (this.keeps('unknown-outcome-is-reread')) this.next[pcAt] = read;
      else if (known === Pc.completeCheck) this.giveUpCheckpoint(epoch);
      else this.clear(epoch);
    };
    if (mayFit) {
      this.setRegister(epoch, pointer);
      this.next[pcAt] = known;
      this.end('set-register', epoch, pointer);
      this.setRegister(epoch, pointer);
      unknown();
      this.end('set-register-unknown', epoch, pointer);
    }
    if (!fresh) {
      this.begin()[pcAt] = read;
      this.end('conflict', epoch, pointer);
    }
    this.begin();
    unknown();
    this.end('not-set-unknown', epoch, pointer);
    this.gone('crash', epoch);
  }

  private setRegister(epoch: number, pointer: number): void {
    const next = this.begin();
    if (next[Head.registerEpoch] > epoch && next[Head.registerFaults] === 0) {
      this.violation = `leader ${epoch} sets the register over leader ${next[Head.registerEpoch]}, which has taken over`;
    }
    const keepsOld = next[Head.registerFaults] < this.registerFaults;
    next[Head.previousEpoch] = keepsOld ? next[Head.registerEpoch] : 0;
    next[Head.previousPointer] = keepsOld ? next[Head.registerPointer] : 0;
    next[Head.registerEpoch] = epoch;
    next[Head.registerPointer] = pointer;
    this.outdateReaders();
  }

  private outdateReaders(): void {
    const { layout, next } = this;
    for (let epoch = 1; epoch <= layout.epochs; epoch++) {
      if (next[layout.pc(epoch)] === Pc.adoptCas) next[layout.pc(epoch)] = Pc.adoptCasStale;
      if (next[layout.pc(epoch)] === Pc.completeCas) next[layout.pc(epoch)] = Pc.completeCasStale;
    }
  }

  private lead(epoch: number): void {
    const { layout, from } = this;
    const id = from[layout.second(epoch)];
    if (id <= layout.checkpoints) {
      const own = layout.reference(id, epoch);
      const next = this.begin();
      next[layout.transaction(own)] = Transaction.staged;
      next[layout.pc(epoch)] = Pc.staged;
      this.end('stage', epoch, own);
    }
    this.failOver(epoch);
    if (this.discardable(epoch)) {
      if (from[Head.largestEpoch] > epoch) return this.deposed('see-larger-epoch', epoch, 0);
      this.begin()[layout.pc(epoch)] = Pc.discarding;
      this.end('may-discard', epoch);
    }
    this.gone('crash', epoch);
  }

  /** D9 under one leader: tasks start again from what it completed last, and abort what they had prepared since. */
  private failOver(epoch: number): void {
    const { layout, from } = this;
    const latest = from[layout.first(epoch)];
    const next = this.begin();
    let aborted = 0;
    for (let id = latest + 1; id < from[layout.second(epoch)]; id++) {
      if (id > layout.checkpoints || next[layout.transaction(layout.reference(id, epoch))] !== Transaction.staged) continue;
      next[layout.transaction(layout.reference(id, epoch))] = Transaction.aborted;
      next[layout.skipped(epoch)] |= 1 << (id - 1);
      aborted = layout.reference(id, epoch);
    }
    if (aborted === 0) return;
    const restored = latest === 0 ? from[layout.record(epoch)] : layout.reference(latest, epoch);
    this.commit(lineage(layout, from, restored), epoch);
    this.end('fail-over', epoch, restored);
  }

  private discardable(epoch: number): boolean {
    for (let reference = 1; reference <= this.layout.references; reference++) if (this.isDiscardable(epoch, reference)) return true;
    return false;
  }

  /** Older than the last completed one, or of an earlier epoch and void. */
  private isDiscardable(epoch: number, reference: number): boolean {
    const { layout, from } = this;
    if (from[layout.metadata(reference)] === Metadata.absent || layout.epochOf(reference) > epoch) return false;
    const id = layout.idOf(reference);
    const baseId = layout.idOf(from[layout.record(epoch)]);
    if (id < max(from[layout.first(epoch)], baseId)) return true;
    return layout.epochOf(reference) < epoch && this.keeps('restored-record')
      && isVoid(layout, from, id, layout.epochOf(reference), 1 << (epoch - 1), this.keeps('record-names-epoch'));
  }

  private discard(epoch: number): void {
    const { layout } = this;
    const next = this.begin();
    let last = 0;
    for (let reference = 1; reference <= layout.references; reference++) {
      if (!this.isDiscardable(epoch, reference)) continue;
      next[layout.metadata(reference)] = Metadata.absent;
      last = reference;
    }
    next[layout.pc(epoch)] = Pc.leading;
    this.end('discard', epoch, last);
  }

  private syncMetadata(name: StepName, epoch: number, own: number): void {
    const next = this.begin();
    if (next[this.layout.metadata(own)] === Metadata.visible) next[this.layout.metadata(own)] = Metadata.durable;
    next[this.layout.pc(epoch)] = Pc.durable;
    this.end(name, epoch, own);
  }

  /** The checkpoint counts as failed and the job goes on; the next one has the next id. */
  private giveUpCheckpoint(epoch: number): void {
    this.next[this.layout.second(epoch)]++;
    this.next[this.layout.pc(epoch)] = Pc.leading;
  }

  /** Ends a leadership. It deletes nothing; without that guard, the checkpoint that it could not complete. */
  private deposed(name: StepName, epoch: number, reference: number): void {
    const { layout, from } = this;
    this.begin();
    this.clear(epoch);
    const completing = from[layout.pc(epoch)] >= Pc.durable && from[layout.pc(epoch)] <= Pc.completeCheck;
    if (completing && !this.keeps('deposed-deletes-nothing')) {
      this.next[layout.metadata(reference)] = Metadata.absent;
      this.end(name === 'stay-unsure' ? 'stay-unsure-and-delete' : 'step-down-and-delete', epoch, reference);
    } else this.end(name, epoch, reference);
  }

  private gone(name: StepName, epoch: number): void {
    this.begin();
    this.clear(epoch);
    this.end(name, epoch);
  }

  private clear(epoch: number): void {
    const { layout, next } = this;
    next[layout.pc(epoch)] = Pc.gone;
    next[layout.first(epoch)] = 0;
    next[layout.second(epoch)] = 0;
  }

  // --- D7: transactions ----------------------------------------------------------------------------------------------

  private commit(transactions: number, by: number): void {
    const { layout, next } = this;
    for (let reference = 1; reference <= layout.references; reference++) {
      if ((transactions & (1 << (reference - 1))) === 0) continue;
      const at = layout.transaction(reference);
      if (next[at] === Transaction.aborted) this.violation = `the transaction of checkpoint ${layout.idOf(reference)} of leader ${layout.epochOf(reference)} is to be committed, but was aborted: its records are lost`;
      else if (next[at] === Transaction.staged) {
        next[at] = Transaction.committed;
        if (next[Head.settledEpoch] > by) this.violation = `tasks of leader ${by} make output visible after leader ${next[Head.settledEpoch]} has settled all transactions`;
      }
    }
  }

  /** Of earlier epochs only: an attempt never touches what a later one prepared. One that starts from nothing makes room for its own output. */
  private abortOthers(epoch: number): void {
    const { layout, from } = this;
    const base = from[layout.record(epoch)];
    const fresh = base === 0;
    const wanted = lineage(layout, from, base);
    const next = this.begin();
    if (this.keeps('recovery-settles-transactions')) {
      for (let reference = 1; reference <= layout.references; reference++) {
        const at = layout.transaction(reference);
        const reached = layout.epochOf(reference) < epoch || (fresh && !this.keeps('history-spares-later-epochs'));
        if (!reached || (wanted & (1 << (reference - 1))) !== 0) continue;
        if (next[at] === Transaction.staged) next[at] = Transaction.aborted;
        else if (next[at] === Transaction.committed && fresh) {
          this.violation = `leader ${epoch} starts from nothing and removes what checkpoint ${layout.idOf(reference)} of leader ${layout.epochOf(reference)} had made visible`;
        }
      }
    }
    next[Head.settledEpoch] = max(epoch, next[Head.settledEpoch]);
    next[layout.first(epoch)] = 0;
    next[layout.pc(epoch)] = Pc.leading;
    this.end(fresh ? 'begin-history' : 'abort-others', epoch, base);
    this.gone('crash', epoch);
  }

  /** M3 */
  private tasks(epoch: number): void {
    const { layout, from } = this;
    const notified = from[layout.notified(epoch)];
    if (notified === 0) return;
    const reference = layout.reference(32 - clz32(notified), epoch);
    const next = this.begin();
    this.commit(lineage(layout, from, reference), epoch);
    if (this.violation === undefined && next.every((value, at) => value === from[at])) return;
    this.end('commit', epoch, reference);
  }

  // --- The world ----------------------------------------------------------------------------------------------------

  private world(): void {
    const { layout, from } = this;
    if (from[Head.registerFaults] < this.registerFaults && from[Head.registerEpoch] !== 0) {
      this.registerFault(0, 0);
      this.end('lose-register', 0);
      if (from[Head.previousEpoch] !== 0) {
        this.registerFault(from[Head.previousEpoch], from[Head.previousPointer]);
        this.end('roll-register-back', from[Head.previousEpoch], from[Head.previousPointer]);
      }
    }
    if (from[Head.powerCuts] < this.powerCuts) {
      const next = this.begin();
      next[Head.powerCuts]++;
      next[Head.claimer] = 0;
      for (let epoch = 1; epoch <= layout.epochs; epoch++) if (layout.isAlive(from, epoch)) this.clear(epoch);
      for (let reference = 1; reference <= layout.references; reference++) {
        if (next[layout.metadata(reference)] === Metadata.visible) next[layout.metadata(reference)] = Metadata.absent;
      }
      this.end('power-cut', 0);
    }
  }

  private registerFault(epoch: number, pointer: number): void {
    const next = this.begin();
    next[Head.registerFaults]++;
    next[Head.registerEpoch] = epoch;
    next[Head.registerPointer] = pointer;
    next[Head.previousEpoch] = 0;
    next[Head.previousPointer] = 0;
    this.outdateReaders();
  }

  private begin(): Uint8Array {
    this.next.set(this.from);
    this.violation = undefined;
    return this.next;
  }

  private end(name: StepName, epoch: number, reference = 0): void {
    this.onStep(name, epoch, reference, this.next, this.violation);
  }
}
