/** A window's result as a line. */
import { ProcessWindowFunction, type Collector, type WindowContext } from '@weir/datastream';

export interface WindowSum {
  readonly count: number;
  readonly sum: number;
  /** Sum of the events' hashes, modulo 2^48. */
  readonly ids: number;
}

export interface WindowLine {
  readonly k: string;
  /** Its start. */
  readonly w: number;
  readonly n: number;
  readonly sum: number;
  readonly ids: number;
}

class ToLine extends ProcessWindowFunction<WindowSum, WindowLine, string> {
  override process(key: string, context: WindowContext, elements: readonly WindowSum[], out: Collector<WindowLine>): void {
    const { count, sum, ids } = elements[0];
    out.collect({ k: key, w: context.window.start, n: count, sum, ids });
  }
}

export const windowLine = new ToLine();
