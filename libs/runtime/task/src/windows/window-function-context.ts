/** What a ProcessWindowFunction sees; one object, pointed at window after window. */
import type { OutputTag, WindowContext } from '@weir/functions';
import type { TimeWindow } from '@weir/time';
import type { OperatorContext } from '../operators/operator-context.js';

export class WindowFunctionContext implements WindowContext {
  window: TimeWindow = { start: 0, end: 0 };
  constructor(private readonly context: OperatorContext, private readonly watermark: () => number) {}
  currentWatermark(): number {
    return this.watermark();
  }
  currentProcessingTime(): number {
    return this.context.processingTime.now();
  }
  output<X>(tag: OutputTag<X>, value: X): void {
    this.context.sideOutputs.collect(tag.id, value);
  }
}
