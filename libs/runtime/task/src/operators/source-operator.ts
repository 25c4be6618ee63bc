/**
 * The head of a source chain: asks the reader for batches, runs the generated loop over them, and turns the splits' times into watermarks.
 * Positions in state are those of `batch.next`, so a snapshot may fall between any two records.
 */
import { specialize } from '@weir/base';
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { RecordBatch, SourceReader, SourceSplit } from '@weir/connector';
import type { OperatorSpec } from '@weir/graph';
import { type ListState, stateDescriptor } from '@weir/state';
import { MAX_WATERMARK, MIN_WATERMARK, NO_TIMESTAMP } from '@weir/time';
import { types } from '@weir/types';
import { ConnectorStateVersionError } from '../errors.js';
import { SplitTimes } from '../time/split-times.js';
import type { Input, OperatorCounters, OperatorSnapshotRequest, StreamOperator } from './operator.js';
import type { OperatorContext } from './operator-context.js';
import { type SourceLoop, sourceLoopFactory, type SplitTime } from './source-loop.js';

interface StoredSplit {
  readonly version: number;
  readonly split: SourceSplit;
}
/** What one turn of the source achieved. */
export type SourceProgress = 'made-progress' | 'nothing' | 'end';

const SPLITS = '_splits';
const RECORDS_PER_WATERMARK = 16_384;

export class SourceOperator implements StreamOperator {
  readonly operatorId;
  readonly name;
  readonly inputs: readonly Input[] = [];
  readonly counters: OperatorCounters;
  private readonly loop: SourceLoop;
  private readonly times: SplitTimes;
  private readonly stored: ListState<StoredSplit>;
  private batch: RecordBatch<unknown> | undefined;
  private sideTaken = 0;
  private wasIdle = false;
  private sourceEnded = false;
  private sinceWatermark = 0;
  private emittedWatermark = MIN_WATERMARK;

  constructor(
    private readonly spec: OperatorSpec & { kind: 'source' },
    private readonly reader: SourceReader<unknown, SourceSplit>,
    private readonly context: OperatorContext,
    private readonly out: Input,
    private readonly skipped: { readonly count: number },
  ) {
    this.operatorId = context.operatorId;
    this.name = context.name;
    this.loop = specialize(sourceLoopFactory,
      { noTimestamp: NO_TIMESTAMP, context: context.record, out, assigner: spec.watermarks.timestampAssigner }, context.name);
    this.times = new SplitTimes(spec.watermarks);
    this.stored = context.lists.list(stateDescriptor.list<StoredSplit>(SPLITS, types.generic<StoredSplit>()), 'split');
    this.counters = {
      recordsIn: () => this.loop.taken + this.sideTaken,
      recordsOut: () => this.loop.taken,
      skippedRecords: () => this.skipped.count,
    };
  }

  async open(): Promise<void> {
    const stored = this.stored.get();
    for (const { version } of stored) {
      if (version !== this.spec.source.stateVersion) throw new ConnectorStateVersionError(this.name, version, this.spec.source.stateVersion);
    }
    if (stored.length > 0) this.addSplits(stored.map(({ split }) => split));
    this.reader.start();
  }

  addSplits(splits: readonly SourceSplit[]): void {
    for (const { splitId } of splits) this.times.add(splitId, this.context.clock.monotonic());
    this.reader.addSplits(splits);
  }
  noMoreSplits(): void {
    this.reader.notifyNoMoreSplits();
  }
  available(): Promise<void> {
    return this.reader.available();
  }
  get watermark(): number {
    return this.sourceEnded ? MAX_WATERMARK : this.times.watermark;
  }
  remainingWork(): number | undefined {
    return this.reader.remainingWork?.();
  }

  /** Takes up to `limit` records. */
  run(limit: number): SourceProgress {
    const batch = this.batch;
    if (batch === undefined) {
      const polled = this.reader.poll();
      for (const finished of this.reader.takeFinishedSplits()) this.times.remove(finished);
      if (typeof polled === 'string') return polled;
      this.batch = polled;
      return this.run(limit);
    }
    const time = this.times.of(batch.splitId, this.context.clock.monotonic());
    const before = batch.next;
    if (time.generator === undefined) this.take(batch, limit, time);
    else this.takeOneByOne(batch, limit, time);
    this.sinceWatermark += batch.next - before;
    if (batch.next === batch.end) this.batch = undefined;
    if (this.sinceWatermark >= RECORDS_PER_WATERMARK) this.emitWatermark(false);
    return 'made-progress';
  }
  private take(batch: RecordBatch<unknown>, limit: number, time: SplitTime): void {
    switch (batch.kind) {
      case 'indexed': this.loop.runIndexed(batch, limit, time); break;
      case 'array': this.loop.runArray(batch, limit, time); break;
      case 'side': {
        const from = batch.next;
        const end = Math.min(batch.end, from + limit);
        this.context.record.timestamp = NO_TIMESTAMP;
        for (let i = from; i < end; i++) this.context.sideOutputs.collect(batch.tag.id, batch.records[i]);
        batch.next = end;
        this.sideTaken += end - from;
      }
    }
  }
  /** A watermark that a user's generator asks for is emitted behind its record, not behind the batch. */
  private takeOneByOne(batch: RecordBatch<unknown>, limit: number, time: SplitTime): void {
    for (let left = limit; left > 0 && batch.next < batch.end; left--) {
      const askedBefore = time.watermark;
      this.take(batch, 1, time);
      if (time.watermark > askedBefore) this.emitWatermark(false);
    }
  }

  /** Each auto-watermark interval, by the task. */
  periodic(): void {
    this.emitWatermark(true);
  }
  private emitWatermark(periodic: boolean): void {
    this.sinceWatermark = 0;
    if (!this.times.update(this.context.clock.monotonic(), periodic)) return;
    if (this.times.idle !== this.wasIdle) {
      this.wasIdle = this.times.idle;
      this.forEachOutput((output) => output.idle(this.wasIdle));
    }
    const { watermark } = this.times;
    if (watermark <= this.emittedWatermark) return; // only idleness changed
    this.emittedWatermark = watermark;
    this.forEachOutput((output) => output.watermark(watermark));
  }
  /** The end of bounded input. */
  emitMaxWatermark(): void {
    this.sourceEnded = true;
    if (this.wasIdle) this.forEachOutput((output) => output.idle(false));
    this.forEachOutput((output) => output.watermark(MAX_WATERMARK));
  }
  private forEachOutput(visit: (output: Input) => void): void {
    visit(this.out);
    for (const side of this.context.sideOutputs.inputs()) visit(side);
  }

  snapshot({ checkpointId }: OperatorSnapshotRequest): OperatorSnapshot {
    const version = this.spec.source.stateVersion;
    this.stored.update(this.reader.snapshotState(checkpointId).map((split) => ({ version, split })));
    return { operatorId: this.operatorId, lists: this.context.lists.snapshot() };
  }
  async checkpointComplete(checkpointId: number): Promise<void> {
    this.reader.notifyCheckpointComplete?.(checkpointId);
  }
  async close(): Promise<void> {
    await this.reader.close();
  }
}
