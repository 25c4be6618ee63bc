/**
 * A leader register in memory: one object is one cluster's register, seen by each contender through {@link MemoryLeaderRegister.as}. Tests make it
 * fail: unreachable, unknown outcomes, stale reads, loss with all it held, going back in time.
 */
import type { CompareAndSetOutcome, Versioned } from '../high-availability.js';
import type { LeaderRecord, LeaderRegister } from '../leader-register.js';
import { TransportBrokenError } from '../transport-errors.js';
import type { Subscription } from '../transport.js';

export type RegisterOperation = 'read' | 'compare-and-set' | 'clear';

/** `unreachable`: nothing happened, the call rejects. `applied`: it took effect, the call rejects all the same. `stale`: a read of the version before. */
export type RegisterFault = 'unreachable' | 'applied' | 'stale';

interface State {
  readonly version: number;
  readonly value: LeaderRecord | undefined;
}

const NOTHING: State = { version: 0, value: undefined };

export class MemoryLeaderRegister implements LeaderRegister {
  /** Asked at each call; undefined: nothing goes wrong. */
  fault: (operation: RegisterOperation, contender: string) => RegisterFault | undefined = () => undefined;
  private readonly listeners = new Set<() => void>();
  private history: State[] = [NOTHING];

  /** What is there now, as nobody can fail to see it. */
  get current(): Versioned<LeaderRecord> | undefined {
    return versioned(this.history[this.history.length - 1]);
  }

  /** The register as this contender sees it. */
  as(contender: string): LeaderRegister {
    return {
      read: () => this.readAs(contender),
      compareAndSet: (expectedVersion, value) => this.change('compare-and-set', contender, expectedVersion, structuredClone(value)),
      clear: (expectedVersion) => this.change('clear', contender, expectedVersion, undefined),
      watch: (listener) => this.watch(listener),
    };
  }

  read(): Promise<Versioned<LeaderRecord> | undefined> {
    return this.readAs('');
  }

  compareAndSet(expectedVersion: number, value: LeaderRecord): Promise<CompareAndSetOutcome> {
    return this.change('compare-and-set', '', expectedVersion, structuredClone(value));
  }

  clear(expectedVersion: number): Promise<CompareAndSetOutcome> {
    return this.change('clear', '', expectedVersion, undefined);
  }

  watch(listener: () => void): Subscription {
    const entry = (): void => listener();
    this.listeners.add(entry);
    return { unsubscribe: () => void this.listeners.delete(entry) };
  }

  /** Everything is gone, the count of versions too. */
  lose(): void {
    this.history = [NOTHING];
    this.hint();
  }

  /** Undoes the last changes, as a restored backup; versions are used again. */
  goBack(changes: number): void {
    this.history = this.history.slice(0, Math.max(1, this.history.length - changes));
    this.hint();
  }

  private readAs(contender: string): Promise<Versioned<LeaderRecord> | undefined> {
    const fault = this.fault('read', contender);
    if (fault === 'unreachable' || fault === 'applied') return Promise.reject(new TransportBrokenError('leader register'));
    const back = fault === 'stale' && this.history.length > 1 ? 2 : 1;
    return Promise.resolve(versioned(this.history[this.history.length - back]));
  }

  private change(operation: RegisterOperation, contender: string, expectedVersion: number, value: LeaderRecord | undefined): Promise<CompareAndSetOutcome> {
    const fault = this.fault(operation, contender);
    if (fault === 'unreachable') return Promise.reject(new TransportBrokenError('leader register'));
    const last = this.history[this.history.length - 1];
    const fits = (last.value === undefined ? 0 : last.version) === expectedVersion && !(value === undefined && last.value === undefined);
    if (fits) {
      this.history.push({ version: last.version + 1, value });
      this.hint();
    }
    if (fault === 'applied') return Promise.reject(new TransportBrokenError('leader register'));
    return Promise.resolve(fits ? 'set' : 'conflict');
  }

  private hint(): void {
    for (const listener of [...this.listeners]) void Promise.resolve().then(() => this.listeners.has(listener) && listener());
  }
}

function versioned({ version, value }: State): Versioned<LeaderRecord> | undefined {
  return value === undefined ? undefined : { version, value };
}
