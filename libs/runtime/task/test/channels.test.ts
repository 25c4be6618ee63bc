/**
 * Strategy: random sends, losses, reads and maintenance over a courier that loses on command. Invariants: what is taken is a prefix of what was
 * sent (G1); never more than the credit is buffered (G3); a loss of a frame, also of the last one, is found and fails the channel (C3); a lost
 * credit only delays.
 */
import { describe, expect, it } from '@jest/globals';
import { murmurInt } from '@weir/base';
import type { Partitioner } from '@weir/graph';
import { SeededRandom } from '@weir/ports';
import { keyGroupOf, subtaskOfKeyGroup } from '@weir/state';
import { NO_TIMESTAMP } from '@weir/time';
import fc from 'fast-check';
import type { DataFrame, Frame } from '../src/channels/frame.js';
import { ChannelSender, InputChannel, RecordContext, ResultPartition } from '../src/internal.js';
import { Courier } from './support/courier.js';

const descriptor = { fromSubtask: 0, toSubtask: 0, dataSubject: 'data', creditSubject: 'credit' };
type Step = 'send' | 'deliver' | 'duplicate' | 'lose-credit' | 'lose-frame' | 'take' | 'maintain';

describe('a data channel', () => {
  it('given any losses and delays / then frames come in order, losses of frames are found, losses of credit only delay', () => {
    const steps = fc.array(fc.constantFrom<Step>('send', 'send', 'send', 'deliver', 'deliver', 'deliver', 'duplicate', 'lose-credit', 'lose-frame', 'take', 'take', 'maintain'), { maxLength: 80 });
    fc.assert(fc.property(steps, fc.integer({ min: 1, max: 4 }), fc.boolean(), (actions, framesInFlight, encoded) => {
      const courier = new Courier();
      let broken: Error | undefined;
      let frameLost = false;
      const sender = new ChannelSender(descriptor, courier, () => undefined, encoded);
      const channel = new InputChannel(0, 0, 0, descriptor, courier, framesInFlight, () => undefined, (error) => { broken = error; }, encoded);
      const taken: number[] = [];
      let sent = 0;
      const take = (): void => {
        if (channel.readable) taken.push(channel.take().seq);
      };
      channel.open();
      for (const step of actions) {
        switch (step) {
          case 'send': expect(sender.send({ kind: 'end-of-data' })).toBe(sent++); break;
          case 'deliver': courier.deliver(); break;
          case 'duplicate': courier.deliver(2); break;
          case 'lose-credit': if (courier.nextKind === 'credit') courier.deliver(0); break;
          case 'lose-frame':
            if (courier.nextKind !== 'end-of-data') break;
            frameLost = true;
            courier.deliver(0);
            break;
          case 'take': take(); break;
          case 'maintain':
            channel.repeatCredit();
            sender.announce();
        }
        expect(channel.buffered).toBeLessThanOrEqual(framesInFlight);
      }
      for (let round = 0; round < sent + 4 && broken === undefined; round++) {
        channel.repeatCredit();
        sender.announce();
        courier.deliverAll();
        while (channel.readable) take();
      }
      expect(taken).toEqual(taken.map((_, i) => i));
      expect(broken === undefined).toBe(!frameLost);
      if (!frameLost) {
        expect(taken).toHaveLength(sent);
        expect(sender.drained).toBe(true);
      }
    }), { numRuns: 500 });
  });

  it('given a producer that starts first / then nothing is published before the consumer has spoken (C2)', () => {
    const courier = new Courier();
    const sender = new ChannelSender(descriptor, courier, () => undefined);
    sender.send({ kind: 'end-of-data' });
    sender.announce();
    expect(courier.published).toEqual([]);
    const channel = new InputChannel(0, 0, 0, descriptor, courier, 2, () => undefined, (error) => { throw error; });
    channel.open();
    courier.deliverAll();
    expect(channel.take()).toEqual({ kind: 'end-of-data', seq: 0 });
  });
});

