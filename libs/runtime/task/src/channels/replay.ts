/**
 * What was in flight in the checkpoint that a task starts from, taken before anything new (docs/adr/0008). One element at a time, channel
 * after channel: what an earlier replay had left is listed ahead of what had come behind it.
 *
 * Y1: of one channel in the old order, and each record once. Y2: the operator's time is that of a valve over all old channels, also those
 * without records, so that no record is late that was not. Y3: what was not taken when a barrier comes is in the snapshot again, and the
 * times of all channels with it. Y4: operators further down the chain come first: what is on its way to them is older than what the head has before it.
 */
import type { InFlightChannel } from '@weir/checkpoint';
import { MIN_WATERMARK, WatermarkValve } from '@weir/time';
import type { Input, RecordContext } from '../operators/operator.js';
import { type ChannelStateWriter, type ReplayElement, restOf } from './channel-state.js';
import type { DataFrame } from './frame.js';
import type { ChannelTime } from './input-cut.js';

/** One old channel, of which this subtask takes all elements. */
export interface ReplayChannel {
  /** As it is to be called in a snapshot of this subtask. */
  readonly as: InFlightChannel;
  /** In the chain. */
  readonly operatorIndex: number;
  readonly elements: readonly ReplayElement[];
}

/** What is left of a channel. */
export interface ReplayState {
  readonly as: InFlightChannel;
  readonly state: ChannelStateWriter;
}

class Channel implements ChannelTime {
  next = 0;
  /** Records of the next element that were taken already. */
  taken = 0;
  watermark = MIN_WATERMARK;
  idle = false;

  constructor(readonly of: ReplayChannel, readonly input: ReplayedInput, /** Among those of the input. */ readonly place: number) {}

  get isOver(): boolean {
    return this.next === this.of.elements.length;
  }
}

/** Input of an operator; only that of the head has a time, another one's comes from its upstream in the chain. */
class ReplayedInput implements ChannelTime {
  watermark = MIN_WATERMARK;
  idle = false;

  constructor(private readonly input: Input, private readonly record: RecordContext, private readonly valve: WatermarkValve | undefined) {}

  takeRecords({ timestamps, values }: DataFrame, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.record.timestamp = timestamps[i];
      this.input.collect(values[i]);
    }
  }
  takeEvent(element: Exclude<ReplayElement, DataFrame>, channel: Channel): void {
    switch (element.kind) {
      case 'watermark':
        channel.watermark = element.timestamp;
        if (this.valve?.advance(channel.place, element.timestamp) === true) this.rise(this.valve);
        break;
      case 'idle':
        channel.idle = element.idle;
        if (this.valve?.setIdle(channel.place, element.idle) === true) this.rise(this.valve);
    }
    if (this.valve === undefined || this.valve.outputIdle === this.idle) return;
    this.idle = this.valve.outputIdle;
    this.input.idle(this.idle);
  }
  private rise({ output }: WatermarkValve): void {
    if (this.idle) { // a watermark of an idle input would be passed over
      this.idle = false;
      this.input.idle(false);
    }
    this.watermark = output;
    this.input.watermark(output);
  }
}

export class Replay {
  /** Records taken by the head. */
  recordsIn = 0;
  private readonly channels: Channel[] = [];
  private readonly headInputs = new Map<number, ReplayedInput>();

  /** `inputOf`: of an operator of the chain. */
  constructor(channels: readonly ReplayChannel[], inputOf: (operatorIndex: number, inputIndex: number) => Input, record: RecordContext) {
    const byInput = new Map<string, ReplayChannel[]>();
    for (const channel of [...channels].sort((a, b) => b.operatorIndex - a.operatorIndex)) { // Y4
      const key = `${channel.operatorIndex} ${channel.as.inputIndex}`;
      byInput.set(key, [...(byInput.get(key) ?? []), channel]);
    }
    for (const ofInput of byInput.values()) {
      const { operatorIndex, as: { inputIndex } } = ofInput[0];
      const isHead = operatorIndex === 0;
      const input = new ReplayedInput(inputOf(operatorIndex, inputIndex), record, isHead ? new WatermarkValve(ofInput.length) : undefined);
      if (isHead) this.headInputs.set(inputIndex, input);
      this.channels.push(...ofInput.map((channel, place) => new Channel(channel, input, place)));
    }
  }

  get isOver(): boolean {
    return this.channels.every(({ isOver }) => isOver);
  }

  /** Takes the next element, or up to `limit` records of it. */
  step(limit: number): void {
    const channel = this.nextChannel();
    if (channel === undefined) return;
    const element = channel.of.elements[channel.next];
    if (element.kind === 'data') {
      const from = channel.taken;
      const to = Math.min(element.count, from + limit);
      channel.taken = to;
      if (channel.of.operatorIndex === 0) this.recordsIn += to - from;
      channel.input.takeRecords(element, from, to);
      if (to < element.count) return;
    } else channel.input.takeEvent(element, channel);
    channel.taken = 0;
    channel.next++;
  }
  /** Y2: what the channels of an operator tell of time comes ahead of records; the valve holds it for those. */
  private nextChannel(): Channel | undefined {
    const left = this.channels.filter(({ isOver }) => !isOver);
    const first = left.at(0);
    return left.find(({ of, next }) => of.operatorIndex === first?.of.operatorIndex && of.elements[next].kind !== 'data') ?? first;
  }

  /** Where the inputs of the head stand. */
  headTimes(): ReadonlyMap<number, ChannelTime> {
    return this.headInputs;
  }

  /** Y3. `writer`: a new one. */
  remaining(writer: () => ChannelStateWriter): ReplayState[] {
    if (this.isOver) return [];
    return this.channels.map(({ of: { as, elements }, next, taken, watermark, idle }) => {
      const state = writer();
      state.add({ kind: 'watermark', seq: 0, timestamp: watermark });
      state.add({ kind: 'idle', seq: 0, idle });
      elements.slice(next).forEach((element, i) => state.add(i === 0 && taken > 0 && element.kind === 'data' ? restOf(element, taken) : element));
      return { as, state };
    });
  }
}
