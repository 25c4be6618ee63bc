/**
 * Hot path: a set of states of one size, each with the index of the one it was first reached from. Open addressing over their bytes; the order of
 * insertion is kept, so that the set is also the queue of a breadth-first search.
 */
const CHUNK = 1 << 16;
/** Taken out of the global object once: looked up there for every byte, it dominates the search in a test's sandbox. */
const { imul } = Math;

export class StateSet {
  private readonly chunks: Uint8Array[] = [];
  private parents = new Int32Array(CHUNK);
  private slots = new Int32Array(CHUNK * 2).fill(-1);
  size = 0;

  constructor(private readonly stateSize: number) {}

  /** False when it is there already. `parent`: index of the state before, -1 for the first. */
  add(state: Uint8Array, parent: number): boolean {
    const mask = this.slots.length - 1;
    let slot = hash(state) & mask;
    for (; this.slots[slot] >= 0; slot = (slot + 1) & mask) if (this.equals(this.slots[slot], state)) return false;
    this.slots[slot] = this.size;
    if (this.size === this.parents.length) {
      const grown = new Int32Array(this.parents.length * 2);
      grown.set(this.parents);
      this.parents = grown;
    }
    this.parents[this.size] = parent;
    const offset = this.size % CHUNK;
    if (offset === 0) this.chunks.push(new Uint8Array(CHUNK * this.stateSize));
    this.chunks[this.chunks.length - 1].set(state, offset * this.stateSize);
    this.size++;
    if (this.size * 2 > this.slots.length) this.grow();
    return true;
  }

  /** A view; valid for ever. */
  at(index: number): Uint8Array {
    const offset = (index % CHUNK) * this.stateSize;
    return this.chunks[index >>> 16].subarray(offset, offset + this.stateSize);
  }

  parentOf(index: number): number {
    return this.parents[index];
  }

  private equals(index: number, state: Uint8Array): boolean {
    const chunk = this.chunks[index >>> 16];
    const offset = (index & (CHUNK - 1)) * this.stateSize;
    for (let at = 0; at < state.length; at++) if (chunk[offset + at] !== state[at]) return false;
    return true;
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = this.slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      let slot = hash(this.at(index)) & mask;
      while (this.slots[slot] >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = index;
    }
  }
}

/** FNV-1a with a final mix: states differ in few bytes. */
function hash(state: Uint8Array): number {
  let h = 0x811c9dc5;
  for (let at = 0; at < state.length; at++) h = imul(h ^ state[at], 0x01000193);
  h ^= h >>> 15;
  h = imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
