/**
 * A source that gives its records a few at a time, so that a small input lasts long enough for checkpoints and faults. Positions are the
 * inner reader's own: a slice moves the `next` of the batch that it is cut from.
 */
import type { PollResult, ReaderContext, RecordBatch, Source, SourceReader, SourceSplit } from '@weir/connector';

export interface Pace {
  readonly records: number;
  readonly everyMs: number;
}

/** The source with other readers; everything else is the given object's. */
export function pacedSource(source: Source<unknown>, pace: Pace): Source<unknown> {
  return {
    description: source.description, boundedness: source.boundedness, stateVersion: source.stateVersion,
    ...(source.outputType === undefined ? {} : { outputType: source.outputType }),
    createEnumerator: (context, restored) => source.createEnumerator(context, restored),
    createReader: (context) => new PacedReader(source.createReader(context), context, pace),
  };
}

class PacedReader implements SourceReader<unknown, SourceSplit> {
  private batch: RecordBatch<unknown> | undefined;
  private resting: Promise<void> | undefined;
  private endRest: () => void = () => undefined;

  constructor(private readonly inner: SourceReader<unknown, SourceSplit>, private readonly context: ReaderContext, private readonly pace: Pace) {}

  start(): void {
    this.inner.start();
  }
  addSplits(splits: readonly SourceSplit[]): void {
    this.inner.addSplits(splits);
  }
  notifyNoMoreSplits(): void {
    this.inner.notifyNoMoreSplits();
  }

  poll(): PollResult<unknown> {
    if (this.resting !== undefined) return 'nothing';
    if (this.batch === undefined || this.batch.next >= this.batch.end) {
      const polled = this.inner.poll();
      if (typeof polled === 'string') return polled;
      this.batch = polled;
    }
    this.rest();
    return sliceOf(this.batch, this.pace.records);
  }

  available(): Promise<void> {
    return this.resting ?? this.inner.available();
  }
  snapshotState(checkpointId: number): readonly SourceSplit[] {
    return this.inner.snapshotState(checkpointId);
  }
  remainingWork(): number {
    return this.inner.remainingWork?.() ?? 0;
  }
  notifyCheckpointComplete(checkpointId: number): void {
    this.inner.notifyCheckpointComplete?.(checkpointId);
  }
  takeFinishedSplits(): readonly string[] {
    return this.inner.takeFinishedSplits();
  }
  close(): Promise<void> {
    this.endRest();
    return this.inner.close();
  }

  private rest(): void {
    this.resting = new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.resting = undefined;
        resolve();
      };
      const cancel = this.context.timers.after(this.pace.everyMs, end);
      this.endRest = end;
    });
  }
}

function sliceOf(batch: RecordBatch<unknown>, records: number): RecordBatch<unknown> {
  return Object.defineProperty({ ...batch, end: Math.min(batch.end, batch.next + records) }, 'next', {
    get: () => batch.next,
    set: (next: number) => {
      batch.next = next;
    },
  });
}
