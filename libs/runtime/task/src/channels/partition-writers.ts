/**
 * Hot path (benchmark: loops/keyed-count-shuffled). Closed factories (see `specialize`) that put records into the frames of the channels they
 * belong to. One class per partitioner.
 */
import type { KeySelector } from '@weir/functions';
import type { RecordContext } from '../operators/operator.js';

/** A frame that is being filled. */
export interface FrameBuilder {
  values: unknown[];
  timestamps: Float64Array;
  count: number;
  /** Records at which the frame is full: at least 1, at most what the arrays hold. Changes between frames only. */
  limit: number;
}
export interface FrameTarget {
  readonly builders: readonly FrameBuilder[];
  /** Sends the builder's frame and empties the builder. */
  flush(channel: number): void;
}
export interface RecordWriter {
  collect(value: unknown): void;
  written: number;
}

export function singleChannelFactory(): new (target: FrameTarget, context: RecordContext) => RecordWriter {
  return class SingleChannelWriter implements RecordWriter {
    written = 0;
    private readonly builder: FrameBuilder;
    constructor(private readonly target: FrameTarget, private readonly context: RecordContext) {
      this.builder = target.builders[0];
    }
    collect(value: unknown): void {
      const { builder } = this;
      const at = builder.count++;
      builder.values[at] = value;
      builder.timestamps[at] = this.context.timestamp;
      this.written++;
      if (at + 1 === builder.limit) this.target.flush(0);
    }
  };
}

export interface HashDependencies {
  readonly keyHash: (key: unknown) => number;
  readonly murmurInt: (code: number) => number;
}
export type HashWriterConstructor = new (
  target: FrameTarget, context: RecordContext, selector: KeySelector<unknown, unknown>, parallelism: number, maxParallelism: number,
) => RecordWriter;

export function hashFactory({ keyHash, murmurInt }: HashDependencies): HashWriterConstructor {
  /** Text keys whose channel is remembered; hashing a short string costs several look-ups. */
  const CACHED_KEYS = 65_536;
  return class HashWriter implements RecordWriter {
    written = 0;
    private readonly channelOfKeyGroup: Uint16Array;
    private cache = new Map<string, number>();
    constructor(
      private readonly target: FrameTarget, private readonly context: RecordContext, private readonly selector: KeySelector<unknown, unknown>,
      parallelism: number, private readonly maxParallelism: number,
    ) {
      this.channelOfKeyGroup = new Uint16Array(maxParallelism);
      for (let group = 0; group < maxParallelism; group++) this.channelOfKeyGroup[group] = Math.floor((group * parallelism) / maxParallelism);
    }
    collect(value: unknown): void {
      const channel = this.channelOf((0, this.selector)(value));
      const builder = this.target.builders[channel];
      const at = builder.count++;
      builder.values[at] = value;
      builder.timestamps[at] = this.context.timestamp;
      this.written++;
      if (at + 1 === builder.limit) this.target.flush(channel);
    }
    private channelOf(key: unknown): number {
      if (typeof key === 'string') {
        const known = this.cache.get(key);
        if (known !== undefined) return known;
        const channel = this.channelOfKeyGroup[murmurInt(keyHash(key)) % this.maxParallelism];
        if (this.cache.size >= CACHED_KEYS) this.cache = new Map();
        this.cache.set(key, channel);
        return channel;
      }
      return this.channelOfKeyGroup[murmurInt(keyHash(key)) % this.maxParallelism];
    }
  };
}

export type PickingWriterConstructor = new (target: FrameTarget, context: RecordContext, pick: () => number) => RecordWriter;

/** Rebalance, rescale, shuffle: `pick` names the channel of each record. */
export function pickingFactory(): PickingWriterConstructor {
  return class PickingWriter implements RecordWriter {
    written = 0;
    constructor(private readonly target: FrameTarget, private readonly context: RecordContext, private readonly pick: () => number) {}
    collect(value: unknown): void {
      const channel = (0, this.pick)();
      const builder = this.target.builders[channel];
      const at = builder.count++;
      builder.values[at] = value;
      builder.timestamps[at] = this.context.timestamp;
      this.written++;
      if (at + 1 === builder.limit) this.target.flush(channel);
    }
  };
}

/** Every record to every channel. */
export function broadcastFactory(): new (target: FrameTarget, context: RecordContext) => RecordWriter {
  return class BroadcastWriter implements RecordWriter {
    written = 0;
    constructor(private readonly target: FrameTarget, private readonly context: RecordContext) {}
    collect(value: unknown): void {
      const { builders } = this.target;
      const { timestamp } = this.context;
      for (let channel = 0; channel < builders.length; channel++) {
        const builder = builders[channel];
        const at = builder.count++;
        builder.values[at] = value;
        builder.timestamps[at] = timestamp;
        if (at + 1 === builder.limit) this.target.flush(channel);
      }
      this.written++;
    }
  };
}
