/** All records of a bounded source through its contracts alone: one enumerator, one reader, no time but what the source waits for. */
import { toError } from '@weir/base';
import type { EnumeratorContext, ReaderContext, Source, SourceSplit } from '@weir/connector';
import { type FileStore, ManualClock, ManualTimers, SeededRandom, silentLogger } from '@weir/ports';
import { NO_TIMESTAMP } from '@weir/time';

export interface SourceRecord {
  readonly value: unknown;
  /** As the outside system gave it. */
  readonly timestamp: number;
  /** Id of the side output; undefined: the main output. */
  readonly side: string | undefined;
  readonly splitId: string;
}

/** In the order of the splits as the enumerator hands them out. Rejects with what would fail the job. */
export async function drainSource(source: Source<unknown>, files: FileStore, wallClockMs: number): Promise<SourceRecord[]> {
  const clock = new ManualClock(wallClockMs);
  const timers = new ManualTimers(clock);
  const services = { files, clock, timers, random: new SeededRandom('reference'), logger: silentLogger };
  let failure: Error | undefined;
  const fail = (thrown: unknown): void => void (failure ??= toError(thrown));
  const turns: (() => void)[] = [];
  const later = <R>(work: () => Promise<R>, done: (outcome: R) => void): void => void work().then((outcome) => turns.push(() => done(outcome)), fail);
  const enumeratorContext: EnumeratorContext<SourceSplit> = {
    ...services, parallelism: 1, registeredReaders: () => [0],
    assignSplits: (assignments) => turns.push(() => reader.addSplits([...assignments.values()].flat())),
    signalNoMoreSplits: () => turns.push(() => reader.notifyNoMoreSplits()),
    runAsync: later, runPeriodically: (_periodMs, work, done) => later(work, done), fail,
  };
  const readerContext: ReaderContext = {
    ...services, subtaskIndex: 0, parallelism: 1, skippedRecords: { count: 0 }, sendSplitRequest: () => turns.push(() => enumerator.handleSplitRequest(0)),
  };
  const enumerator = source.createEnumerator(enumeratorContext, undefined);
  const reader = source.createReader(readerContext);
  turns.push(() => enumerator.start(), () => enumerator.addReader(0), () => reader.start());
  const records: SourceRecord[] = [];
  try {
    for (;;) {
      for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
      if (failure !== undefined) throw failure;
      const batch = reader.poll();
      if (batch === 'end') return records;
      if (batch === 'nothing') {
        await rest(reader.available(), timers, fail);
        continue;
      }
      for (; batch.next < batch.end; batch.next++) {
        const value = batch.kind === 'indexed' ? batch.at(batch.next) : batch.records[batch.next];
        const timestamp = batch.kind === 'array' && batch.timestamps !== undefined ? batch.timestamps[batch.next] : NO_TIMESTAMP;
        records.push({ value, timestamp, side: batch.kind === 'side' ? batch.tag.id : undefined, splitId: batch.splitId });
      }
    }
  } finally {
    enumerator.close();
    await reader.close();
  }
}

/** Lets promises settle; when nothing came of them, time passes. */
async function rest(available: Promise<void>, timers: ManualTimers, fail: (error: unknown) => void): Promise<void> {
  let woken = false;
  available.then(() => (woken = true), fail);
  await new Promise((resolve) => setImmediate(resolve));
  if (!woken) timers.advanceBy(10);
}
