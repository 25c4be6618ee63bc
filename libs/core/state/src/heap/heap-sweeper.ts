/** Removes expired state of keys that nobody reads: a few slots at each access, round and round. */
import type { Sweeper, TtlFactory } from '../ttl/ttl-factory.js';
import type { CapturedState } from './slot-capture.js';
import type { HeapKeyContext } from './slot-key-context.js';

export class HeapSweeper implements Sweeper {
  private next = 0;
  constructor(private readonly context: HeapKeyContext, private readonly states: ReadonlyMap<string, CapturedState>, private readonly ttl: () => TtlFactory) {}

  sweep(keys: number): void {
    const { context } = this;
    const { currentKey } = context;
    let moved = false;
    for (let i = 0; i < keys && context.index.end > 0; i++) {
      if (this.next >= context.index.end) this.next = 0;
      const slot = this.next++;
      if (slot === context.currentSlot && !moved) continue; // whoever is at it sees to it
      for (const { name, table } of this.states.values()) {
        const state = this.ttl().find(name);
        if (state === undefined || !table.isSet(slot) || !state.isStale(table.getSlot(slot))) continue;
        context.setCurrentKey(context.index.keyAt(slot));
        moved = true;
        state.expire();
      }
    }
    if (moved) context.setCurrentKey(currentKey);
  }
}
