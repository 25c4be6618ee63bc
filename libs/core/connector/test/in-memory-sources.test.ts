/** Sources driven by hand: a tiny runtime that assigns, polls, takes records one by one and restores, under a manual clock. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FileStore, Random } from '@weir/ports';
import { silentLogger } from '@weir/ports';
import {
  CollectionSource, DataGeneratorSource, InvalidSourceError, SequenceSource, type EnumeratorContext, type IndexRangeEnumeratorState,
  type IndexRangeSplit, type Source, type SourceReader,
} from '../src/index.js';

class ManualTime {
  nowMs = 0;
  private readonly pending: { at: number; callback: () => void }[] = [];
  readonly clock = { now: () => this.nowMs, monotonic: () => this.nowMs };
  readonly timers = {
    after: (delayMs: number, callback: () => void) => {
      const entry = { at: this.nowMs + delayMs, callback };
      this.pending.push(entry);
      return () => void this.pending.splice(this.pending.indexOf(entry) >>> 0, 1);
    },
    defer: (callback: () => void) => queueMicrotask(callback),
  };
  get waiting(): number {
    return this.pending.length;
  }
  advance(ms: number): void {
    this.nowMs += ms;
    for (const due of this.pending.filter((entry) => entry.at <= this.nowMs)) {
      this.pending.splice(this.pending.indexOf(due), 1);
      due.callback();
    }
  }
}

type RangeSource<T> = Source<T, IndexRangeSplit, IndexRangeEnumeratorState>;

class TinyRuntime<T> {
  readonly time = new ManualTime();
  readonly readers: SourceReader<T, IndexRangeSplit>[] = [];
  private readonly services = {
    files: {} as FileStore, random: {} as Random, logger: silentLogger, clock: this.time.clock, timers: this.time.timers,
  };
  readonly enumerator;

  constructor(
    source: RangeSource<T>,
    parallelism: number,
    restored?: { enumerator: IndexRangeEnumeratorState; splits: readonly (readonly IndexRangeSplit[])[] },
  ) {
    const context: EnumeratorContext<IndexRangeSplit> = {
      ...this.services,
      parallelism,
      registeredReaders: () => [],
      assignSplits: (assignments) => assignments.forEach((splits, subtask) => this.readers[subtask].addSplits(splits)),
      signalNoMoreSplits: (subtask) => this.readers[subtask].notifyNoMoreSplits(),
      runAsync: () => undefined,
      runPeriodically: () => undefined,
      fail: (error) => {
        throw error;
      },
    };
    this.enumerator = source.createEnumerator(context, restored?.enumerator);
    for (let subtaskIndex = 0; subtaskIndex < parallelism; subtaskIndex++) {
      const reader = source.createReader(
        { ...this.services, subtaskIndex, parallelism, sendSplitRequest: () => undefined, skippedRecords: { count: 0 } },
      );
      this.readers.push(reader);
      reader.addSplits(restored?.splits[subtaskIndex] ?? []);
      reader.start();
    }
    this.enumerator.start();
    for (let subtaskIndex = 0; subtaskIndex < parallelism; subtaskIndex++) this.enumerator.addReader(subtaskIndex);
  }

  /** Takes at most `limit` records of one reader. */
  take(subtask: number, limit: number, into: T[]): 'nothing' | 'end' | 'limit' {
    for (let left = limit; left > 0; ) {
      const batch = this.readers[subtask].poll();
      if (typeof batch === 'string') return batch;
      if (batch.kind !== 'indexed') throw new Error(`batch of kind ${batch.kind}`);
      for (; left > 0 && batch.next < batch.end; left--) into.push(batch.at(batch.next++));
      if (batch.next < batch.end) return 'limit';
    }
    return 'limit';
  }
}

