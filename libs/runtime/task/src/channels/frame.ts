/**
 * What travels in a data channel (D1). Frames of one channel carry contiguous sequence numbers from 0; records, watermarks and barriers share
 * one sequence, so the loss of any of them is a gap. High-water marks and credits stand outside of the sequence.
 */
export type Frame =
  | DataFrame
  | { readonly kind: 'watermark'; readonly seq: number; readonly timestamp: number }
  | { readonly kind: 'idle'; readonly seq: number; readonly idle: boolean }
  | Barrier
  /** The checkpoint was given up upstream: stop waiting for its barrier here. */
  | { readonly kind: 'cancel-barrier'; readonly seq: number; readonly checkpointId: number }
  | { readonly kind: 'end-of-data'; readonly seq: number };

/** `aligned`: of a savepoint, may not overtake; `overtaking`: has done so, or has had to; absent: waits in line, until the timeout if there is one. */
export interface Barrier {
  readonly kind: 'barrier';
  readonly seq: number;
  readonly checkpointId: number;
  readonly timestampMs: number;
  readonly mode?: BarrierMode | undefined;
}
export type BarrierMode = 'aligned' | 'overtaking';

/**
 * Records `[0, count)`. By reference the arrays belong to the receiver once sent; where messages are bytes (frame-format.ts), records are decoded
 * into arrays that the receiver uses again.
 */
export interface DataFrame {
  readonly kind: 'data';
  readonly seq: number;
  readonly count: number;
  readonly values: readonly unknown[];
  readonly timestamps: Float64Array;
}

/** Repeated while a channel is silent: `next` is the sequence number that the producer will use next. A receiver that expects less has lost the tail. */
export interface HighWaterMark {
  readonly kind: 'high-water-mark';
  readonly next: number;
}
/** From consumer to producer, cumulative and repeated: frames up to and excluding `limit` may be sent. The first one says that the consumer is there. */
export interface Credit {
  readonly kind: 'credit';
  readonly limit: number;
}
export type ChannelMessage = Frame | HighWaterMark;
