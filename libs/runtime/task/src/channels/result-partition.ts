/**
 * One outgoing edge of a task: frames per channel, filled by a generated writer; events go to all channels behind the records before them.
 *
 * R1: an event is sent only after the channel's open frame. R2: `barrierSeqs` are the sequence numbers of the barrier per channel (I5).
 */
import { assert, murmurInt, specialize } from '@weir/base';
import type { ChannelPosition } from '@weir/checkpoint';
import type { Partitioner } from '@weir/graph';
import type { Connection, Random } from '@weir/ports';
import { keyHash } from '@weir/types';
import type { Input, RecordContext } from '../operators/operator.js';
import type { ResultPartitionDescriptor } from '../task-deployment.js';
import type { ChannelStateWriter } from './channel-state.js';
import { ChannelSender, type Overtaken } from './channel-sender.js';
import type { BarrierMode } from './frame.js';
import { FIRST_FRAME_RECORDS, PartitionEncoder, type PartitionEncoderOptions } from './partition-encoder.js';
import { broadcastFactory, type FrameBuilder, type FrameTarget, hashFactory, pickingFactory, type RecordWriter, singleChannelFactory } from './partition-writers.js';

export interface ResultPartitionOptions {
  /** Records in a full frame; 1 in any case when it is 1. Else frames of bytes hold as many as `encoding.frameBytes` takes. */
  readonly frameRecords: number;
  /** Undefined: frames go by reference. Else by reference to consumers in this thread only. */
  readonly encoding?: PartitionEncoderOptions | undefined;
  /** Writers of what a barrier overtakes; undefined where barriers stay in line whatever happens. */
  readonly stateWriter?: (() => ChannelStateWriter) | undefined;
  readonly label: string;
  readonly random: Random;
  readonly connection: Connection;
  /** Credit came: the task may take input again. */
  readonly onWritable: () => void;
}

export class ResultPartition implements FrameTarget {
  readonly builders: readonly FrameBuilder[];
  /** What the last operator of the chain writes to. */
  readonly input: Input;
  private readonly senders: readonly ChannelSender[];
  private readonly writer: RecordWriter;
  private readonly encoder: PartitionEncoder | undefined;
  /** Frames of bytes hold as many records as their size allows. */
  private readonly growing: boolean;

  constructor(readonly descriptor: ResultPartitionDescriptor, partitioner: Partitioner, context: RecordContext, private readonly options: ResultPartitionOptions) {
    const { encoding, frameRecords } = options;
    this.encoder = encoding === undefined ? undefined : new PartitionEncoder(encoding, descriptor.channels.length);
    this.senders = descriptor.channels.map((channel) => new ChannelSender(channel, options.connection, options.onWritable, encoding !== undefined, this.encoder?.memory));
    this.growing = encoding !== undefined && frameRecords > 1;
    this.builders = this.senders.map(({ byReference }) => {
      const limit = this.growing && !byReference ? FIRST_FRAME_RECORDS : frameRecords;
      return { values: new Array(limit), timestamps: new Float64Array(limit), count: 0, limit };
    });
    const writer = this.createWriter(partitioner, context, options);
    this.writer = writer;
    const input = writer as RecordWriter & Input;
    input.watermark = (timestamp) => this.broadcast({ kind: 'watermark', timestamp });
    input.idle = (idle) => this.broadcast({ kind: 'idle', idle });
    this.input = input;
  }

  private createWriter(partitioner: Partitioner, context: RecordContext, options: ResultPartitionOptions): RecordWriter {
    const channels = this.senders.length;
    const { label } = options;
    if (partitioner.kind === 'broadcast') return new (specialize(broadcastFactory, undefined, label))(this, context);
    if (channels === 1) return new (specialize(singleChannelFactory, undefined, label))(this, context);
    switch (partitioner.kind) {
      case 'hash':
        return new (specialize(hashFactory, { keyHash, murmurInt }, label))(
          this, context, partitioner.keySelector, this.descriptor.consumerParallelism, this.descriptor.consumerMaxParallelism);
      case 'shuffle': {
        const random = options.random.stream(`shuffle/${label}`);
        return new (specialize(pickingFactory, undefined, label))(this, context, () => random.nextInt(channels));
      }
      case 'global':
        return new (specialize(pickingFactory, undefined, label))(this, context, () => 0);
      case 'forward': case 'rebalance': case 'rescale': {
        let next = -1;
        return new (specialize(pickingFactory, undefined, label))(this, context, () => {
          next = next + 1 === channels ? 0 : next + 1;
          return next;
        });
      }
    }
  }

