/** What the input side of a task tells of a barrier. */
import type { ChannelPosition } from '@weir/checkpoint';
import type { ChannelStateWriter } from './channel-state.js';
import type { BarrierMode } from './frame.js';
import type { InputChannel } from './input-gate.js';

/** One end of all input channels at a barrier. */
export interface InputCut {
  readonly positions: readonly ChannelPosition[];
  /** All channels if the barrier overtook anything in, or on its way to, one of them: the time of an operator is that of all. */
  readonly captured: readonly CapturedChannel[];
}
/** What a barrier overtook in one channel, perhaps nothing, behind the time that the channel had told before. */
export interface CapturedChannel {
  readonly channel: InputChannel;
  readonly state: ChannelStateWriter;
}
/** Channels that barriers may overtake, and writers of their state. */
export interface Overtaking {
  readonly mayBeOvertaken: (edgeIndex: number) => boolean;
  readonly writerFor: (edgeIndex: number, type: Uint8Array | undefined, taken: number) => ChannelStateWriter;
}
export interface InputBarrier {
  readonly checkpointId: number;
  readonly timestampMs: number;
  /** `aligned`: of a savepoint. */
  readonly mode: BarrierMode | undefined;
  /** A promise when barriers are still missing; then undefined, when the checkpoint is given up. */
  readonly cut: InputCut | Promise<InputCut | undefined>;
  readonly alignmentDurationMs: number;
}

/** Watermark and idleness, of a channel or of an input. */
export interface ChannelTime {
  watermark: number;
  idle: boolean;
}
