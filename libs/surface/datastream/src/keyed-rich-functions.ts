/**
 * Rich map, filter and flat-map functions behind `keyBy`: run as keyed process functions, so that their keyed state acts on the key of
 * the record.
 */
import { KeyedProcessFunction, type Collector, type KeyedProcessContext, type RichFunction, type RuntimeContext } from '@weir/functions';
import { cloneFunctionObject } from './clone-functions.js';

/** What one record does with the rich function. */
type Apply<F, T, O> = (fn: F, value: T, out: Collector<O>) => void;

export class KeyedRichFunction<F extends RichFunction, T, O> extends KeyedProcessFunction<unknown, T, O> {
  constructor(private readonly fn: F, private readonly apply: Apply<F, T, O>) {
    super();
  }
  override open(context: RuntimeContext): void | Promise<void> {
    return this.fn.open?.(context);
  }
  override processElement(value: T, _context: KeyedProcessContext<unknown>, out: Collector<O>): void {
    this.apply(this.fn, value, out);
  }
  override close(): void | Promise<void> {
    return this.fn.close?.();
  }
  /** For script environments: the wrapped object is the one with state. */
  clone(): KeyedRichFunction<F, T, O> {
    return new KeyedRichFunction(cloneFunctionObject(this.fn), this.apply);
  }
}
