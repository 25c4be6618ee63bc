/**
 * One checkpoint's barrier in all outgoing channels of a task, until it has left every one (docs/adr/0008).
 *
 *   in line --left everywhere--> settled          in line --overtake--> settled          any --abandon--> abandoned
 *
 * A barrier that may overtake settles only when it has left: what it passes until then belongs to the snapshot. B1: each channel has one position, that of
 * the barrier its consumer sees.
 */
import type { ChannelPosition } from '@weir/checkpoint';
import type { ChannelStateWriter } from './channel-state.js';
import type { ResultPartition } from './result-partition.js';

/** `in-line`: never overtakes (aligned: of a savepoint); `patient`: until `overtake`; `overtaking`: at once, where the edge allows it. */
export type OutputBarrierKind = 'in-line' | 'aligned' | 'patient' | 'overtaking';

/** What a barrier passed in one channel. */
export interface PassedFrames {
  readonly edgeIndex: number;
  readonly fromSubtask: number;
  readonly toSubtask: number;
  readonly state: ChannelStateWriter;
}
export interface OutputCut {
  readonly positions: readonly ChannelPosition[];
  readonly passed: readonly PassedFrames[];
}

interface Waiting {
  readonly partition: ResultPartition;
  readonly channel: number;
  readonly position: ChannelPosition;
}

export class OutputBarrier {
  /** Undefined when it was abandoned. */
  readonly settled: Promise<OutputCut | undefined>;
  private settle: (cut: OutputCut | undefined) => void = () => undefined;
  private readonly positions: ChannelPosition[] = [];
  private readonly passed: PassedFrames[] = [];
  private waiting = new Set<Waiting>();
  /** Every channel has it, in line or ahead. */
  private isSent = false;

  constructor(partitions: readonly ResultPartition[], readonly checkpointId: number, private readonly timestampMs: number, kind: OutputBarrierKind) {
    this.settled = new Promise((resolve) => { this.settle = resolve; });
    for (const partition of partitions) {
      if (kind === 'overtaking' && partition.mayBeOvertaken) this.overtakeAll(partition);
      else this.sendInLine(partition, kind);
    }
    this.isSent = true;
    this.settleIfDone();
  }

  /** True while it stands in line somewhere and may overtake. */
  get isWaiting(): boolean {
    return this.waiting.size > 0;
  }

  overtake(): void {
    for (const waiting of this.waiting) {
      const { partition, channel, position } = waiting;
      this.waiting.delete(waiting);
      this.note(partition, channel, position.barrierSeq);
    }
    this.settleIfDone();
  }

  abandon(): void {
    this.waiting.clear();
    this.settle(undefined);
  }

  private sendInLine(partition: ResultPartition, kind: OutputBarrierKind): void {
    const positions = partition.barrier(this.checkpointId, this.timestampMs, kind === 'aligned' ? 'aligned' : undefined);
    if (kind !== 'patient' || !partition.mayBeOvertaken) {
      this.positions.push(...positions);
      return;
    }
    positions.forEach((position, channel) => {
      const waiting = { partition, channel, position };
      this.waiting.add(waiting);
      partition.whenLeft(channel, position.barrierSeq, () => {
        if (!this.waiting.delete(waiting)) return;
        this.positions.push(position);
        this.settleIfDone();
      });
    });
  }

  private overtakeAll(partition: ResultPartition): void {
    for (let channel = 0; channel < partition.descriptor.channels.length; channel++) this.note(partition, channel, undefined);
  }

  private note(partition: ResultPartition, channel: number, sentAs: number | undefined): void {
    const overtaken = partition.overtake(channel, this.checkpointId, this.timestampMs, sentAs);
    const position = partition.positionOf(channel, overtaken?.barrierSeq ?? sentAs as number);
    this.positions.push(position);
    if (overtaken === undefined || overtaken.passed.length === 0) return;
    const { edgeIndex, fromSubtask, toSubtask } = position;
    const state = partition.stateWriter();
    for (const frame of overtaken.passed) state.add(frame);
    this.passed.push({ edgeIndex, fromSubtask, toSubtask, state });
  }

  private settleIfDone(): void {
    if (this.isSent && this.waiting.size === 0) this.settle({ positions: this.positions, passed: this.passed });
  }
}
