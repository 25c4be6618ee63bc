/**
 * Event time of a source, split by split: the source's watermark is the minimum over its active splits. Used for the one stream behind
 * `assignTimestampsAndWatermarks` as well.
 *
 * T1: the combined watermark never falls, whatever splits come and go. T2: a split without records for the idle timeout does not hold it back.
 */
import { MAX_WATERMARK, MIN_WATERMARK, type WatermarkStrategy } from '@weir/time';
import type { SplitTime } from '../operators/source-loop.js';

class TrackedSplit implements SplitTime {
  maxTimestamp = MIN_WATERMARK;
  watermark = MIN_WATERMARK;
  lastRecordMs: number;
  idle = false;
  constructor(readonly generator: SplitTime['generator'], nowMs: number) {
    this.lastRecordMs = nowMs;
  }
}

export class SplitTimes {
  private readonly splits = new Map<string, TrackedSplit>();
  /** Last combined watermark. */
  watermark = MIN_WATERMARK;
  /** True while all splits are idle (and there is one). */
  idle = false;

  constructor(private readonly strategy: WatermarkStrategy<unknown>) {}

  /** A split is there; until its first record it holds the watermark back, or those records would be late (as in FLINK-26018). */
  add(splitId: string, nowMs: number): TrackedSplit {
    let split = this.splits.get(splitId);
    if (split === undefined) {
      const { generator } = this.strategy;
      split = new TrackedSplit(generator.kind === 'custom' ? generator.create() : undefined, nowMs);
      this.splits.set(splitId, split);
    }
    return split;
  }
  /** The split's time, to be told of records that are taken now. */
  of(splitId: string, nowMs: number): SplitTime {
    const split = this.add(splitId, nowMs);
    split.lastRecordMs = nowMs;
    split.idle = false;
    return split;
  }
  remove(splitId: string): void {
    this.splits.delete(splitId);
  }

  /** Recomputes at `nowMs` (monotonic). True when `watermark` rose or `idle` changed. */
  update(nowMs: number, periodic: boolean): boolean {
    const { generator, idlenessMs } = this.strategy;
    if (generator.kind === 'none') return false;
    let minimum = MAX_WATERMARK;
    let active = 0;
    for (const split of this.splits.values()) {
      this.refresh(split, periodic);
      if (idlenessMs !== undefined && nowMs - split.lastRecordMs >= idlenessMs) split.idle = true;
      if (split.idle) continue;
      active++;
      if (split.watermark < minimum) minimum = split.watermark;
    }
    const idle = active === 0 && this.splits.size > 0;
    const changed = idle !== this.idle;
    this.idle = idle;
    if (active === 0 || minimum <= this.watermark) return changed;
    this.watermark = minimum;
    return true;
  }

  private refresh(split: TrackedSplit, periodic: boolean): void {
    const { generator } = this.strategy;
    let watermark = MIN_WATERMARK;
    if (generator.kind === 'bounded-out-of-orderness') watermark = split.maxTimestamp - generator.maxOutOfOrdernessMs - 1;
    else if (periodic) watermark = split.generator?.onPeriodicEmit() ?? MIN_WATERMARK;
    if (watermark > split.watermark) split.watermark = watermark;
  }
}
