/**
 * Strategy: arbitrary records, of one shape or of many, through a result partition, a courier of bytes and an input channel, with frames of any size.
 * Invariants: what arrives is what was sent, or the producer fails with a code; messages stay below their bound; damaged bytes break the channel
 * and nothing else.
 */
import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '@weir/ports';
import { NO_TIMESTAMP } from '@weir/time';
import { types, type TypeInformation } from '@weir/types';
import fc from 'fast-check';
import { FRAME_RECORDS_MAX, KIND, MESSAGE_BYTES_MAX } from '../src/channels/frame-format.js';
import { framesInFlight, InputChannel, RecordContext, ResultPartition } from '../src/internal.js';
import { Courier } from './support/courier.js';

interface Rig {
  readonly partition: ResultPartition;
  readonly courier: Courier;
  readonly channel: InputChannel;
  readonly record: RecordContext;
  readonly fallbacks: string[];
  readonly broken: Error[];
  /** Sizes of messages of data that were on the way at once, at most. */
  largestInFlight: number;
  readonly received: { readonly value: unknown; readonly timestamp: number }[];
  readonly events: unknown[];
  /** Delivers and takes until nothing moves. */
  run(): void;
}

function rigOf(options: { type?: TypeInformation<unknown>; frameBytes?: number; frameRecords?: number; inFlight?: number } = {}): Rig {
  const courier = new Courier();
  const record = new RecordContext();
  const fallbacks: string[] = [];
  const broken: Error[] = [];
  const descriptor = { fromSubtask: 0, toSubtask: 0, dataSubject: 'data', creditSubject: 'credit' };
  const partition = new ResultPartition({ edgeIndex: 0, consumerParallelism: 1, consumerMaxParallelism: 128, channels: [descriptor] }, { kind: 'rebalance' }, record, {
    frameRecords: options.frameRecords ?? 256, label: 'test', random: new SeededRandom(1), connection: courier, onWritable: () => undefined,
    encoding: { operatorName: 'map', frameBytes: options.frameBytes ?? 16 * 1024, type: options.type, onFirstFallback: (reason) => fallbacks.push(reason) },
  });
  const channel = new InputChannel(0, 0, 0, descriptor, courier, options.inFlight ?? 4, () => undefined, (error) => broken.push(error), true);
  const rig: Rig = {
    partition, courier, channel, record, fallbacks, broken, largestInFlight: 0, received: [], events: [],
    run: () => {
      while (broken.length === 0 && (courier.published.length > 0 || channel.readable)) {
        const data = courier.published.filter(({ subject }) => subject === 'data').map(({ message }) => (message as Uint8Array).length);
        rig.largestInFlight = Math.max(rig.largestInFlight, data.reduce((sum, size) => sum + size, 0));
        for (const size of data) expect(size).toBeLessThanOrEqual(MESSAGE_BYTES_MAX);
        courier.deliverAll();
        if (!channel.readable) continue;
        const frame = channel.take();
        if (frame.kind !== 'data') rig.events.push(frame);
        else for (let i = 0; i < frame.count; i++) rig.received.push({ value: frame.values[i], timestamp: frame.timestamps[i] });
      }
    },
  };
  channel.open();
  return rig;
}

/** Names that the self-describing encoding refuses. */
const name = fc.string({ maxLength: 4 }).filter((text) => !['__proto__', 'constructor'].includes(text));
const scalar: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'binary' }), fc.integer(), fc.maxSafeInteger(), fc.double(), fc.constantFrom(-0, Number.NaN, Infinity, 0.5, 2 ** 31), fc.bigInt(), fc.boolean(),
  fc.constant(null), fc.constant(undefined), fc.date({ noInvalidDate: true }), fc.uint8Array({ maxLength: 20 }), fc.constant('\ud800'),
);
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, scalar, tie('list'), tie('map'), tie('set'), tie('row')),
  list: fc.array(tie('any'), { maxLength: 4 }),
  map: fc.array(fc.tuple(scalar, tie('any')), { maxLength: 3 }).map((entries) => new Map(entries)),
  set: fc.array(scalar, { maxLength: 3 }).map((elements) => new Set(elements)),
  row: fc.dictionary(name, tie('any'), { maxKeys: 4, noNullPrototype: true }),
})).any;
const flight = fc.record({
  id: fc.integer(), name: fc.string(), delay: fc.oneof(fc.integer(), fc.double()), gate: fc.option(fc.string()), big: fc.bigInt(), at: fc.date({ noInvalidDate: true }),
  raw: fc.uint8Array({ maxLength: 8 }), plane: fc.record({ age: fc.nat(), tags: fc.array(fc.string(), { maxLength: 3 }) }, { noNullPrototype: true }),
}, { noNullPrototype: true });
const timestamp = fc.oneof(fc.constant(NO_TIMESTAMP), fc.integer({ min: 0, max: 100 }), fc.maxSafeInteger(), fc.double({ noNaN: true }));
const records = fc.oneof(fc.array(flight, { maxLength: 80 }), fc.array(value, { maxLength: 40 }), fc.array(fc.oneof({ weight: 9, arbitrary: flight }, { weight: 1, arbitrary: value }), { maxLength: 80 }));

