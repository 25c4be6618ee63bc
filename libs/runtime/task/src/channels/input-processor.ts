/**
 * The receiving side of a task: takes frames from the gate, combines watermarks per input, aligns barriers or lets them overtake, finds the end of data.
 * Owns: gate, valves, aligner. The task owns: when to call, and what a complete barrier or the end leads to.
 */
import { specialize } from '@weir/base';
import type { ChannelPosition } from '@weir/checkpoint';
import type { Clock } from '@weir/ports';
import { MIN_WATERMARK, WatermarkValve } from '@weir/time';
import type { Input, RecordContext } from '../operators/operator.js';
import { type AlignmentEffect, BarrierAligner } from './barrier-aligner.js';
import type { ChannelCapture } from './channel-capture.js';
import { type ChannelStateWriter, restOf } from './channel-state.js';
import type { Barrier, DataFrame } from './frame.js';
import { type FrameLoop, frameLoopFactory } from './frame-loop.js';
import type { CapturedChannel, ChannelTime, InputBarrier, InputCut, Overtaking } from './input-cut.js';
import type { InputChannel, InputGate } from './input-gate.js';

export interface InputProcessorEvents {
  /** Snapshot now; channels are released when the call returns. */
  barrierComplete(barrier: InputBarrier): void;
  /** A barrier has arrived in a channel: call `arrived` with it, between two frames. */
  barrierArrived?(channel: InputChannel, barrier: Barrier): void;
  checkpointGivenUp(checkpointId: number, reason: 'subsumed' | 'canceled'): void;
  /** Every channel has delivered its last record. */
  endOfData(): void;
}

interface Collecting {
  readonly captured: readonly { readonly channel: InputChannel; readonly capture: ChannelCapture }[];
  /** Channels in which nothing is overtaken. */
  readonly others: readonly CapturedChannel[];
  readonly settle: (cut: InputCut | undefined) => void;
}

interface InputSide {
  readonly input: Input;
  readonly loop: FrameLoop;
  readonly valve: WatermarkValve;
  /** Place of a channel among those of this input. */
  readonly placeOf: Map<number, number>;
  idle: boolean;
  /** What the operator was told last; above the valve's output after a replay. */
  emitted: number;
}

export class InputProcessor {
  /** Records taken from channels. */
  recordsIn = 0;
  private readonly aligner: BarrierAligner;
  private readonly sides: InputSide[];
  private readonly barrierSeqs: number[];
  /** What each channel has told. */
  private readonly times: ChannelTime[];
  private alignmentStartMs = 0;
  /** The newest barrier that may not overtake. */
  private savepointId = 0;
  /** And that has overtaken. */
  private overtakenId = 0;
  private endedChannels = 0;
  private collecting: Collecting | undefined;
  /** A data frame of which some records are left to be taken. */
  private open: { readonly channel: InputChannel; readonly frame: DataFrame; next: number } | undefined;

  constructor(private readonly gate: InputGate, inputs: readonly Input[], context: RecordContext, private readonly clock: Clock, label: string,
    private readonly events: InputProcessorEvents, private readonly overtaking: Overtaking) {
    const { channels } = gate;
    this.aligner = new BarrierAligner(channels.length, (channel) => overtaking.mayBeOvertaken(channels[channel].edgeIndex));
    this.barrierSeqs = channels.map(() => -1);
    this.times = channels.map(() => ({ watermark: MIN_WATERMARK, idle: false }));
    for (const channel of channels) channel.onBarrier = (barrier) => { if (barrier.mode !== 'aligned') this.events.barrierArrived?.(channel, barrier); };
    this.sides = inputs.map((input, inputIndex) => {
      const channels = gate.channels.filter((channel) => channel.inputIndex === inputIndex);
      return {
        input, loop: new (specialize(frameLoopFactory, undefined, label))(input, context), valve: new WatermarkValve(channels.length),
        placeOf: new Map(channels.map((channel, place) => [channel.index, place])), idle: false, emitted: MIN_WATERMARK,
      };
    });
  }

  /** The smallest of the inputs' watermarks. */
  get watermark(): number {
    return Math.min(...this.sides.map((side) => Math.max(side.valve.output, side.emitted)));
  }

