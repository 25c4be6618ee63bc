/** Removes expired state of keys that nobody reads: passes over the store behind the task, as far as the state is accessed. */
import type { KeyGroupRange, Sweeper, TtlFactory } from '@weir/state';
import type { LevelKeyContext, LevelState } from './level-state.js';
import type { LevelStore } from './level-store.js';
import { boundsOf, stateIdAt } from './state-registry.js';

/** Entries that are due until a step is worth while. */
const STEP = 1000;

export interface LevelSweeperParts {
  readonly context: LevelKeyContext;
  readonly store: LevelStore;
  readonly range: KeyGroupRange;
  readonly ttl: () => TtlFactory;
  /** By id. */
  readonly states: () => ReadonlyMap<number, LevelState>;
  /** Runs work on the store behind the task. */
  readonly enqueue: (work: () => Promise<void>) => Promise<void>;
}

export class LevelSweeper implements Sweeper {
  private due = 0;
  private running = false;
  private readonly to: Uint8Array;
  private next: Uint8Array;

  constructor(private readonly parts: LevelSweeperParts) {
    const { from, to } = boundsOf(parts.range);
    this.to = to;
    this.next = from;
  }

  sweep(keys: number): void {
    this.due += keys;
    if (this.due < STEP || this.running) return;
    this.due = 0;
    this.running = true;
    const over = (): void => {
      this.running = false;
    };
    this.parts.enqueue(() => this.step()).then(over, over); // a failure is the backend's
  }

  private async step(): Promise<void> {
    const { store, context, range } = this.parts;
    for await (const entries of store.scan(this.next, this.to)) {
      const { currentKey } = context;
      const states = this.parts.states();
      for (const [key, value] of entries) this.look(states, key, value);
      context.setCurrentKey(currentKey);
      const last = entries[entries.length - 1][0];
      this.next = new Uint8Array(last.length + 1); // the next one there can be
      this.next.set(last);
      return;
    }
    this.next = boundsOf(range).from;
  }

  private look(states: ReadonlyMap<number, LevelState>, key: Uint8Array, value: Uint8Array): void {
    const state = states.get(stateIdAt(key));
    const expiring = state === undefined ? undefined : this.parts.ttl().find(state.entry.name);
    if (state === undefined || expiring === undefined || !expiring.isStale(state.decode(value))) return;
    this.parts.context.setCurrentKey(state.keyOf(key));
    expiring.expire(); // by what is in the cache, which may be newer
  }
}
