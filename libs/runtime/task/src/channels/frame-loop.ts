/** Hot path. Closed factory (see `specialize`) of the loop that hands a frame's records to the head of a chain. */
import type { Input, RecordContext } from '../operators/operator.js';
import type { DataFrame } from './frame.js';

export interface FrameLoop {
  /** Records `[from, to)`. */
  run(frame: DataFrame, from: number, to: number): void;
}
export function frameLoopFactory(): new (input: Input, context: RecordContext) => FrameLoop {
  return class GeneratedFrameLoop implements FrameLoop {
    constructor(private readonly input: Input, private readonly context: RecordContext) {}
    run(frame: DataFrame, from: number, to: number): void {
      const { input, context } = this;
      const { values, timestamps } = frame;
      for (let i = from; i < to; i++) {
        context.timestamp = timestamps[i];
        input.collect(values[i]);
      }
    }
  };
}
