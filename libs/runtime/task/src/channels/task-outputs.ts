/** All outgoing edges of a task as one: what the task asks of them, it asks of all. */
import type { ChannelPosition } from '@weir/checkpoint';
import type { ResultPartition } from './result-partition.js';

export class TaskOutputs {
  private lastFlushMs = 0;

  constructor(readonly partitions: readonly ResultPartition[], private readonly bufferTimeoutMs: number) {}

  /** False while any channel waits for credit: the task takes no input (K4). */
  get writable(): boolean {
    for (const partition of this.partitions) {
      if (!partition.writable) return false;
    }
    return true;
  }
  /** True when nothing waits to be sent. */
  get drained(): boolean {
    return this.partitions.every((partition) => partition.drained);
  }
  flush(nowMs: number): void {
    this.lastFlushMs = nowMs;
    for (const partition of this.partitions) partition.flushAll();
  }
  /** Sends open frames that are older than the buffer timeout. */
  flushIfDue(nowMs: number): void {
    if (nowMs - this.lastFlushMs >= this.bufferTimeoutMs) this.flush(nowMs);
  }
  barrier(checkpointId: number, timestampMs: number): ChannelPosition[] {
    return this.partitions.flatMap((partition) => partition.barrier(checkpointId, timestampMs));
  }
  cancelBarrier(checkpointId: number): void {
    for (const partition of this.partitions) partition.cancelBarrier(checkpointId);
  }
  endOfData(): void {
    for (const partition of this.partitions) partition.endOfData();
  }
  /** Repeats high-water marks of silent channels. */
  announce(): void {
    for (const partition of this.partitions) partition.announce();
  }
  close(): void {
    for (const partition of this.partitions) partition.close();
  }
}
