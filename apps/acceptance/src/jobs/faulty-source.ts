/** A source that fails in its snapshot, and when it takes restored splits, once each. */
import type { EnumeratorContext, PollResult, ReaderContext, Source, SourceReader, SourceSplit, SplitEnumerator } from '@weir/connector';
import type { TypeInformation } from '@weir/datastream';
import type { Fault } from './fault.js';

export interface SourceFaults {
  readonly snapshot: Fault | undefined;
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
    return this.reader.poll();
  }

  available(): Promise<void> {
    return this.reader.available();
  }

  /** The second snapshot, so that there is a checkpoint to go back to. */
  snapshotState(checkpointId: number): readonly S[] {
    if (++this.snapshots > 1) this.faults.snapshot?.strike();
    return this.reader.snapshotState(checkpointId);
  }

  takeFinishedSplits(): readonly string[] {
    return this.reader.takeFinishedSplits();
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
