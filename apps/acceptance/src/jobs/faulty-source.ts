/** A source that fails in its snapshot, behind a checkpoint to which it can go back, and when it takes restored splits, once each. */
import type { EnumeratorContext, PollResult, ReaderContext, Source, SourceReader, SourceSplit, SplitEnumerator } from '@weir/connector';
import type { TypeInformation } from '@weir/datastream';
import type { Fault } from './fault.js';

export interface SourceFaults {
  /** In the second snapshot. */
  readonly snapshot: Fault | undefined;
  /** At the first read after a checkpoint has completed that holds splits. */
  readonly poll: Fault | undefined;
  /** When splits of a checkpoint are given back. */
  readonly restore: Fault | undefined;
}

export class FaultySource<T, S extends SourceSplit, E> implements Source<T, S, E> {
  readonly description: string;
  readonly boundedness: Source<T>['boundedness'];
  readonly stateVersion: number;
  readonly outputType?: TypeInformation<T>;

  constructor(private readonly source: Source<T, S, E>, private readonly faults: SourceFaults) {
    this.description = `faulty ${source.description}`;
    this.boundedness = source.boundedness;
    this.stateVersion = source.stateVersion;
    if (source.outputType !== undefined) this.outputType = source.outputType;
  }

  createEnumerator(context: EnumeratorContext<S>, restored: E | undefined): SplitEnumerator<S, E> {
    return this.source.createEnumerator(context, restored);
  }

  createReader(context: ReaderContext): SourceReader<T, S> {
    return new FaultyReader(this.source.createReader(context), this.faults);
  }
}

class FaultyReader<T, S extends SourceSplit> implements SourceReader<T, S> {
  private started = false;
  private snapshots = 0;
  private readonly withSplits = new Set<number>();
  private canGoBack = false;

  constructor(private readonly reader: SourceReader<T, S>, private readonly faults: SourceFaults) {}

  start(): void {
    this.started = true;
    this.reader.start();
  }

  addSplits(splits: readonly S[]): void {
    if (!this.started) this.faults.restore?.strike(); // before `start` come the splits of the checkpoint
    this.reader.addSplits(splits);
  }

  notifyNoMoreSplits(): void {
    this.reader.notifyNoMoreSplits();
  }

  poll(): PollResult<T> {
    if (this.canGoBack) this.faults.poll?.strike();
    return this.reader.poll();
  }

  available(): Promise<void> {
    return this.reader.available();
  }

  /** The second snapshot, so that there is a checkpoint to go back to. */
  snapshotState(checkpointId: number): readonly S[] {
    if (++this.snapshots > 1) this.faults.snapshot?.strike();
    const splits = this.reader.snapshotState(checkpointId);
    if (splits.length > 0) this.withSplits.add(checkpointId);
    return splits;
  }

  notifyCheckpointComplete(checkpointId: number): void {
    this.reader.notifyCheckpointComplete?.(checkpointId);
    if (this.withSplits.has(checkpointId)) this.canGoBack = true;
  }

  takeFinishedSplits(): readonly string[] {
    return this.reader.takeFinishedSplits();
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
