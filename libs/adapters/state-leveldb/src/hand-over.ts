/**
 * The dirty entries at a barrier, which are encoded behind the task. An entry that is used again before its turn is encoded first, as it was
 * at the barrier: what is handed out may be changed in place.
 */
import type { CacheEntry } from './entry-cache.js';
import type { LevelOperation } from './level-store.js';

export class HandOver {
  private readonly operations: (LevelOperation | undefined)[];
  private failure: unknown;

  constructor(readonly entries: readonly CacheEntry[]) {
    this.operations = new Array<LevelOperation | undefined>(entries.length);
    entries.forEach((entry, i) => {
      entry.handOver = this;
      entry.handOverAt = i;
    });
  }

  /** Before it is used again. What goes wrong fails the snapshot, and not the function that uses it. */
  release(entry: CacheEntry): void {
    try {
      this.operations[entry.handOverAt] = this.encode(entry);
    } catch (failure) {
      this.failure ??= failure;
    }
  }
  private encode(entry: CacheEntry): LevelOperation {
    entry.handOver = undefined;
    return entry.state.operationFor(entry);
  }

  /** Operations of the entries `[from, from + count)`. */
  take(from: number, count: number): LevelOperation[] {
    if (this.failure !== undefined) throw this.failure;
    const taken: LevelOperation[] = [];
    for (let i = from; i < Math.min(from + count, this.entries.length); i++) {
      taken.push(this.operations[i] ?? this.encode(this.entries[i]));
      this.operations[i] = undefined;
    }
    return taken;
  }
}
