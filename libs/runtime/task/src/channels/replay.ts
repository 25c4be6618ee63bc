/**
 * What was in flight in the checkpoint that a task starts from, taken before anything new (docs/adr/0008). One element at a time, channels in turn.
 *
 * Y1: of one channel in the old order, and each record once. Y2: the operator's time is that of a valve over the old channels, so that no record is late that
 * was not. Y3: what was not taken when a barrier comes is in the snapshot again.
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
  private turn = 0;

  /** `inputOf`: of an operator of the chain. */
  constructor(channels: readonly ReplayChannel[], inputOf: (operatorIndex: number, inputIndex: number) => Input, record: RecordContext) {
    const byInput = new Map<string, ReplayChannel[]>();
    for (const channel of channels) {
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

  /** Takes the next element of the next channel that has one, or up to `limit` records of it. */
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
    this.turn = (this.channels.indexOf(channel) + 1) % this.channels.length;
  }
  private nextChannel(): Channel | undefined {
    for (let i = 0; i < this.channels.length; i++) {
      const channel = this.channels[(this.turn + i) % this.channels.length];
      if (!channel.isOver) return channel;
    }
    return undefined;
  }

  /** Where the inputs of the head stand; when it is over. */
  headTimes(): ReadonlyMap<number, ChannelTime> {
    return this.headInputs;
  }

  /** Y3. `writer`: a new one. */
  remaining(writer: () => ChannelStateWriter): ReplayState[] {
    return this.channels.filter(({ isOver }) => !isOver).map(({ of: { as, elements }, next, taken, watermark, idle }) => {
      const state = writer();
      state.add({ kind: 'watermark', seq: 0, timestamp: watermark });
      state.add({ kind: 'idle', seq: 0, idle });
      elements.slice(next).forEach((element, i) => state.add(i === 0 && taken > 0 && element.kind === 'data' ? restOf(element, taken) : element));
      return { as, state };
    });
  }
}
