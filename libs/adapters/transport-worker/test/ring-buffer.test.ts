/**
 * Strategy: the ring beside a plain queue, under random writes and reads in one thread; and with a writer in a thread of its own.
 * Invariants: what is read is what was written, in order, whole (R1, R2); a refused write changes nothing; no wake-up is lost (R3).
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRing, type RingMessage, RingReader, RingWriter } from '../src/internal.js';
import { startModule } from '../src/start-module.js';
import { until } from './in-threads.js';
import { messageAt, numberOf } from './threads/ring-messages.js';

const RING_BYTES = 4096;
const emptyMessage = (): RingMessage => ({ subject: '', flags: 0, id: 0, from: 0, payload: new Uint8Array(0) });

describe('a ring', () => {
  it('given any writes and reads / then it is a queue of whole messages', () => {
    const write = fc.record({
      kind: fc.constant('write' as const), subject: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }), flags: fc.nat(255), id: fc.nat(), from: fc.integer({ min: -1, max: 9 }),
      payload: fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.nat(1200).map((size) => new Uint8Array(size).fill(size & 0xff))), offset: fc.nat(8),
    });
    const steps = fc.array(fc.oneof(write, write, fc.constant({ kind: 'read' as const })), { minLength: 100, maxLength: 200 });
    fc.assert(fc.property(steps, (actions) => {
      const memory = createRing(RING_BYTES);
      const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
      const model: RingMessage[] = [];
      const into = emptyMessage();
      const read = (): void => {
        expect(reader.tryRead(into)).toBe(model.length > 0);
        if (model.length > 0) expect(into).toEqual(model.shift());
      };
      for (const action of actions) {
        if (action.kind === 'read') read();
        else {
          const from = Math.min(action.offset, action.payload.length);
          if (writer.tryWrite(action.subject, action.flags, action.id, action.from, action.payload, from, action.payload.length)) {
            const { subject, flags, id } = action;
            model.push({ subject, flags, id, from: action.from, payload: action.payload.slice(from) });
          } else expect(model.length).toBeGreaterThan(0);
        }
      }
      while (model.length > 0) read();
      read();
    }), { numRuns: 100 });
  });

  it('given more subjects than it remembers / then each message has its own', () => {
    const memory = createRing(RING_BYTES);
    const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
    const into = emptyMessage();
    for (let i = 0; i < 20_000; i++) {
      const subject = `s.${(i * 7919) % 5000}`;
      writer.tryWrite(subject, 0, 0, 0, new Uint8Array(1), 0, 1);
      if (!reader.tryRead(into) || into.subject !== subject) throw new Error(`${into.subject} instead of ${subject}`);
    }
  });

  it('given half of it free / then it takes a message of the largest size, wherever it begins', () => {
    fc.assert(fc.property(fc.array(fc.nat(500), { maxLength: 50 }), (sizes) => {
      const memory = createRing(RING_BYTES);
      const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
      const into = emptyMessage();
      for (const size of sizes) {
        writer.tryWrite('subject', 0, 0, 0, new Uint8Array(size), 0, size);
        reader.tryRead(into);
      }
      expect(writer.tryWrite('x'.repeat(496), 0, 0, 0, new Uint8Array(writer.payloadBytesMax), 0, writer.payloadBytesMax)).toBe(true);
    }));
  });

  it('given a sleeping reader / then one write claims the wake-up, and a write while it falls asleep keeps it awake', () => {
    const memory = createRing(RING_BYTES);
    const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
    const write = (): boolean => writer.tryWrite('s', 0, 0, 0, new Uint8Array(1), 0, 1);
    expect(write() && writer.claimWakeUp()).toBe(true);
    expect(write() && writer.claimWakeUp()).toBe(false);
    expect(reader.trySleep()).toBe(false);
    const into = emptyMessage();
    while (reader.tryRead(into));
    expect(reader.trySleep()).toBe(true);
    expect(write() && writer.claimWakeUp()).toBe(true);
  });

  it.each([[64], [900], [3000]])('given a writer in another thread and messages of up to %i bytes / then all arrive whole and in order', async (maxBytes) => {
    const count = 6000;
    const memory = createRing(16_384);
    const worker = startModule(new URL('./threads/ring-writer.ts', import.meta.url), { memory, count, maxBytes }, {});
    let failure: unknown;
    worker.on('error', (error) => {
      failure = error;
    });
    const reader = new RingReader(memory);
    const into = emptyMessage();
    let expected = 0;
    await until(() => {
      for (let turn = 0; turn < 1000 && reader.tryRead(into); turn++) {
        expect(numberOf(into.payload)).toBe(expected);
        if (into.subject !== `s.${expected % 7}` || into.id !== expected || into.payload.length !== messageAt(expected, maxBytes).length) throw new Error(`message ${expected} is damaged`);
        expected++;
      }
      return expected === count || failure !== undefined;
    }, 60_000);
    await worker.terminate();
    expect(failure).toBeUndefined();
  }, 90_000);
});
