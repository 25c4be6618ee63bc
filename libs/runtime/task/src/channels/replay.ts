/**
 * What was in flight in the checkpoint that a task starts from, taken before anything new (docs/adr/0008). One element at a time, channels in turn.
 *
 * Y1: of one channel in the old order, and each record once. Y2: the operator's time is that of a valve over the old channels, so that no record is late that
 * was not. Y3: what was not taken when a barrier comes is in the snapshot again.
 */
import type { InFlightChannel } from '@weir/checkpoint';
import { MIN_WATERMARK, WatermarkValve } from '@weir/time';
import type { Input, RecordContext } from '../operators/operator.js';
import type { ChannelStateWriter, ReplayElement } from './channel-state.js';
import type { ChannelTime } from './input-processor.js';

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

  take(element: ReplayElement, channel: Channel): void {
    switch (element.kind) {
      case 'data':
        for (let i = 0; i < element.count; i++) {
          this.record.timestamp = element.timestamps[i];
          this.input.collect(element.values[i]);
        }
        return;
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

  /** Takes the next element of the next channel that has one. */
  step(): void {
    for (let i = 0; i < this.channels.length; i++) {
      const channel = this.channels[(this.turn + i) % this.channels.length];
      if (channel.isOver) continue;
      this.turn = (this.turn + i + 1) % this.channels.length;
      const element = channel.of.elements[channel.next++];
      if (element.kind === 'data' && channel.of.operatorIndex === 0) this.recordsIn += element.count;
      channel.input.take(element, channel);
      return;
    }
  }

  /** Where the inputs of the head stand; when it is over. */
  headTimes(): ReadonlyMap<number, ChannelTime> {
    return this.headInputs;
  }

  /** Y3. `writer`: a new one. */
  remaining(writer: () => ChannelStateWriter): ReplayState[] {
    return this.channels.filter(({ isOver }) => !isOver).map(({ of: { as, elements }, next, watermark, idle }) => {
      const state = writer();
      state.add({ kind: 'watermark', seq: 0, timestamp: watermark });
      state.add({ kind: 'idle', seq: 0, idle });
      for (const element of elements.slice(next)) state.add(element);
      return { as, state };
    });
  }
}
