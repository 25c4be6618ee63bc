/**
 * Drives a source without the engine: one enumerator, several readers, calls in turns as the runtime makes them.
 *
 * H1: no call into the source happens inside another one. H2: states pass through the message codec, so they are plain data.
 * H3: a reader is polled only when its batch is used up.
 */
import { assert, toError } from '@weir/base';
import type { EnumeratorContext, RecordBatch, Source, SourceReader, SourceSplit, SplitEnumerator } from '@weir/connector';
import type { FileStore } from '@weir/ports';
import { decodeMessage, encodeMessage } from '@weir/types';
import { connectorServices } from './connector-services.js';

export interface SourceHarnessOptions {
  readonly files: FileStore;
  /** Default 1. */
  readonly parallelism?: number;
}

/** A checkpoint of the source. */
export interface SourceHarnessState<S, E> {
  readonly enumerator: E;
  readonly readers: readonly (readonly S[])[];
}

export interface TakenRecord<T> {
  readonly value: T;
  /** Id of the side output; undefined for records of the main one. */
  readonly side: string | undefined;
  readonly splitId: string;
}

/** More than the reads that follow one another before a record is there: header, chunk, end of the file. */
const QUIET_ROUNDS = 5;

interface ReaderSlot<T, S extends SourceSplit> {
  readonly reader: SourceReader<T, S>;
  batch: RecordBatch<T> | undefined;
}

export class SourceHarness<T, S extends SourceSplit, E> {
  readonly skippedRecords = { count: 0 };
  private readonly enumerator: SplitEnumerator<S, E>;
  private readonly slots: ReaderSlot<T, S>[] = [];
  private readonly periodic: (() => Promise<void>)[] = [];
  private readonly turns: (() => void)[] = [];
  private running = false;
  private failure: Error | undefined;
  private failed: (error: Error) => void = () => undefined;
  private readonly failing: Promise<never>;
  /** Splits in the order in which they were handed out, with the reader that got each. */
  readonly assigned: { readonly subtaskIndex: number; readonly split: S }[] = [];

  constructor(source: Source<T, S, E>, options: SourceHarnessOptions, restored?: SourceHarnessState<S, E>) {
    this.failing = new Promise((_resolve, reject) => {
      this.failed = reject;
    });
    this.failing.catch((error: unknown) => (this.failure = toError(error)));
    const { files, parallelism = 1 } = options;
    const services = connectorServices(files);
    const context: EnumeratorContext<S> = {
      ...services,
      parallelism,
      registeredReaders: () => this.slots.map((_, index) => index),
      assignSplits: (assignments) => {
        for (const [subtaskIndex, splits] of assignments) {
          for (const split of splits) this.assigned.push({ subtaskIndex, split });
          this.post(() => this.slots[subtaskIndex].reader.addSplits(splits));
        }
      },
      signalNoMoreSplits: (subtaskIndex) => this.post(() => this.slots[subtaskIndex].reader.notifyNoMoreSplits()),
      runAsync: (work, done) => void this.run(work, done),
      runPeriodically: (_periodMs, work, done) => void this.periodic.push(() => this.run(work, done)),
      fail: (error) => this.failed(error),
    };
    const state = restored === undefined ? undefined : plain(restored);
    this.enumerator = source.createEnumerator(context, state?.enumerator);
    for (let subtaskIndex = 0; subtaskIndex < parallelism; subtaskIndex++) {
      const reader = source.createReader({
        ...services,
        subtaskIndex,
        parallelism,
        sendSplitRequest: () => this.post(() => this.enumerator.handleSplitRequest(subtaskIndex)),
        skippedRecords: this.skippedRecords,
      });
      this.slots.push({ reader, batch: undefined });
    }
    this.post(() => this.enumerator.start());
    for (const [subtaskIndex, { reader }] of this.slots.entries()) {
      this.post(() => {
        this.enumerator.addReader(subtaskIndex);
        const splits = state?.readers[subtaskIndex] ?? [];
        if (splits.length > 0) reader.addSplits(splits);
        reader.start();
      });
    }
  }

