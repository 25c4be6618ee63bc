/** A growing circular FIFO; no allocation in the steady state. Hot path. */
export class MessageQueue<T> {
  private items: (T | undefined)[] = new Array<T | undefined>(16).fill(undefined);
  private head = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  push(item: T): void {
    if (this.count === this.items.length) this.grow();
    this.items[(this.head + this.count) & (this.items.length - 1)] = item;
    this.count++;
  }

  /** The item that `shift` would give after `index` others, or undefined. */
  at(index: number): T | undefined {
    return index < this.count ? this.items[(this.head + index) & (this.items.length - 1)] : undefined;
  }

  /** The oldest item, or undefined when empty. */
  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head = (this.head + 1) & (this.items.length - 1);
    this.count--;
    return item;
  }

  private grow(): void {
    const size = this.items.length;
    const grown = new Array<T | undefined>(size * 2).fill(undefined);
    for (let i = 0; i < size; i++) grown[i] = this.items[(this.head + i) & (size - 1)];
    this.items = grown;
    this.head = 0;
  }
}
