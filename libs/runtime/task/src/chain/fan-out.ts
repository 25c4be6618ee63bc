/** Sends a stream to several inputs in turn; keeps the record's time for each of them. */
import type { Input, RecordContext } from '../operators/operator.js';

export class FanOut implements Input {
  constructor(private readonly outputs: readonly Input[], private readonly context: RecordContext) {}
  collect(value: unknown): void {
    const { timestamp } = this.context;
    for (const output of this.outputs) {
      this.context.timestamp = timestamp;
      output.collect(value);
    }
  }
  watermark(timestamp: number): void {
    for (const output of this.outputs) output.watermark(timestamp);
  }
  idle(idle: boolean): void {
    for (const output of this.outputs) output.idle(idle);
  }
}

/** A stream that nobody reads. */
export const NO_OUTPUT: Input = {
  collect: () => undefined,
  watermark: () => undefined,
  idle: () => undefined,
};

/** Freezes records on their way, to catch functions that change what they were given (`pipeline.freeze-records`). */
export class Freezing implements Input {
  constructor(private readonly output: Input) {}
  collect(value: unknown): void {
    this.output.collect(deepFreeze(value));
  }
  watermark(timestamp: number): void {
    this.output.watermark(timestamp);
  }
  idle(idle: boolean): void {
    this.output.idle(idle);
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
