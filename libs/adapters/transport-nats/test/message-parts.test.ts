/** Parts of long messages: a model (what was cut comes back) and the bounds. */
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@weir/ports';
import fc from 'fast-check';
import { KIND_PART, MAX_MESSAGE_BYTES, PartAssembler, PartCutter } from '../src/message-parts.js';

const cutter = (sender: number): PartCutter => new PartCutter(new Uint8Array(8).fill(sender));

function partsOf(by: PartCutter, message: Uint8Array, maxPayload: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  by.cut(message, maxPayload, (part, last) => {
    parts.push(part);
    expect(last).toBe(parts.length === Math.ceil(message.length / (maxPayload - 21)));
  });
  return parts;
}

/** A part with any header. */
function part(sender: number, number: number, offset: number, total: number, length: number): Uint8Array {
  const bytes = new Uint8Array(21 + length);
  const view = new DataView(bytes.buffer);
  bytes[0] = KIND_PART;
  bytes.fill(sender, 1, 9);
  view.setUint32(9, number);
  view.setUint32(13, offset);
  view.setUint32(17, total);
  return bytes;
}

describe('message parts', () => {
  it('come together again, however the parts of several senders interleave', () => {
    const message = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const messagesOfSenders = fc.array(fc.array(message, { maxLength: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(messagesOfSenders, fc.integer({ min: 22, max: 80 }), fc.infiniteStream(fc.nat()), (senders, maxPayload, choices) => {
        const queues = senders.map((messages, sender) => {
          const by = cutter(sender);
          return messages.flatMap((bytes) => partsOf(by, bytes, maxPayload));
        });
        for (const bytes of queues.flat()) expect(bytes.length).toBeLessThanOrEqual(maxPayload);
        const assembler = new PartAssembler(new ManualClock());
        const arrived = senders.map((): Uint8Array[] => []);
        while (queues.some((queue) => queue.length > 0)) {
          const alive = queues.flatMap((queue, i) => (queue.length > 0 ? [i] : []));
          const sender = alive[(choices.next().value as number) % alive.length];
          const whole = assembler.accept('n.subject', queues[sender].shift() as Uint8Array);
          if (whole !== undefined) arrived[sender].push(whole);
        }
        expect(arrived).toEqual(senders);
        expect(assembler.refused).toBe(0);
        expect(assembler.pendingBytes).toBe(0);
      }),
    );
  });

  it('never give a message that misses a part, and the next message is whole again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 100, maxLength: 300 }), fc.nat(), (message, choice) => {
        const by = cutter(1);
        const parts = partsOf(by, message, 60);
        parts.splice(choice % parts.length, 1);
        const assembler = new PartAssembler(new ManualClock());
        for (const bytes of parts) expect(assembler.accept('n.subject', bytes)).toBeUndefined();
        const wholes = partsOf(by, message, 60).map((bytes) => assembler.accept('n.subject', bytes));
        expect(wholes.at(-1)).toEqual(message);
        expect(assembler.refused).toBeGreaterThan(0);
        expect(assembler.pendingBytes).toBe(0);
      }),
    );
  });

  it('are refused when they say what cannot be', () => {
    const assembler = new PartAssembler(new ManualClock());
    const wrong = [
      part(1, 1, 0, 10, 0), // no bytes
      part(1, 1, 0, 5, 6), // more than the whole
      part(1, 1, 0, MAX_MESSAGE_BYTES + 1, 6), // too long a whole
      part(1, 1, 7, 20, 6), // no beginning
      Uint8Array.of(KIND_PART, 1, 2),
    ];
    for (const bytes of wrong) expect(assembler.accept('n.subject', bytes)).toBeUndefined();
    expect(assembler.refused).toBe(wrong.length);
    expect(assembler.pendingBytes).toBe(0);
  });

  it('of another subject or message do not continue the one that was begun', () => {
    for (const [subject, second] of [
      ['n.other', part(1, 1, 5, 10, 5)],
      ['n.subject', part(1, 2, 5, 10, 5)],
      ['n.subject', part(1, 1, 5, 11, 6)],
      ['n.subject', part(1, 1, 6, 10, 4)],
    ] as const) {
      const assembler = new PartAssembler(new ManualClock());
      expect(assembler.accept('n.subject', part(1, 1, 0, 10, 5))).toBeUndefined();
      expect(assembler.accept(subject, second)).toBeUndefined();
      expect(assembler.pendingBytes).toBe(0);
    }
  });

  it('hold bounded memory, whoever begins how many messages: the oldest gives way', () => {
    const assembler = new PartAssembler(new ManualClock());
    for (let sender = 0; sender < 40; sender++) {
      assembler.accept('n.subject', part(sender, 1, 0, 8 * 1024 * 1024, 1));
      expect(assembler.pendingBytes).toBeLessThanOrEqual(64 * 1024 * 1024);
    }
    expect(assembler.refused).toBe(32);
  });

  it('of a sender that went away are forgotten with time', () => {
    const clock = new ManualClock();
    const assembler = new PartAssembler(clock);
    assembler.accept('n.subject', part(1, 1, 0, 1000, 1));
    clock.advanceBy(30_000);
    assembler.accept('n.subject', part(2, 1, 0, 10, 1));
    expect(assembler.pendingBytes).toBe(10);
  });
});
