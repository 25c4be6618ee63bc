/**
 * One snapshot of the heap backend while its rows are being encoded (ADR 0007).
 *
 *  C1  It holds the slots with `base < mark <= interval`, each as it was when it began: whoever touches a slot that the cursor has not reached
 *      has it encoded first.
 *  C2  A slot is encoded once: what was touched since the beginning has a later mark, and the cursor passes over it.
 *
 *   file = u32 header length, header (guarded MessagePack), row*
 *   row  = zigzag varint slot minus the slot before, bits of the states that are set (a byte for each eight), [canonical key, body of each state that is set]
 */
import { ByteWriter, toError } from '@weir/base';
import { encodeKey, encodeMessage } from '@weir/types';
import type { StateBody } from '../state-body.js';
import type { StateTable } from './heap-tables.js';
import type { KeyedStateMeta } from './keyed-snapshot.js';
import type { HeapKeyContext, SlotWatcher } from './slot-key-context.js';

export const ROWS_VERSION = 1;

export interface RowsHeader {
  readonly version: number;
  /** By bit. */
  readonly states: readonly KeyedStateMeta[];
}

/** A state with its body, in the order of the bits. */
export interface CapturedState {
  readonly name: string;
  readonly table: StateTable;
  readonly body: StateBody;
}

const CHUNK_BYTES = 1 << 20;

export class SlotCapture implements SlotWatcher {
  private readonly chunks: ByteWriter[] = [];
  private out: ByteWriter;
  private readonly end: number;
  private cursor = 0;
  private lastSlot = 0;
  private readonly maskBytes: number;
  private failure: Error | undefined;

  /** `base` below zero: all that is set. `spare`: writers of earlier captures, which are used up. */
  constructor(private readonly context: HeapKeyContext, private readonly states: readonly CapturedState[], private readonly base: number, private readonly spare: ByteWriter[]) {
    this.end = context.index.end;
    this.maskBytes = Math.ceil(states.length / 8);
    const header: RowsHeader = { version: ROWS_VERSION, states: states.map(({ name, body }) => ({ name, kind: body.kind, types: body.types() })) };
    const bytes = encodeMessage(header);
    this.out = this.newChunk();
    this.out.u32(bytes.length);
    this.out.raw(bytes);
  }

  private newChunk(): ByteWriter {
    const chunk = this.spare.pop() ?? new ByteWriter(1 << 16);
    chunk.reset();
    this.chunks.push(chunk);
    return chunk;
  }

  /** Passes over up to `count` slots; true when all are done. Throws what the types of the states throw. */
  advance(count: number): boolean {
    if (this.failure !== undefined) throw this.failure;
    const { marks, interval } = this.context;
    const end = Math.min(this.end, this.cursor + count);
    for (; this.cursor < end; this.cursor++) {
      const mark = marks[this.cursor];
      if (mark > this.base && mark !== interval) this.row(this.cursor);
    }
    return this.cursor === this.end;
  }

  /** C1. What goes wrong fails the snapshot, and not the function that touches. */
  beforeTouch(slot: number): void {
    if (slot < this.cursor || slot >= this.end || this.context.marks[slot] <= this.base || this.failure !== undefined) return;
    try {
      this.row(slot);
    } catch (failure) {
      this.failure = toError(failure);
    }
  }

  private row(slot: number): void {
    const { states, context } = this;
    let out = this.out;
    if (out.length >= CHUNK_BYTES) out = this.out = this.newChunk();
    const rowAt = out.length;
    const step = slot - this.lastSlot;
    out.varint(step >= 0 ? step * 2 : -step * 2 - 1);
    let set = false;
    for (let byte = 0; byte < this.maskBytes; byte++) {
      let mask = 0;
      for (let bit = 0; bit < 8 && byte * 8 + bit < states.length; bit++) if (states[byte * 8 + bit].table.isSet(slot)) mask |= 1 << bit;
      out.u8(mask);
      set ||= mask !== 0;
    }
    if (set) {
      encodeKey(context.index.keyAt(slot), out);
      for (let i = 0; i < states.length; i++) if (states[i].table.isSet(slot)) states[i].body.write(states[i].table.getSlot(slot), out);
    } else if (this.base < 0) {
      out.length = rowAt; // nothing that a row before would say otherwise
      return;
    }
    this.lastSlot = slot;
  }

  /** When all is done. The writers are the caller's from then on. */
  takeChunks(): readonly ByteWriter[] {
    return this.chunks;
  }
}