  /** The next record of a reader; undefined at its end. Rejects with what fails the job. */
  async take(subtaskIndex = 0): Promise<TakenRecord<T> | undefined> {
    const slot = this.slots[subtaskIndex];
    for (;;) {
      const taken = this.takeFromBatch(slot);
      if (taken !== undefined) return taken;
      if (this.failure !== undefined) throw this.failure;
      const result = slot.reader.poll();
      if (result === 'end') return undefined;
      if (result === 'nothing') await Promise.race([slot.reader.available(), this.failing]);
      else slot.batch = checked(result);
    }
  }

  /** Everything that is left, reader by reader in turns of `recordsPerTurn`. */
  async drain(recordsPerTurn = Infinity): Promise<TakenRecord<T>[]> {
    const all: TakenRecord<T>[] = [];
    const open = new Set(this.slots.keys());
    while (open.size > 0) {
      for (const index of [...open]) {
        for (let i = 0; i < recordsPerTurn; i++) {
          const taken = await this.take(index);
          if (taken === undefined) {
            open.delete(index);
            break;
          }
          all.push(taken);
        }
      }
    }
    return all;
  }

  /** What readers can give without waiting for anything but promises; for sources without end over stores in memory. */
  async takeAvailable(): Promise<TakenRecord<T>[]> {
    const all: TakenRecord<T>[] = [];
    for (let quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
      await new Promise((resolve) => void setImmediate(resolve));
      if (this.failure !== undefined) throw this.failure;
      for (const slot of this.slots) {
        for (let taken = this.takeFromBatch(slot); ; taken = this.takeFromBatch(slot)) {
          if (taken !== undefined) {
            all.push(taken);
            quiet = -1;
            continue;
          }
          const result = slot.reader.poll();
          if (typeof result === 'string') break;
          slot.batch = checked(result);
        }
      }
    }
    return all;
  }

  /** Lets the enumerator look once more, as its timer would. */
  async lookAgain(): Promise<void> {
    for (const work of this.periodic) await work();
  }

  snapshot(checkpointId = 1): SourceHarnessState<S, E> {
    return plain({
      enumerator: this.enumerator.snapshotState(checkpointId),
      readers: this.slots.map(({ reader }) => reader.snapshotState(checkpointId)),
    });
  }

  takeFinishedSplits(): string[] {
    return this.slots.flatMap(({ reader }) => [...reader.takeFinishedSplits()]);
  }

  async close(): Promise<void> {
    this.enumerator.close();
    for (const { reader } of this.slots) await reader.close();
  }

  private takeFromBatch(slot: ReaderSlot<T, S>): TakenRecord<T> | undefined {
    const { batch } = slot;
    if (batch === undefined) return undefined;
    if (batch.next === batch.end) {
      slot.batch = undefined; // H3
      return undefined;
    }
    const index = batch.next++;
    const value = (batch.kind === 'indexed' ? batch.at(index) : batch.records[index]) as T;
    return { value, side: batch.kind === 'side' ? batch.tag.id : undefined, splitId: batch.splitId };
  }

  private async run<R>(work: () => Promise<R>, done: (outcome: R) => void): Promise<void> {
    const outcome = await work();
    this.post(() => done(outcome));
  }

  /** H1 */
  private post(turn: () => void): void {
    this.turns.push(turn);
    if (this.running) return;
    this.running = true;
    queueMicrotask(() => {
      try {
        for (let next = this.turns.shift(); next !== undefined; next = this.turns.shift()) next();
      } catch (thrown) {
        this.failed(toError(thrown));
      } finally {
        this.running = false;
      }
    });
  }
}

/** H2 */
function plain<V>(state: V): V {
  return decodeMessage(encodeMessage(state)) as V;
}

function checked<T>(batch: RecordBatch<T>): RecordBatch<T> {
  assert(batch.next < batch.end, `poll gave an empty batch of split ${batch.splitId}`);
  return batch;
}