describe('in-memory sources', () => {
  it('give every position exactly once over all readers, whatever the parallelism, and end', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.nat(300), fc.integer({ min: 1, max: 8 }), (from, count, parallelism) => {
        const runtime = new TinyRuntime(new SequenceSource(from, from + count - 1), parallelism);
        const taken: number[] = [];
        for (let subtask = 0; subtask < parallelism; subtask++) expect(runtime.take(subtask, Infinity, taken)).toBe('end');
        expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => from + i));
      }),
    );
  });

  it('go on from the exact position after a restore at another parallelism', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.array(
        fc.nat(60), { minLength: 5, maxLength: 5 },
      ), (count, before, after, limits) => {
        const source = new CollectionSource(Array.from({ length: count }, (_, i) => `v${i}`));
        const first = new TinyRuntime(source, before);
        const taken: string[] = [];
        for (let subtask = 0; subtask < before; subtask++) if (limits[subtask] > 0) first.take(subtask, limits[subtask], taken);
        const splits: IndexRangeSplit[][] = Array.from({ length: after }, () => []);
        first.readers.flatMap((reader) => [...reader.snapshotState(1)]).forEach(
          (split, i) => splits[i % after].push(structuredClone(split)),
        );
        const second = new TinyRuntime(source, after, { enumerator: structuredClone(first.enumerator.snapshotState(1)), splits });
        for (let subtask = 0; subtask < after; subtask++) expect(second.take(subtask, Infinity, taken)).toBe('end');
        expect(taken.sort()).toEqual(Array.from({ length: count }, (_, i) => `v${i}`).sort());
      }),
    );
  });

  it('give batches of at most 2^16 positions', () => {
    const batch = new TinyRuntime(new SequenceSource(0, 1_000_000), 1).readers[0].poll();
    expect(typeof batch === 'string' ? batch : batch.end - batch.next).toBe(65_536);
  });

  it('report a split finished once its last record was taken', () => {
    const runtime = new TinyRuntime(new SequenceSource(1, 3), 1);
    runtime.take(0, 2, []);
    expect(runtime.readers[0].takeFinishedSplits()).toEqual([]);
    runtime.take(0, Infinity, []);
    expect(runtime.readers[0].takeFinishedSplits()).toEqual(['range-0']);
    expect(runtime.readers[0].snapshotState(1)).toEqual([]);
  });

  it('hand a split that came back out again to the same reader', () => {
    const runtime = new TinyRuntime(new SequenceSource(0, 9), 2);
    const [split] = runtime.readers[1].snapshotState(1);
    runtime.enumerator.addSplitsBack([split], 1);
    expect(runtime.enumerator.snapshotState(2)).toEqual({ pending: [split] });
    runtime.enumerator.addReader(1);
    expect(runtime.enumerator.snapshotState(3)).toEqual({ pending: [] });
  });

  it('given a rate, wake the task when the next record is due and no earlier', async () => {
    const runtime = new TinyRuntime(new DataGeneratorSource((i) => i * i, 5, { recordsPerSecond: 10 }), 1);
    const taken: number[] = [];
    expect(runtime.take(0, Infinity, taken)).toBe('nothing');
    expect(taken).toEqual([0]);
    const available = runtime.readers[0].available();
    runtime.time.advance(99);
    expect(runtime.take(0, Infinity, taken)).toBe('nothing');
    runtime.time.advance(1);
    await available;
    expect(runtime.take(0, Infinity, taken)).toBe('nothing');
    expect(taken).toEqual([0, 1]);
    runtime.time.advance(60_000);
    expect(runtime.take(0, Infinity, taken)).toBe('end');
    expect(taken).toEqual([0, 1, 4, 9, 16]);
    await runtime.readers[0].close();
    expect(runtime.time.waiting).toBe(0);
  });

  it('are continuous without a count, and refuse nonsense', () => {
    expect(new DataGeneratorSource((i) => i).boundedness).toBe('continuous');
    const mistakes = [
      () => new SequenceSource(0.5, 1),
      () => new DataGeneratorSource((i) => i, -1),
      () => new DataGeneratorSource((i) => i, 1, { recordsPerSecond: 0 }),
    ];
    for (const mistake of mistakes) expect(mistake).toThrow(InvalidSourceError);
  });
});
