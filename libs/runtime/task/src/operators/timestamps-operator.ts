/** `assignTimestampsAndWatermarks` in the middle of a stream: watermarks from upstream end here, except the one of the end of input. */
import type { OperatorSnapshot } from '@weir/checkpoint';
import { MAX_WATERMARK, type WatermarkStrategy } from '@weir/time';
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

  constructor(strategy: WatermarkStrategy<unknown>, private readonly context: OperatorContext, private readonly out: Input) {
    this.operatorId = context.operatorId;
    this.name = context.name;
    this.times = new SplitTimes(strategy);
    const { record } = context;
    const assigner = strategy.timestampAssigner;
    this.inputs = [{
      collect: (value) => {
        const timestamp = assigner === undefined ? record.timestamp : assigner(value, record.timestamp);
        const time = this.times.of(STREAM, context.clock.monotonic());
        if (timestamp > time.maxTimestamp) time.maxTimestamp = timestamp;
        record.timestamp = timestamp;
        out.collect(value);
        const asked = time.generator?.onEvent(value, timestamp);
        if (asked !== undefined && asked > time.watermark) {
          time.watermark = asked;
          this.emit(false);
        }
      },
      watermark: (timestamp) => { if (timestamp === MAX_WATERMARK) out.watermark(timestamp); },
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
    if (!this.times.update(this.context.clock.monotonic(), periodic)) return;
    if (this.times.idle !== this.wasIdle) {
      this.wasIdle = this.times.idle;
      this.out.idle(this.wasIdle);
    }
    this.out.watermark(this.times.watermark);
  }
  snapshot(): OperatorSnapshot {
    return { operatorId: this.operatorId, lists: this.context.lists.snapshot() };
  }
  async close(): Promise<void> {
    // Nothing to give back.
  }
}