  get recordsWritten(): number {
    return this.writer.written;
  }
  /** Records that took the self-describing encoding. */
  get fallbackRecords(): number {
    return this.encoder?.fallbackRecords ?? 0;
  }
  /** False while any channel waits for credit. */
  get writable(): boolean {
    for (const sender of this.senders) {
      if (!sender.writable) return false;
    }
    return true;
  }
  /** True when nothing waits for credit: all that was sent is on its way. */
  get drained(): boolean {
    for (const sender of this.senders) {
      if (!sender.drained) return false;
    }
    return true;
  }
  get hasOpenFrames(): boolean {
    for (const builder of this.builders) {
      if (builder.count > 0) return true;
    }
    return false;
  }

  flush(channel: number): void {
    const builder = this.builders[channel];
    const { count, values, timestamps, limit } = builder;
    if (count === 0) return;
    builder.count = 0;
    const sender = this.senders[channel];
    if (this.encoder !== undefined && !sender.byReference) {
      this.flushEncoded(this.encoder, builder, count, channel);
      return;
    }
    sender.send({ kind: 'data', count, values, timestamps });
    builder.values = new Array(limit);
    builder.timestamps = new Float64Array(limit);
  }
  /** The arrays are used again: the message holds none of them. */
  private flushEncoded(encoder: PartitionEncoder, builder: FrameBuilder, count: number, channel: number): void {
    const next = encoder.send(builder.values, builder.timestamps, count, channel, this.senders[channel]);
    builder.values.fill(undefined, 0, count);
    if (!this.growing) return;
    builder.limit = next;
    if (next > builder.timestamps.length) {
      builder.values = new Array(next);
      builder.timestamps = new Float64Array(next);
    }
  }
  flushAll(): void {
    for (let channel = 0; channel < this.builders.length; channel++) this.flush(channel);
  }

  /** R1. */
  private broadcast(event: Parameters<ChannelSender['send']>[0]): number[] {
    return this.senders.map((sender, channel) => {
      this.flush(channel);
      return sender.send(event);
    });
  }
  /** R2. In line. */
  barrier(checkpointId: number, timestampMs: number, mode?: BarrierMode): ChannelPosition[] {
    return this.broadcast({ kind: 'barrier', checkpointId, timestampMs, ...(mode === undefined ? {} : { mode }) }).map((seq, channel) => this.positionOf(channel, seq));
  }
  positionOf(channel: number, barrierSeq: number): ChannelPosition {
    const { fromSubtask, toSubtask } = this.descriptor.channels[channel];
    return { edgeIndex: this.descriptor.edgeIndex, fromSubtask, toSubtask, barrierSeq };
  }
  /** See `ChannelSender.overtake`. `sentAs` undefined: no barrier of this checkpoint was sent before. */
  overtake(channel: number, checkpointId: number, timestampMs: number, sentAs?: number): Overtaken | undefined {
    if (sentAs === undefined) this.flush(channel); // R1
    return this.senders[channel].overtake({ kind: 'barrier', checkpointId, timestampMs, mode: 'overtaking' }, sentAs);
  }
  get mayBeOvertaken(): boolean {
    return this.options.stateWriter !== undefined;
  }
  /** For one channel. */
  stateWriter(): ChannelStateWriter {
    const { stateWriter } = this.options;
    assert(stateWriter !== undefined, `edge ${this.descriptor.edgeIndex} may not be overtaken`);
    return stateWriter();
  }
  whenLeft(channel: number, seq: number, left: () => void): void {
    this.senders[channel].whenLeft(seq, left);
  }
  cancelBarrier(checkpointId: number): void {
    this.broadcast({ kind: 'cancel-barrier', checkpointId });
  }
  endOfData(): void {
    this.broadcast({ kind: 'end-of-data' });
  }
  announce(): void {
    for (const sender of this.senders) sender.announce();
  }
  close(): void {
    for (const sender of this.senders) sender.close();
  }
}
