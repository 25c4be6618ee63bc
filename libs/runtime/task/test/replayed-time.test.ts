/**
 * Strategy: what a checkpoint with overtaken records keeps of two channels, replayed. Invariants: the operator's time is held by every old
 * channel, also by those with nothing in flight (Y2), in any number of lives (Y3); what is older comes first, also in a chain (Y1, Y4).
 */
import { describe, expect, it } from '@jest/globals';
import { operatorId } from '@weir/base';
import { ManualClock, SeededRandom } from '@weir/ports';
import { MAX_WATERMARK } from '@weir/time';
import type { InputBarrier } from '../src/channels/input-cut.js';
import { ChannelStateDecoder, ChannelStateWriter, type ReplayElement } from '../src/channels/channel-state.js';
import { Replay, type ReplayChannel } from '../src/channels/replay.js';
import { type Input, InputGate, InputProcessor, RecordContext, ResultPartition } from '../src/internal.js';
import { Courier } from './support/courier.js';

const RECORDS = { operatorName: 'test', type: undefined, onFirstFallback: () => undefined };
const CHANNELS = [0, 1].map((from) => ({ fromSubtask: from, toSubtask: 0, dataSubject: `data ${from}`, creditSubject: `credit ${from}` }));
const EDGE = { edgeIndex: 0, consumerParallelism: 1, consumerMaxParallelism: 128 };
const writer = (): ChannelStateWriter => new ChannelStateWriter(RECORDS);
const watermark = (timestamp: number): ReplayElement => ({ kind: 'watermark', seq: 0, timestamp });
const data = (value: string): ReplayElement => ({ kind: 'data', seq: 0, count: 1, values: [value], timestamps: new Float64Array(1) });
const channelOf = (elements: readonly ReplayElement[], operatorIndex = 0): ReplayChannel => ({
  operatorIndex, elements,
  as: { operatorId: operatorId('a'.repeat(32)), inputIndex: 0, channel: 'old', toSubtask: 0, parallelism: 1, keyed: false },
});
function decoded(states: readonly ChannelStateWriter[]): ReplayChannel[] {
  return states.map((state) => channelOf(new ChannelStateDecoder().decode(state.finish())));
}

interface Replayed {
  readonly replay: Replay;
  /** Records, those of the head with the time at which they were taken. */
  readonly told: unknown[];
  /** In the end. */
  readonly time: number | undefined;
}
function replayed(channels: readonly ReplayChannel[], steps = Infinity): Replayed {
  const told: unknown[] = [];
  let time = -Infinity;
  const inputOf = (operatorIndex: number): Input => ({
    collect: (value) => told.push(operatorIndex === 0 ? [value, time] : [value]),
    watermark: (timestamp) => { time = timestamp; },
    idle: () => undefined,
  });
  const replay = new Replay(channels, inputOf, new RecordContext());
  for (let step = 0; step < steps && !replay.isOver; step++) replay.step(1);
  return { replay, told, time: replay.headTimes().get(0)?.watermark };
}

class TwoProducers {
  readonly courier = new Courier();
  readonly producers: readonly ResultPartition[];
  readonly processor: InputProcessor;
  barrier: InputBarrier | undefined;

  constructor() {
    const options = {
      frameRecords: 1, label: 'test', random: new SeededRandom(1), connection: this.courier, stateWriter: writer,
      onWritable: () => undefined,
    };
    this.producers = CHANNELS.map((channel) =>
      new ResultPartition({ ...EDGE, channels: [channel] }, { kind: 'rebalance' }, new RecordContext(), options));
    const onBroken = (error: Error): never => { throw error; };
    const gate = new InputGate([{ edgeIndex: 0, inputIndex: 0, channels: CHANNELS }], this.courier, 8, () => undefined, onBroken);
    const input: Input = { collect: () => undefined, watermark: () => undefined, idle: () => undefined };
    this.processor = new InputProcessor(gate, [input], new RecordContext(), new ManualClock(), 'test', {
      barrierComplete: (complete) => { this.barrier = complete; }, checkpointGivenUp: () => undefined, endOfData: () => undefined,
    }, { mayBeOvertaken: () => true, writerFor: (_edge, type, taken) => new ChannelStateWriter(RECORDS, type, taken) });
    gate.open();
    this.courier.deliverAll();
    for (const [i, { input: out }] of this.producers.entries()) out.watermark(10 + 10 * i);
    this.takeAll();
  }
  takeAll(): void {
    this.courier.deliverAll();
    while (this.processor.processNext(1));
  }
  async captured(): Promise<ReplayChannel[]> {
    const cut = await this.barrier?.cut;
    return decoded(cut?.captured.map(({ state }) => state) ?? []);
  }
}

describe('the time of an operator restored with records in flight', () => {
  it('given a channel whose barrier was taken, and the end of time in flight in the other / then the first holds it', async () => {
    const rig = new TwoProducers();
    const [first, second] = rig.producers;
    first.barrier(1, 0);
    rig.takeAll();
    second.input.collect('in flight');
    second.input.watermark(MAX_WATERMARK);
    second.barrier(1, 0);
    rig.courier.deliverAll();
    rig.processor.overtake(1);
    rig.takeAll();
    const { told, time } = replayed(await rig.captured());
    expect(told).toEqual([['in flight', 10]]);
    expect(time).toBe(10);
  });

  it('given barriers that overtook at the producers and were taken in line / then the times of all channels are in the cut', async () => {
    const rig = new TwoProducers();
    for (const producer of rig.producers) producer.overtake(0, 1, 0);
    rig.takeAll();
    expect(replayed(await rig.captured()).time).toBe(10);
  });

  it('given a time that came from a replay / then it is stored for channels that have told less', async () => {
    const rig = new TwoProducers();
    rig.processor.resume(0, { watermark: 15, idle: false });
    for (const producer of rig.producers) producer.overtake(0, 1, 0);
    rig.takeAll();
    expect((await rig.captured()).map(({ elements }) => elements[0])).toEqual([watermark(15), watermark(20)]);
  });

  it('given a replay that ends in the middle / then a channel that was over holds it in the next life', () => {
    const channels = [channelOf([watermark(10)]), channelOf([watermark(20), data('a'), watermark(MAX_WATERMARK), data('b')])];
    const { replay, told } = replayed(channels, 3);
    expect(told).toEqual([['a', 10]]);
    const next = replayed(decoded(replay.remaining(writer).map(({ state }) => state)));
    expect(next.told).toEqual([['b', 10]]);
    expect(next.time).toBe(10);
  });
});

describe('records in flight', () => {
  it('given what a replay left and what came behind it / then it is taken first', () => {
    const left = channelOf([watermark(10), data('a'), data('b'), data('c')]);
    const { told } = replayed([left, channelOf([watermark(10), data('d')])]);
    expect(told).toEqual(['a', 'b', 'c', 'd'].map((value) => [value, 10]));
  });

  it('given operators in a chain / then those to the last come first, and ahead of all time that the head is told', () => {
    const { told } = replayed([channelOf([watermark(MAX_WATERMARK), data('head')]), channelOf([watermark(20), data('inner')], 1)]);
    expect(told).toEqual([['inner'], ['head', MAX_WATERMARK]]);
  });
});