function partitionOf(partitioner: Partitioner, channels: number, frameRecords: number) {
  const courier = new Courier();
  const record = new RecordContext();
  const partition = new ResultPartition({
    edgeIndex: 0, consumerParallelism: channels, consumerMaxParallelism: 128,
    channels: Array.from({ length: channels }, (_, toSubtask) => ({ fromSubtask: 0, toSubtask, dataSubject: `data.${toSubtask}`, creditSubject: `credit.${toSubtask}` })),
  }, partitioner, record, { frameRecords, label: 'test', random: new SeededRandom(1), connection: courier, onWritable: () => undefined });
  for (let i = 0; i < channels; i++) courier.publish(`credit.${i}`, { kind: 'credit', limit: 1_000_000 });
  courier.deliverAll();
  const framesOf = (channel: number): Frame[] => courier.published.filter(({ subject }) => subject === `data.${channel}`).map(({ message }) => message as Frame);
  const recordsOf = (channel: number): unknown[] => framesOf(channel).flatMap((frame) => (frame.kind === 'data' ? frame.values.slice(0, frame.count) : [frame.kind]));
  return { partition, record, framesOf, recordsOf };
}
const key: fc.Arbitrary<unknown> = fc.oneof(
  fc.string(), fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constant(null),
  fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 3 }), fc.record({ a: fc.string(), b: fc.integer() }),
);

describe('a result partition', () => {
  it('given keys of any kind / then each record goes to the subtask that owns its key group, in order', () => {
    fc.assert(fc.property(fc.array(key, { minLength: 1, maxLength: 50 }), fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 4 }), (keys, channels, frameRecords) => {
      const { partition, recordsOf } = partitionOf({ kind: 'hash', keySelector: (value) => (value as { key: unknown }).key }, channels, frameRecords);
      const values = keys.map((k, i) => ({ key: k, i }));
      for (const value of values) partition.input.collect(value);
      partition.flushAll();
      for (let channel = 0; channel < channels; channel++) {
        expect(recordsOf(channel)).toEqual(values.filter(({ key: k }) => subtaskOfKeyGroup(keyGroupOf(k, 128), channels, 128) === channel));
      }
    }), { numRuns: 300 });
  });

  it.each<[Partitioner, number[][]]>([
    [{ kind: 'broadcast' }, [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]]],
    [{ kind: 'rebalance' }, [[0, 3], [1, 4], [2, 5]]],
    [{ kind: 'rescale' }, [[0, 3], [1, 4], [2, 5]]],
    [{ kind: 'global' }, [[0, 1, 2, 3, 4, 5], [], []]],
  ])('given the partitioner %j / then records go where it says, ahead of the events behind them (R1)', (partitioner, expected) => {
    const { partition, record, framesOf, recordsOf } = partitionOf(partitioner, 3, 2);
    for (let i = 0; i < 6; i++) {
      record.timestamp = i === 5 ? NO_TIMESTAMP : i;
      partition.input.collect(i);
    }
    partition.input.watermark(5);
    const positions = partition.barrier(1, 0);
    partition.endOfData();
    expected.forEach((values, channel) => {
      expect(recordsOf(channel)).toEqual([...values, 'watermark', 'barrier', 'end-of-data']);
      const frames = framesOf(channel);
      expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, i) => i));
      expect(positions[channel].barrierSeq).toBe(frames.findIndex(({ kind }) => kind === 'barrier'));
      const times = frames.flatMap((frame) => (frame.kind === 'data' ? [...(frame as DataFrame).timestamps.slice(0, frame.count)] : []));
      expect(times).toEqual(values.map((i) => (i === 5 ? NO_TIMESTAMP : i)));
    });
  });

  it('given a shuffle / then every record goes to one channel and none stays empty', () => {
    const { partition, recordsOf } = partitionOf({ kind: 'shuffle' }, 3, 4);
    const values = Array.from({ length: 60 }, (_, i) => murmurInt(i));
    for (const value of values) partition.input.collect(value);
    partition.flushAll();
    const received = [0, 1, 2].map(recordsOf);
    expect(received.every((records) => records.length > 0)).toBe(true);
    expect((received.flat() as number[]).sort()).toEqual([...values].sort());
  });
});
