/**
 * The receiving side of a task: takes frames from the gate, combines watermarks per input, aligns barriers, finds the end of data.
 * Owns: gate, valves, aligner. The task owns: when to call, and what a complete barrier or the end leads to.
 */
import { specialize } from '@weir/base';
import type { ChannelPosition } from '@weir/checkpoint';
import type { Clock } from '@weir/ports';
import { WatermarkValve } from '@weir/time';
import type { Input, RecordContext } from '../operators/operator.js';
import { type AlignmentEffect, BarrierAligner } from './barrier-aligner.js';
import { type FrameLoop, frameLoopFactory } from './frame-loop.js';
import type { InputChannel, InputGate } from './input-gate.js';

export interface InputProcessorEvents {
  /** The cut is complete here: snapshot now; channels are released when the call returns. */
  barrierComplete(checkpointId: number, timestampMs: number, positions: readonly ChannelPosition[], alignmentDurationMs: number): void;
  checkpointGivenUp(checkpointId: number, reason: 'subsumed' | 'canceled'): void;
  /** Every channel has delivered its last record. */
  endOfData(): void;
}

interface InputSide {
  readonly input: Input;
  readonly loop: FrameLoop;
  readonly valve: WatermarkValve;
  /** Place of a channel among those of this input. */
  readonly placeOf: Map<number, number>;
  idle: boolean;
}

export class InputProcessor {
  /** Records taken from channels. */
  recordsIn = 0;
  private readonly aligner: BarrierAligner;
  private readonly sides: InputSide[];
  private readonly barrierSeqs: number[];
  private alignmentStartMs = 0;
  private endedChannels = 0;

  constructor(private readonly gate: InputGate, inputs: readonly Input[], context: RecordContext, private readonly clock: Clock, label: string,
    private readonly events: InputProcessorEvents) {
    this.aligner = new BarrierAligner(gate.channels.length);
    this.barrierSeqs = gate.channels.map(() => -1);
    this.sides = inputs.map((input, inputIndex) => {
      const channels = gate.channels.filter((channel) => channel.inputIndex === inputIndex);
      return {
        input, loop: new (specialize(frameLoopFactory, undefined, label))(input, context), valve: new WatermarkValve(channels.length),
        placeOf: new Map(channels.map((channel, place) => [channel.index, place])), idle: false,
      };
    });
  }

  /** The smallest of the inputs' watermarks. */
  get watermark(): number {
    return Math.min(...this.sides.map((side) => side.valve.output));
  }

  /** Takes one frame; false when there is none to take. */
  processNext(): boolean {
    const channel = this.gate.next();
    if (channel === undefined) return false;
    const frame = channel.take();
    const side = this.sides[channel.inputIndex];
    switch (frame.kind) {
      case 'data':
        this.recordsIn += frame.count;
        side.loop.run(frame);
        break;
      case 'watermark':
        if (side.valve.advance(side.placeOf.get(channel.index) as number, frame.timestamp)) side.input.watermark(side.valve.output);
        this.forwardIdle(side);
        break;
      case 'idle':
        this.idle(side, channel, frame.idle);
        break;
      case 'barrier':
        if (this.aligner.aligning === undefined) this.alignmentStartMs = this.clock.monotonic();
        this.barrierSeqs[channel.index] = frame.seq;
        this.apply(this.aligner.barrier(channel.index, frame.checkpointId, frame.timestampMs));
        break;
      case 'cancel-barrier':
        this.apply(this.aligner.cancelBarrier(frame.checkpointId));
        break;
      case 'end-of-data':
        this.endedChannels++;
        if (this.endedChannels === this.gate.channels.length) this.events.endOfData();
    }
    return true;
  }

  abort(checkpointId: number): void {
    this.apply(this.aligner.abort(checkpointId));
  }

  private idle(side: InputSide, channel: InputChannel, idle: boolean): void {
    const rose = side.valve.setIdle(side.placeOf.get(channel.index) as number, idle);
    // Active first: a watermark of an idle input would be passed over.
    if (!side.valve.outputIdle) this.forwardIdle(side);
    if (rose) side.input.watermark(side.valve.output);
    this.forwardIdle(side);
  }
  /** Also after a watermark: when the last active channel ends, the rest may be idle. */
  private forwardIdle(side: InputSide): void {
    if (side.valve.outputIdle === side.idle) return;
    side.idle = side.valve.outputIdle;
    side.input.idle(side.idle);
  }

  private apply(effects: readonly AlignmentEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'block':
          this.gate.channels[effect.channel].blocked = true;
          break;
        case 'release-all':
          for (const channel of this.gate.channels) channel.blocked = false;
          break;
        case 'complete':
          this.events.barrierComplete(effect.checkpointId, effect.timestampMs, this.positions(), this.clock.monotonic() - this.alignmentStartMs);
          break;
        case 'give-up':
          this.events.checkpointGivenUp(effect.checkpointId, effect.reason);
      }
    }
  }
  private positions(): ChannelPosition[] {
    return this.gate.channels.map((channel) => ({
      edgeIndex: channel.edgeIndex, fromSubtask: channel.descriptor.fromSubtask, toSubtask: channel.descriptor.toSubtask, barrierSeq: this.barrierSeqs[channel.index],
    }));
  }
}
