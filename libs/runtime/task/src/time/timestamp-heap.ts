/** A binary min-heap of numbers. */
export class TimestampHeap {
  private readonly items: number[] = [];

  get size(): number {
    return this.items.length;
  }
  /** The smallest, or Infinity. */
  peek(): number {
    return this.items.length === 0 ? Number.POSITIVE_INFINITY : this.items[0];
  }
  push(value: number): void {
    const { items } = this;
    let at = items.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent] <= value) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = value;
  }
  pop(): number {
    const { items } = this;
    const top = items[0];
    const last = items.pop() as number;
    const { length } = items;
    if (length > 0) {
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= length) break;
        if (child + 1 < length && items[child + 1] < items[child]) child++;
        if (items[child] >= last) break;
        items[at] = items[child];
        at = child;
      }
      items[at] = last;
    }
    return top;
  }
}
