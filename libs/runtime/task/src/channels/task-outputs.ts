/** All outgoing edges of a task as one: what the task asks of them, it asks of all. */
import { OutputBarrier, type OutputBarrierKind } from './output-barrier.js';
import type { ResultPartition } from './result-partition.js';

export class TaskOutputs {
  private lastFlushMs = 0;
  private current: OutputBarrier | undefined;

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
  /** Replaces what an earlier barrier still waits for. */
  barrier(checkpointId: number, timestampMs: number, kind: OutputBarrierKind): OutputBarrier {
    this.current?.abandon();
    this.current = new OutputBarrier(this.partitions, checkpointId, timestampMs, kind);
    return this.current;
  }
  /** Barriers of this checkpoint wait in line no longer. */
  overtake(checkpointId: number): void {
    if (this.current?.checkpointId === checkpointId) this.current.overtake();
  }
  /** True while barriers of this checkpoint stand in line and may overtake. */
  waitsFor(checkpointId: number): boolean {
    return this.current?.checkpointId === checkpointId && this.current.isWaiting;
  }
  /** Nobody wants to know any more where barriers of this checkpoint stand. */
  abandon(checkpointId: number): void {
    if (this.current?.checkpointId === checkpointId) this.current.abandon();
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
