/**
 * One outgoing edge of a task: frames per channel, filled by a generated writer; events go to all channels behind the records before them.
 *
 * R1: an event is sent only after the channel's open frame. R2: `barrierSeqs` are the sequence numbers of the barrier per channel (I5).
 */
import { murmurInt, specialize } from '@weir/base';
import type { ChannelPosition } from '@weir/checkpoint';
import type { Partitioner } from '@weir/graph';
import type { Connection, Random } from '@weir/ports';
import { keyHash } from '@weir/types';
import type { Input, RecordContext } from '../operators/operator.js';
import type { ResultPartitionDescriptor } from '../task-deployment.js';
import { ChannelSender } from './channel-sender.js';
import { broadcastFactory, type FrameBuilder, type FrameTarget, hashFactory, pickingFactory, type RecordWriter, singleChannelFactory } from './partition-writers.js';

export interface ResultPartitionOptions {
  readonly frameRecords: number;
  readonly label: string;
  readonly random: Random;
  readonly connection: Connection;
  /** Credit came: the task may take input again. */
  readonly onWritable: () => void;
}

export class ResultPartition implements FrameTarget {
  readonly builders: readonly FrameBuilder[];
  readonly frameRecords: number;
  /** What the last operator of the chain writes to. */
  readonly input: Input;
  private readonly senders: readonly ChannelSender[];
  private readonly writer: RecordWriter;

  constructor(readonly descriptor: ResultPartitionDescriptor, partitioner: Partitioner, context: RecordContext, options: ResultPartitionOptions) {
    this.frameRecords = options.frameRecords;
    this.senders = descriptor.channels.map((channel) => new ChannelSender(channel, options.connection, options.onWritable));
    this.builders = descriptor.channels.map(() => this.emptyBuilder());
    const writer = this.createWriter(partitioner, context, options);
    this.writer = writer;
    const input = writer as RecordWriter & Input;
    input.watermark = (timestamp) => this.broadcast({ kind: 'watermark', timestamp });
    input.idle = (idle) => this.broadcast({ kind: 'idle', idle });
    this.input = input;
  }

  private emptyBuilder(): FrameBuilder {
    return { values: new Array(this.frameRecords), timestamps: new Float64Array(this.frameRecords), count: 0 };
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
    if (builder.count === 0) return;
    this.senders[channel].send({ kind: 'data', count: builder.count, values: builder.values, timestamps: builder.timestamps });
    builder.values = new Array(this.frameRecords);
    builder.timestamps = new Float64Array(this.frameRecords);
    builder.count = 0;
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
  /** R2. */
  barrier(checkpointId: number, timestampMs: number): ChannelPosition[] {
    const seqs = this.broadcast({ kind: 'barrier', checkpointId, timestampMs });
    return this.descriptor.channels.map((channel, i) => ({
      edgeIndex: this.descriptor.edgeIndex, fromSubtask: channel.fromSubtask, toSubtask: channel.toSubtask, barrierSeq: seqs[i],
    }));
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
