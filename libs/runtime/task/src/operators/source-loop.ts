/**
 * Hot path (benchmarks: loops/*). Closed factory (see `specialize`) of the loop that takes records out of a source's batch, gives them their
 * event time and sends them down the chain. One loop per kind of batch and of timestamps, so that nothing is decided per record.
 */
import type { ArrayBatch, IndexedBatch } from '@weir/connector';
import type { TimestampAssigner, WatermarkGenerator } from '@weir/time';
import type { Input, RecordContext } from './operator.js';

/** Event time of one split: the largest timestamp so far, or the user's own generator. */
export interface SplitTime {
  maxTimestamp: number;
  readonly generator: WatermarkGenerator<unknown> | undefined;
  /** The last watermark that the generator asked for. */
  watermark: number;
}

export interface SourceLoop {
  /** Records taken since the start of the attempt. */
  taken: number;
  /** Takes up to `limit` records. */
  runIndexed(batch: IndexedBatch<unknown>, limit: number, time: SplitTime): void;
  runArray(batch: ArrayBatch<unknown>, limit: number, time: SplitTime): void;
}
export interface SourceLoopDependencies {
  readonly noTimestamp: number;
  readonly context: RecordContext;
  readonly out: Input;
  readonly assigner: TimestampAssigner<unknown> | undefined;
}

export function sourceLoopFactory({ noTimestamp, context, out, assigner }: SourceLoopDependencies): SourceLoop {
  const loop: SourceLoop = {
    taken: 0,
    runIndexed(batch, limit, time) {
      const from = batch.next;
      const end = Math.min(batch.end, from + limit);
      const at = batch.at;
      if (assigner === undefined) {
        context.timestamp = noTimestamp;
        for (let i = from; i < end; i++) out.collect(at(i));
      } else if (time.generator === undefined) {
        let max = time.maxTimestamp;
        for (let i = from; i < end; i++) {
          const value = at(i);
          const timestamp = assigner(value, noTimestamp);
          if (timestamp > max) max = timestamp;
          context.timestamp = timestamp;
          out.collect(value);
        }
        time.maxTimestamp = max;
      } else {
        for (let i = from; i < end; i++) {
          const value = at(i);
          withGenerator(value, assigner(value, noTimestamp), time);
        }
      }
      batch.next = end;
      loop.taken += end - from;
    },

    runArray(batch, limit, time) {
      const from = batch.next;
      const end = Math.min(batch.end, from + limit);
      const records = batch.records;
      const timestamps = batch.timestamps;
      if (time.generator !== undefined) {
        for (let i = from; i < end; i++) {
          const given = timestamps === undefined ? noTimestamp : timestamps[i];
          withGenerator(records[i], assigner === undefined ? given : assigner(records[i], given), time);
        }
      } else if (assigner === undefined && timestamps === undefined) {
        context.timestamp = noTimestamp;
        for (let i = from; i < end; i++) out.collect(records[i]);
      } else {
        let max = time.maxTimestamp;
        for (let i = from; i < end; i++) {
          const value = records[i];
          const given = timestamps === undefined ? noTimestamp : timestamps[i];
          const timestamp = assigner === undefined ? given : assigner(value, given);
          if (timestamp > max) max = timestamp;
          context.timestamp = timestamp;
          out.collect(value);
        }
        time.maxTimestamp = max;
      }
      batch.next = end;
      loop.taken += end - from;
    },
  };

  function withGenerator(value: unknown, timestamp: number, time: SplitTime): void {
    context.timestamp = timestamp;
    out.collect(value);
    const watermark = (time.generator as WatermarkGenerator<unknown>).onEvent(value, timestamp);
    if (watermark !== undefined && watermark > time.watermark) time.watermark = watermark;
  }
  return loop;
}