  /** Takes one frame, or up to `limit` records of one; false when there is none to take. */
  processNext(limit: number): boolean {
    if (this.open !== undefined) {
      this.takeRecords(this.open, limit);
      return true;
    }
    const channel = this.gate.next();
    if (channel === undefined) return false;
    const frame = channel.take();
    const side = this.sides[channel.inputIndex];
    switch (frame.kind) {
      case 'data':
        this.takeRecords({ channel, frame, next: 0 }, limit);
        break;
      case 'watermark':
        this.times[channel.index].watermark = frame.timestamp;
        if (side.valve.advance(side.placeOf.get(channel.index) as number, frame.timestamp)) this.forwardWatermark(side);
        this.forwardIdle(side);
        break;
      case 'idle':
        this.idle(side, channel, frame.idle);
        break;
      case 'barrier':
        if (this.aligner.aligning === undefined) this.alignmentStartMs = this.clock.monotonic();
        this.barrierSeqs[channel.index] = frame.seq;
        if (frame.mode === 'aligned') this.savepointId = frame.checkpointId;
        if (frame.mode === 'overtaking') this.overtakenId = frame.checkpointId;
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

  private takeRecords(open: NonNullable<InputProcessor['open']>, limit: number): void {
    const { channel, frame, next } = open;
    const end = Math.min(frame.count, next + limit);
    open.next = end; // ahead of the records: whoever looks in between sees them as taken
    this.open = end < frame.count ? open : undefined;
    this.recordsIn += end - next;
    this.sides[channel.inputIndex].loop.run(frame, next, end);
  }

  abort(checkpointId: number): void {
    this.apply(this.aligner.abort(checkpointId));
  }
  /** See `barrierArrived`. True when this checkpoint is aligning, or collecting, now. */
  arrived(channel: InputChannel, { checkpointId, timestampMs, mode }: Barrier): boolean {
    if (this.aligner.aligning === undefined) this.alignmentStartMs = this.clock.monotonic();
    this.apply(this.aligner.arrive(channel.index, checkpointId, timestampMs, mode === 'overtaking'));
    return this.aligner.aligning === checkpointId;
  }
  /** The time to align is over. */
  overtake(checkpointId: number): void {
    this.apply(this.aligner.timeout(checkpointId));
  }
  /** The operator's time, from what is replayed ahead of all that comes. */
  resume(inputIndex: number, { watermark, idle }: ChannelTime): void {
    this.sides[inputIndex].emitted = watermark;
    this.sides[inputIndex].idle = idle;
  }

  private idle(side: InputSide, channel: InputChannel, idle: boolean): void {
    this.times[channel.index].idle = idle;
    const rose = side.valve.setIdle(side.placeOf.get(channel.index) as number, idle);
    // Active first: a watermark of an idle input would be passed over.
    if (!side.valve.outputIdle) this.forwardIdle(side);
    if (rose) this.forwardWatermark(side);
    this.forwardIdle(side);
  }
  private forwardWatermark(side: InputSide): void {
    if (side.valve.output <= side.emitted) return;
    side.emitted = side.valve.output;
    side.input.watermark(side.valve.output);
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
        case 'complete': {
          const { checkpointId, timestampMs } = effect;
          const mode = checkpointId === this.savepointId ? 'aligned' : undefined;
          const captured = checkpointId === this.overtakenId ? this.timesOf(this.gate.channels) : []; // a producer may have stored records
          const cut = { positions: this.positions(), captured };
          this.events.barrierComplete({ checkpointId, timestampMs, mode, cut, alignmentDurationMs: this.alignedForMs() });
          break;
        }
        case 'overtake':
          this.startCollecting(effect);
          break;
        case 'collected':
          this.collected();
          break;
        case 'give-up':
          this.stopCollecting();
          this.events.checkpointGivenUp(effect.checkpointId, effect.reason);
      }
    }
  }
  private alignedForMs(): number {
    return this.clock.monotonic() - this.alignmentStartMs;
  }

  private startCollecting({ checkpointId, timestampMs, channels }: Extract<AlignmentEffect, { type: 'overtake' }>): void {
    const captured = channels.map((index) => {
      const channel = this.gate.channels[index];
      const open = this.open?.channel === channel ? this.open : undefined;
      const capture = channel.captureUntil(checkpointId, (type) => {
        const bytes = open === undefined ? undefined : channel.takenBytes;
        const writer = this.stateOf(channel, type, bytes === undefined ? 0 : open?.next ?? 0);
        if (open !== undefined) writer.add(bytes ?? restOf(open.frame, open.next));
        return writer;
      });
      return { channel, capture };
    });
    const overtaken = new Set(channels);
    const others = this.timesOf(this.gate.channels.filter(({ index }) => !overtaken.has(index)));
    const cut = new Promise<InputCut | undefined>((settle) => { this.collecting = { captured, others, settle }; });
    this.events.barrierComplete({ checkpointId, timestampMs, mode: 'overtaking', cut, alignmentDurationMs: this.alignedForMs() });
  }
  private timesOf(channels: readonly InputChannel[]): CapturedChannel[] {
    return channels.map((channel) => ({ channel, state: this.stateOf(channel) }));
  }
  /** Begins with the channel's time, which the operator's may be ahead of after a replay. */
  private stateOf(channel: InputChannel, type?: Uint8Array, taken = 0): ChannelStateWriter {
    const { watermark, idle } = this.times[channel.index];
    const writer = this.overtaking.writerFor(channel.edgeIndex, type, taken);
    writer.add({ kind: 'watermark', seq: 0, timestamp: Math.max(watermark, this.sides[channel.inputIndex].emitted) });
    writer.add({ kind: 'idle', seq: 0, idle });
    return writer;
  }
  private collected(): void {
    const { captured, others, settle } = this.collecting as Collecting;
    this.collecting = undefined;
    for (const { channel, capture } of captured) this.barrierSeqs[channel.index] = capture.barrierSeq as number;
    const overtaken = captured.map(({ channel, capture: { state } }) => ({ channel, state }));
    settle({ positions: this.positions(), captured: [...overtaken, ...others] });
  }
  private stopCollecting(): void {
    for (const { channel } of this.collecting?.captured ?? []) channel.stopCapture();
    this.collecting?.settle(undefined);
    this.collecting = undefined;
  }

  private positions(): ChannelPosition[] {
    return this.gate.channels.map((channel) => ({
      edgeIndex: channel.edgeIndex, fromSubtask: channel.descriptor.fromSubtask, toSubtask: channel.descriptor.toSubtask, barrierSeq: this.barrierSeqs[channel.index],
    }));
  }
}
