/** A binary heap of events ordered by (time, rank); what virtual time is made of. */

/** An entry; `rank` breaks ties. `cancelled` entries are skipped when they come up. */
export interface HeapEvent {
  readonly timeMs: number;
  readonly rank: number;
  cancelled: boolean;
}

export class EventHeap<E extends HeapEvent> {
  private readonly items: E[] = [];

  /** Entries, cancelled ones included. */
  get size(): number {
    return this.items.length;
  }

  push(event: E): void {
    const { items } = this;
    let at = items.length;
    items.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(event, items[above])) break;
      items[at] = items[above];
      at = above;
    }
    items[at] = event;
  }

  /** The earliest live event, left in place. */
  peek(): E | undefined {
    while (this.items.length > 0 && this.items[0].cancelled) this.removeTop();
    return this.items[0];
  }

  /** Removes and returns the earliest live event. */
  pop(): E | undefined {
    const top = this.peek();
    if (top !== undefined) this.removeTop();
    return top;
  }

  /** Live events, in no particular order. */
  live(): E[] {
    return this.items.filter((event) => !event.cancelled);
  }

  private removeTop(): void {
    const { items } = this;
    const moved = items.pop();
    if (moved === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && before(items[below + 1], items[below])) below++;
      if (!before(items[below], moved)) break;
      items[at] = items[below];
      at = below;
    }
    items[at] = moved;
  }
}

function before(a: HeapEvent, b: HeapEvent): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.rank < b.rank);
}
