/** `assignTimestampsAndWatermarks` in the middle of a stream: watermarks from upstream end here, except the one of the end of input. */
import type { OperatorSnapshot } from '@weir/checkpoint';
import { MAX_WATERMARK, MIN_WATERMARK, type WatermarkStrategy } from '@weir/time';
import { SplitTimes } from '../time/split-times.js';
import type { Input, OperatorCounters, StreamOperator } from './operator.js';
import type { OperatorContext } from './operator-context.js';

const STREAM = 'stream';

export class TimestampsOperator implements StreamOperator {
  readonly operatorId;
  readonly name;
  readonly inputs: readonly Input[];
  readonly counters: OperatorCounters = { recordsOut: () => -1 };
  private readonly times: SplitTimes;
  private wasIdle = false;
  private emittedWatermark = MIN_WATERMARK;

  constructor(strategy: WatermarkStrategy<unknown>, private readonly context: OperatorContext, private readonly out: Input) {
    this.operatorId = context.operatorId;
    this.name = context.name;
    this.times = new SplitTimes(strategy);
    const { record } = context;
    const assigner = strategy.timestampAssigner;
    this.inputs = [{
      collect: (value) => {
        const given = record.timestamp;
        const timestamp = assigner === undefined ? given : assigner(value, given);
        const time = this.times.of(STREAM, context.clock.monotonic());
        if (timestamp > time.maxTimestamp) time.maxTimestamp = timestamp;
        record.timestamp = timestamp;
        out.collect(value);
        const asked = time.generator?.onEvent(value, timestamp);
        if (asked !== undefined && asked > time.watermark) {
          time.watermark = asked;
          this.emit(false);
        }
        record.timestamp = given; // the upstream's function may go on with this record
      },
      watermark: (timestamp) => { if (timestamp === MAX_WATERMARK) this.emitMax(); },
      idle: () => undefined,
    }];
  }
  async open(): Promise<void> {
    this.times.of(STREAM, this.context.clock.monotonic());
  }
  /** Each auto-watermark interval, by the task. */
  periodic(): void {
    this.emit(true);
  }
  private emit(periodic: boolean): void {
    if (this.emittedWatermark === MAX_WATERMARK || !this.times.update(this.context.clock.monotonic(), periodic)) return;
    if (this.times.idle !== this.wasIdle) {
      this.wasIdle = this.times.idle;
      this.out.idle(this.wasIdle);
    }
    if (this.times.watermark <= this.emittedWatermark) return; // only idleness changed
    this.emittedWatermark = this.times.watermark;
    this.out.watermark(this.emittedWatermark);
  }
  /** I10: nothing may follow the end of event time. */
  private emitMax(): void {
    this.emittedWatermark = MAX_WATERMARK;
    if (this.wasIdle) this.out.idle(false);
    this.out.watermark(MAX_WATERMARK);
  }
  snapshot(): OperatorSnapshot {
    return { operatorId: this.operatorId, lists: this.context.lists.snapshot() };
  }
  async close(): Promise<void> {
    // Nothing to give back.
  }
}