describe('frames of bytes', () => {
  it('given records of any shapes and frames of any size / then each arrives once, as it was, with its time, in order', () => {
    fc.assert(fc.property(records, fc.array(timestamp, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 4096 }), fc.integer({ min: 1, max: 3 }), (values, times, frameBytes, inFlight) => {
      const rig = rigOf({ frameBytes, inFlight });
      const sent = values.map((record, i) => ({ value: record, timestamp: times[i % times.length] }));
      sent.forEach(({ value: record, timestamp: time }, i) => {
        rig.record.timestamp = time;
        rig.partition.input.collect(record);
        if (i % 17 === 16) rig.run();
      });
      rig.partition.endOfData();
      rig.run();
      expect(rig.broken).toEqual([]);
      expect(rig.received).toHaveLength(sent.length);
      rig.received.forEach((record, i) => {
        expect(record.value).toStrictEqual(sent[i].value);
        expect(record.timestamp === sent[i].timestamp).toBe(true);
      });
      expect(rig.events).toEqual([expect.objectContaining({ kind: 'end-of-data' })]);
    }), { numRuns: 150 });
  });

  it('given values that comparisons overlook / then they arrive all the same', () => {
    const rig = rigOf();
    rig.partition.input.collect({ at: new Date(Number.NaN), zero: -0, none: undefined, nan: Number.NaN });
    rig.partition.flushAll();
    rig.run();
    const arrived = rig.received[0].value as { at: Date; zero: number; none: undefined; nan: number };
    expect(arrived.at.getTime()).toBeNaN();
    expect(Object.is(arrived.zero, -0)).toBe(true);
    expect(Object.hasOwn(arrived, 'none')).toBe(true);
    expect(arrived.nan).toBeNaN();
  });

  it('given every kind of event / then it arrives with its fields, in one sequence', () => {
    const rig = rigOf();
    rig.partition.input.watermark(-Infinity);
    rig.partition.input.watermark(Infinity);
    rig.partition.input.idle(true);
    rig.partition.input.idle(false);
    const [{ barrierSeq }] = rig.partition.barrier(7, 1.5);
    rig.partition.cancelBarrier(8);
    rig.partition.endOfData();
    rig.run();
    expect(rig.events).toEqual([
      { kind: 'watermark', seq: 0, timestamp: -Infinity }, { kind: 'watermark', seq: 1, timestamp: Infinity }, { kind: 'idle', seq: 2, idle: true },
      { kind: 'idle', seq: 3, idle: false }, { kind: 'barrier', seq: barrierSeq, checkpointId: 7, timestampMs: 1.5 },
      { kind: 'cancel-barrier', seq: 5, checkpointId: 8 }, { kind: 'end-of-data', seq: 6 },
    ]);
  });

  it('given records of 100 bytes / then frames are near the wanted size, and records without a fallback', () => {
    const rig = rigOf();
    const sizes: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      rig.partition.input.collect({ id: i, key: `key-${i % 100}`, text: 'x'.repeat(70), price: i / 4 });
      for (const { subject, message } of rig.courier.published) if (subject === 'data') sizes.push((message as Uint8Array).length);
      rig.run();
    }
    const full = sizes.slice(4);
    expect(Math.min(...full)).toBeGreaterThan(12 * 1024);
    expect(Math.max(...full)).toBeLessThan(24 * 1024);
    expect(rig.partition.fallbackRecords).toBe(0);
  });

  it('given tiny records / then a frame holds no more of them than its bound', () => {
    const rig = rigOf({ frameBytes: 1 << 20 });
    for (let i = 0; i < 20_000; i++) rig.partition.input.collect(i % 2 === 0);
    rig.partition.endOfData();
    rig.run();
    expect(rig.received.map(({ value: bit }) => bit)).toEqual(Array.from({ length: 20_000 }, (_, i) => i % 2 === 0));
    expect(FRAME_RECORDS_MAX).toBeLessThan(20_000);
  });

  it('given a buffer timeout of 0 / then each record is a frame', () => {
    const rig = rigOf({ frameRecords: 1 });
    for (let i = 0; i < 3; i++) rig.partition.input.collect(i);
    expect(rig.partition.barrier(1, 0)[0].barrierSeq).toBe(3);
  });

  it('given a record of megabytes among small ones / then it travels in parts, and bytes on the way stay bounded', () => {
    const rig = rigOf({ inFlight: 3 });
    const values = [{ text: 'small' }, { text: 'ab'.repeat(3_000_000) }, { text: 'ÿ'.repeat(400_000) }, { text: 'after' }];
    for (const record of values) rig.partition.input.collect(record);
    rig.partition.endOfData();
    rig.run();
    expect(rig.received.map(({ value: record }) => record)).toEqual(values);
    expect(rig.largestInFlight).toBeLessThanOrEqual(3 * MESSAGE_BYTES_MAX);
  });

  it('given a stream that changes its shape for good / then its type is inferred anew and told to the consumer', () => {
    const rig = rigOf();
    const values = [...Array.from({ length: 300 }, (_, i) => ({ a: i })), ...Array.from({ length: 5000 }, (_, i) => ({ b: `text ${i}`, c: null }))];
    for (const record of values) {
      rig.partition.input.collect(record);
      rig.run();
    }
    rig.partition.endOfData();
    rig.run();
    expect(rig.received.map(({ value: record }) => record)).toEqual(values);
    expect(rig.fallbacks).toHaveLength(1);
    expect(rig.partition.fallbackRecords).toBeGreaterThan(0);
    expect(rig.partition.fallbackRecords).toBeLessThan(2000);
  });

  it('given a declared type / then it is used, and a record of another shape fails with operator and field', () => {
    const rig = rigOf({ type: types.row({ id: types.int, name: types.string }) as TypeInformation<unknown> });
    rig.partition.input.collect({ id: 1, name: 'one' });
    rig.partition.flushAll();
    rig.run();
    expect(rig.received.map(({ value: record }) => record)).toEqual([{ id: 1, name: 'one' }]);
    rig.partition.input.collect({ id: 'two', name: 'two' });
    expect(() => rig.partition.flushAll()).toThrow(expect.objectContaining({
      code: 'WEIR_RECORD_NOT_SERIALIZABLE', message: 'a record of operator "map" cannot be sent: field id: expected a whole number of 32 bits, found string "two"',
    }));
  });

  class Account {
    constructor(readonly balance: number) {}
  }
  it.each<[string, unknown, string]>([
    ['a function', { order: { onDone: () => 1 } }, 'field order.onDone: function'],
    ['a symbol', { tags: ['a', Symbol('b')] }, 'field tags[1]: symbol'],
    ['an instance of a class', { owner: new Account(1) }, 'field owner: instance of Account'],
    ['an instance as the record', new Account(1), 'instance of Account'],
  ])('given %s in a record / then the producer fails and names it', (_what, bad, text) => {
    for (const before of [[], [{ order: 1 }, { order: 2 }]]) {
      const rig = rigOf();
      for (const record of before) rig.partition.input.collect(record);
      rig.partition.input.collect(bad);
      expect(() => rig.partition.flushAll()).toThrow(expect.objectContaining({ code: 'WEIR_RECORD_NOT_SERIALIZABLE', message: expect.stringContaining(text) }));
    }
  });

  it('given damaged bytes / then the channel breaks with a code, or what was damaged is within one record', () => {
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }),
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('word' as const), at: fc.nat(), word: fc.constantFrom(0xffffffff, 0x7fffffff, 0x80000000, 1 << 20, 0) }),
      fc.record({ kind: fc.constant('noise' as const), bytes: fc.uint8Array({ maxLength: 64 }) }),
    );
    let breaks = 0;
    fc.assert(fc.property(fc.array(fc.oneof(flight, value), { minLength: 1, maxLength: 10 }), fc.array(damage, { minLength: 1, maxLength: 4 }), (values, damages) => {
      const rig = rigOf();
      for (const record of values) rig.partition.input.collect(record);
      rig.partition.endOfData();
      rig.courier.deliver();
      const at = rig.courier.published.findIndex(({ subject, message }) => subject === 'data' && (message as Uint8Array)[1] === KIND.data);
      let bytes = (rig.courier.published[at].message as Uint8Array).slice();
      for (const step of damages) {
        if (step.kind === 'cut') bytes = bytes.slice(0, step.at % (bytes.length + 1));
        else if (step.kind === 'noise') bytes = new Uint8Array([...bytes.subarray(0, 4), ...step.bytes]);
        else if (bytes.length === 0) continue;
        else if (step.kind === 'flip') bytes[step.at % bytes.length] ^= step.by;
        else if (bytes.length >= 4) new DataView(bytes.buffer).setUint32((step.at % (bytes.length - 3)) & ~3, step.word, true);
      }
      rig.courier.published[at] = { subject: 'data', message: bytes };
      try {
        rig.run();
      } catch (error) {
        expect(error).toMatchObject({ code: 'WEIR_CHANNEL_BROKEN' });
        breaks++;
      }
      for (const error of rig.broken) expect(error).toMatchObject({ code: 'WEIR_CHANNEL_BROKEN' });
      breaks += rig.broken.length;
    }), { numRuns: 500 });
    expect(breaks).toBeGreaterThan(100);
  });

  it('given one consumer in this thread and one elsewhere / then the one gets the records themselves and the other copies, both in order and with credit', () => {
    const courier = new Courier(['near.data', 'near.credit']);
    const record = new RecordContext();
    const channels = ['near', 'far'].map((name, i) => ({ fromSubtask: 0, toSubtask: i, dataSubject: `${name}.data`, creditSubject: `${name}.credit` }));
    const partition = new ResultPartition({ edgeIndex: 0, consumerParallelism: 2, consumerMaxParallelism: 128, channels }, { kind: 'rebalance' }, record, {
      frameRecords: 8, label: 'test', random: new SeededRandom(1), connection: courier, onWritable: () => undefined,
      encoding: { operatorName: 'map', frameBytes: 1024, type: undefined, onFirstFallback: () => undefined },
    });
    const broken: Error[] = [];
    const inputs = channels.map((descriptor, i) => new InputChannel(i, 0, 0, descriptor, courier, 2, () => undefined, (error) => broken.push(error), true));
    for (const input of inputs) input.open();
    const sent = Array.from({ length: 1000 }, (_, i) => ({ id: i, at: i / 2 }));
    for (const value of sent) {
      record.timestamp = value.id;
      partition.input.collect(value);
    }
    partition.endOfData();
    const received: { value: unknown; timestamp: number }[][] = [[], []];
    while (courier.published.length > 0 || inputs.some((input) => input.readable)) {
      courier.deliverAll();
      for (const [i, input] of inputs.entries()) {
        if (!input.readable) continue;
        const frame = input.take();
        if (frame.kind === 'data') for (let k = 0; k < frame.count; k++) received[i].push({ value: frame.values[k], timestamp: frame.timestamps[k] });
      }
    }
    expect(broken).toEqual([]);
    expect(partition.drained).toBe(true);
    for (const i of [0, 1]) {
      const expected = sent.filter(({ id }) => id % 2 === i);
      expect(received[i]).toEqual(expected.map((value) => ({ value, timestamp: value.id })));
      expect(received[i].every(({ value }, k) => (value === expected[k]) === (i === 0))).toBe(true);
    }
  });

  it('given a slot with many channels / then frames in flight shrink with the share of its connection, down to two', () => {
    const budget = { bytesPerChannel: 256 * 1024, frameBytes: 16 * 1024, bytesInFlight: 4 << 20, tasks: 2 };
    expect([0, 1, 8, 16, 32, 64, 500].map((channels) => framesInFlight({ ...budget, channels }))).toEqual([16, 16, 16, 8, 4, 2, 2]);
  });
});
